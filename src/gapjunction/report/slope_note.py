"""Says where limits of agreement in objects do not suit the counts, and which do, or why none."""

from collections.abc import Callable, Mapping
from typing import Any

from gapjunction.count_intervals import OFFSET

LARGEST_PERCENT = 200.0  # of the mean of both counts: there one of them is 0


def slope_note(values: Mapping[str, Any]) -> str:
    """Return a sentence with limits on the scale that suits the counts, "" where objects do.

    `values` have them only where differences, or their spread, clearly change with the count
    (`metrics.suited_limits`).
    """
    for scale, meant, bound_of in (
        ("root", "of square roots", _bound_of_root),
        ("percent", "in percent of the mean of both counts", _bound_of_percent),
    ):
        low, high = (values.get(f"limits_{scale}_{end}") for end in ("low", "high"))
        if low is not None and high is not None:
            example = _example(values, bound_of, low, high)
            return (
                "Differences change with the count, or spread wider: limits of agreement in "
                "objects are too wide for images with few and too narrow for those with many. Take "
                f"limits {meant}: {low:+.2f} to {high:+.2f}. {example}"
            )
    return ""


def skew_note(values: Mapping[str, Any]) -> str:
    """Return a sentence where differences are clearly skewed and no other scale suits, else ""."""
    skewness = values.get("clear_skewness")
    if skewness is None:
        return ""
    far_off, narrow, wide = (
        ("too few objects", "below", "above")
        if skewness < 0
        else ("too many objects", "above", "below")
    )
    return (
        f"Differences are skewed ({skewness:+.1f}): where counts are far off, {far_off} are "
        "predicted. Limits of agreement reach as far to either side: they are too narrow "
        f"{narrow} and too wide {wide}."
    )


def _example(
    values: Mapping[str, Any], bound_of: Callable[[int, float], str], low: float, high: float
) -> str:
    """Return what the limits mean for an image with the mean number of objects."""
    count = round(values["num_truth"] / values["num_images"])
    least, most = bound_of(count, low), bound_of(count, high)
    return f"For an image of {count} objects that is {least} to {most}."


def _bound_of_root(count: int, limit: float) -> str:
    root = max((count + OFFSET) ** 0.5 + limit, 0.0)
    return f"{max(root**2 - OFFSET, 0.0):.0f}"


def _bound_of_percent(count: int, limit: float) -> str:
    """Return the other count, of which the difference is `limit` percent of the mean of both."""
    if limit >= LARGEST_PERCENT:
        return "any number"
    lowest = max(limit, -LARGEST_PERCENT)
    return f"{count * (LARGEST_PERCENT + lowest) / (LARGEST_PERCENT - lowest):.0f}"
