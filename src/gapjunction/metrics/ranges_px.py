"""Sizes of objects and distances of centers to look at apart, by name, in pixels."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

SideRange = tuple[float, float]

SIDE_EDGES_PX = (8.0, 16.0, 32.0)
SIDE_EDGES_UM = (0.5, 1.0, 2.0)
DISTANCES_UM = (0.25, 0.5, 1.0)
DISTANCES_PX = (2.5, 5.0, 10.0)  # the same at 0.1 um a pixel


def sides_px(um_per_px: float | None) -> dict[str, SideRange]:
    """Return the ranges of object size by name, such as px_8_to_16; um where a scale is known."""
    ranges = _named_ranges("px", SIDE_EDGES_PX, 1.0)
    if um_per_px is not None:
        ranges |= _named_ranges("um", SIDE_EDGES_UM, um_per_px)
    return ranges


def distances_px(um_per_px: float | None) -> dict[str, float]:
    """Return distances of centers by name: um_0.25, um_0.5, um_1, or px_2.5, ... without a scale.

    The same tissue at twice the pixel size then has the same objects within reach.
    """
    if um_per_px is None:
        return {f"px_{distance:g}": distance for distance in DISTANCES_PX}
    return {f"um_{distance:g}": distance / um_per_px for distance in DISTANCES_UM}


def _named_ranges(unit: str, edges: Sequence[float], unit_per_px: float) -> dict[str, SideRange]:
    ranges = {f"{unit}_below_{edges[0]:g}": (0.0, edges[0] / unit_per_px)}
    for low, high in pairwise(edges):
        ranges[f"{unit}_{low:g}_to_{high:g}"] = (low / unit_per_px, high / unit_per_px)
    ranges[f"{unit}_from_{edges[-1]:g}"] = (edges[-1] / unit_per_px, np.inf)
    return ranges
