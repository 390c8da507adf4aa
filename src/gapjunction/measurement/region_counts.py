"""The table of regions: how many plaques lie in each, on what area, how densely."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import centers, clip_boxes
from gapjunction.detections import Detections
from gapjunction.measurement.regions import Region
from gapjunction.prediction_folder import ImageRow

REGION_COLUMNS = (
    *("dataset", "asset", "image", "region", "class", "count", "low", "high"),
    *("um_per_px", "area_px", "area_mm2", "per_mm2"),
)
DIGITS = 6  # that matter, of areas and densities

Row = tuple[str | float | None, ...]
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class CountedImage:
    """An image whose plaques were counted.

    Attributes:
        row: how tables call it.
        size_px: height and width.
        um_per_px: the side of a pixel, None where it is not known.
        found: the plaques that count.
        class_names: of their labels.
    """

    row: ImageRow
    size_px: tuple[int, int]
    um_per_px: float | None
    found: Detections
    class_names: tuple[str, ...]


def plaque_centers(found: Detections, size_px: tuple[int, int]) -> NDArray[np.float32]:
    """Return the centers (N, 2), as x, y, of boxes that are cut at the border of their image."""
    height, width = size_px
    last = np.nextafter(np.array([width, height], np.float32), np.float32(0))
    inner: NDArray[np.float32] = np.minimum(centers(clip_boxes(found.boxes, height, width)), last)
    return inner


def lies_within(region: Region, found: Detections, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell which boxes (N,) lie in a region: those whose center, cut at the border, does."""
    return region.holds(plaque_centers(found, size_px))


def region_rows(
    image: CountedImage, regions: Sequence[Region], intervals: Sequence[Mapping[str, Interval]] = ()
) -> Iterator[Row]:
    """Yield a row for each region and class, as in `REGION_COLUMNS`.

    `intervals` are those of each region's counts; without them, the cells stay empty. A plaque
    in several regions counts in each.
    """
    for index, region in enumerate(regions):
        within = image.found[lies_within(region, image.found, image.size_px)]
        area_mm2 = region.area_mm2(image.um_per_px)
        counts = within.count_by_label(len(image.class_names)).tolist()
        for name, count in zip(image.class_names, counts, strict=True):
            yield (
                *(*image.row, region.name, name, count),
                *(intervals[index][name] if intervals else (None, None)),
                *(image.um_per_px, region.num_px, shown(area_mm2)),
                shown(count / area_mm2) if area_mm2 else None,
            )


def shown(value: float | None) -> float | None:
    """Return a number with the digits that matter."""
    return None if value is None else float(f"{value:.{DIGITS}g}")
