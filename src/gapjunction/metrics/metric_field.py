"""A metric says at its field of a dataclass how it is shown, and whether it has an interval.

Tables, suites of metrics and intervals read it there. A field without is no row of a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

_KEY = "metric"


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is shown.

    Attributes:
        name: of the field, and in JSON and MLflow.
        form: a format specification such as ".2f".
        has_interval: a 95 % interval is computed, `<name>_low` and `<name>_high`.
        column: its head in tables with a row for each part of the images; None: it is in none.
    """

    name: str
    title: str
    form: str
    has_interval: bool
    column: str | None

    def text(self, values: Mapping[str, Any], missing: str) -> str:
        """Return the metric's value as text, `missing` where it has none."""
        value = values.get(self.name)
        return missing if value is None else format(value, self.form)


# Assets are known to a suite, not to a metric.
NUM_ASSETS = Metric("num_assets", "assets", "d", has_interval=False, column=None)


def metric(title: str, form: str, *, interval: bool = False, column: str | None = None) -> Any:
    """Return a field of a dataclass that holds a metric; the arguments are those of `Metric`."""
    shown = {"title": title, "form": form, "has_interval": interval, "column": column}
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
    return tuple(each.name for each in metrics_of(kind) if each.has_interval)
