"""A metric says at its field of a dataclass how it is shown, and on which scale its interval is.

Tables, suites of metrics and intervals read it there. A field without is no row of a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.scales import ScaleName

_KEY = "metric"


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is shown.

    Attributes:
        name: of the field, and in JSON and MLflow.
        form: a format specification such as ".2f".
        scale: on which its 95 % interval is computed, `<name>_low` and `<name>_high`; None: it
            has none.
        share_of: the metric that says how many objects it is a share of; None: it is none.
        min_assets: with fewer its interval would hold the truth too rarely, and there is none.
        column: its head in tables with a row for each part of the images; None: it is in none.
    """

    name: str
    title: str
    form: str
    scale: ScaleName | None = None
    share_of: str | None = None
    min_assets: int = MIN_ASSETS
    column: str | None = None

    def text(self, values: Mapping[str, Any], missing: str) -> str:
        """Return the metric's value as text, `missing` where it has none."""
        value = values.get(self.name)
        return missing if value is None else format(value, self.form)


# Assets are known to a suite, not to a metric.
NUM_ASSETS = Metric("num_assets", "assets", "d")


def metric(
    title: str,
    form: str,
    *,
    scale: ScaleName | None = None,
    share_of: str | None = None,
    min_assets: int = MIN_ASSETS,
    column: str | None = None,
) -> Any:
    """Return a field of a dataclass that holds a metric; the arguments are those of `Metric`."""
    shown = {
        "title": title,
        "form": form,
        "scale": scale,
        "share_of": share_of,
        "min_assets": min_assets,
        "column": column,
    }
    return field(metadata={_KEY: shown})


def metrics_of(kind: type) -> tuple[Metric, ...]:
    """Return the metrics of a dataclass, in the order of its fields."""
    return tuple(
        Metric(name=each.name, **each.metadata[_KEY])
        for each in fields(kind)
        if _KEY in each.metadata
    )


def with_num_assets(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """Return metrics, the first of which is the number of images, and behind it that of assets."""
    return (metrics[0], NUM_ASSETS, *metrics[1:])


def names_with_interval(kind: type) -> tuple[str, ...]:
    """Return the names of a dataclass's metrics that have an interval."""
    return tuple(each.name for each in metrics_of(kind) if each.scale is not None)
