"""Says where limits of agreement in objects do not suit the counts that they are of."""

from collections.abc import Mapping
from typing import Any

from gapjunction.metrics.counts import CountMetrics
from gapjunction.metrics.metric_field import metrics_of
from gapjunction.report.tables import interval_text

(SLOPE,) = (each for each in metrics_of(CountMetrics) if each.name == "difference_slope")


def slope_note(values: Mapping[str, Any]) -> str:
    """Return a sentence where the difference clearly changes with the count, else "".

    That is where the 95 % interval of its slope leaves out 0; where there is none, nothing is
    clear.
    """
    low, high = (values.get(f"{SLOPE.name}_{end}") for end in ("low", "high"))
    if low is None or high is None or low <= 0 <= high:
        return ""
    return (
        f"The difference changes with the count (slope {SLOPE.text(values, '')}, 95 % interval "
        f"{interval_text(SLOPE, values)}): limits of agreement grow with the count. In objects "
        "they are too wide for images with few and too narrow for those with many: take limits in "
        "percent of the mean, or of square roots."
    )
