"""Which boxes count where regions say so."""

from collections.abc import Sequence

from gapjunction.review.entries import Box, Region


def is_counted(box: Box, regions: Sequence[Region]) -> bool:
    """Tell whether the center of a box lies where objects count.

    That is in a region to include, if there is one, and in none to exclude.
    """
    if not regions:
        return True
    x0, y0, x1, y1 = box.box
    center = (x0 + x1) / 2, (y0 + y1) / 2
    included = [region for region in regions if region.kind == "include"]
    excluded = [region for region in regions if region.kind == "exclude"]
    is_in = not included or any(holds(region, *center) for region in included)
    return is_in and not any(holds(region, *center) for region in excluded)


def holds(region: Region, x: float, y: float) -> bool:
    """Tell whether a polygon holds a point, by how often a line to the right leaves it."""
    is_inside = False
    before_x, before_y = region.points[-1]
    for at_x, at_y in region.points:
        if (at_y > y) != (before_y > y):
            crossing = at_x + (y - at_y) * (before_x - at_x) / (before_y - at_y)
            is_inside ^= x < crossing
        before_x, before_y = at_x, at_y
    return is_inside
