"""The table of how plaques go together with a second channel, by region and class."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from gapjunction.errors import ImageError
from gapjunction.measurement.colocalization import AgainstChance, Colocalization, Plane
from gapjunction.measurement.region_counts import CountedImage, Row, plaque_centers, shown
from gapjunction.measurement.regions import Region

COLOCALIZATION_COLUMNS = (
    *("dataset", "asset", "image", "region", "second_channel", "class"),
    *("plaques", "on_second", "second_objects", "second_objects_with_plaques"),
    *("share_on", "share_on_by_chance", "share_on_p"),
    *("distance_um", "distance_um_by_chance", "distance_p"),
    *("distance_px", "distance_px_by_chance"),
    *("pearson", "pearson_p"),
    *("manders_first", "manders_first_by_chance", "manders_first_p"),
    *("manders_second", "manders_second_by_chance", "manders_second_p"),
    *("threshold_first", "threshold_second"),
)


def colocalization_rows(
    image: CountedImage, regions: Sequence[Region], first: Plane, second: Plane, channel: str
) -> Iterator[Row]:
    """Yield a row for each region and class, as in `COLOCALIZATION_COLUMNS`.

    `first` is the plane (H, W) that plaques were found in, `second` that of the other channel,
    which is called `channel`. Each region is looked at in its own window.
    """
    points = plaque_centers(image.found, image.size_px)
    for region in regions:
        height, width = region.pixels.shape
        rows = slice(region.y0, region.y0 + height)
        columns = slice(region.x0, region.x0 + width)
        held = region.holds(points)
        corner = np.array((region.x0, region.y0), np.float32)
        for label, name in enumerate(image.class_names):
            own = points[held & (image.found.labels == label)] - corner
            found = Colocalization.of(
                first[rows, columns], second[rows, columns], own, region.pixels
            )
            yield (
                *(*image.row, region.name, channel, name),
                *_cells(found, image.um_per_px),
            )


def require_other_plane(first: Plane, second: Plane, where: Path | str, channel: str) -> None:
    """Refuse a second channel whose plane (H, W) is that of the first; `where` both are from.

    Raises:
        ImageError: naming the channel.
    """
    if np.array_equal(first, second):
        raise ImageError(
            where,
            expected="a second channel other than the one that plaques are found in",
            found=f"{channel}, which is the same",
            fix="name another one",
            settings=("second_channel",),
        )


def _cells(found: Colocalization, um_per_px: float | None) -> Row:
    distance = found.distance_px
    in_um = (
        None if value is None or um_per_px is None else shown(value * um_per_px)
        for value in (distance.value, distance.by_chance)
    )
    return (
        *(found.num_plaques, found.num_on, found.num_objects, found.num_with_plaques),
        *_three(found.share_on),
        *(*in_um, shown(distance.p), shown(distance.value), shown(distance.by_chance)),
        *(shown(found.pearson.value), shown(found.pearson.p)),
        *(*_three(found.manders_first), *_three(found.manders_second)),
        *map(shown, found.thresholds),
    )


def _three(measure: AgainstChance) -> Row:
    return shown(measure.value), shown(measure.by_chance), shown(measure.p)
