"""What `gapjunction measure` tells of where objects lie: by region, and against chance."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.commands.predict.regions import REGIONS_NAME
from gapjunction.csv_tables import csv_written_whole
from gapjunction.files import written_whole
from gapjunction.measurement.region_counts import (
    REGION_COLUMNS,
    CountedImage,
    plaque_centers,
    region_rows,
)
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.measurement.regions import Region, joined, whole_image
from gapjunction.measurement.space import (
    DENSITY,
    RIPLEY_COLUMNS,
    RIPLEY_NAME,
    SPACE_COLUMNS,
    SPACE_NAME,
    patterns_of,
    ripley_rows,
    space_row,
)
from gapjunction.report.density_picture import density_picture
from gapjunction.terminal import tracked
from gapjunction.text import counted

ALL = "image"  # the region of an image without drawn ones


def write_regions(
    output: Path, images: Sequence[ImageObjects], class_names: tuple[str, ...], plan: RegionPlan
) -> str:
    """Write regions.csv, whose intervals are empty, and return a line on it.

    Raises:
        GapJunctionError: if a region does not fit its image.
    """
    with csv_written_whole(output / REGIONS_NAME) as write:
        write([REGION_COLUMNS])
        for image, regions in _with_regions(images, class_names, plan):
            write(region_rows(image, regions))
    return f"Counts and densities by region in {output / REGIONS_NAME}"


def write_space(
    output: Path,
    images: Sequence[ImageObjects],
    class_names: tuple[str, ...],
    plan: RegionPlan,
    seed: int,
) -> str:
    """Write how objects lie to each other, and maps of their density; return a line on them.

    Raises:
        GapJunctionError: if a region does not fit its image.
    """
    num_told = 0
    with (
        csv_written_whole(output / SPACE_NAME) as write_patterns,
        csv_written_whole(output / RIPLEY_NAME) as write_radii,
    ):
        write_patterns([SPACE_COLUMNS])
        write_radii([RIPLEY_COLUMNS])
        for number, (image, regions) in enumerate(_with_regions(images, class_names, plan)):
            for pattern in patterns_of(image, regions, np.random.default_rng([seed, number])):
                write_patterns([space_row(image, pattern)])
                write_radii(ripley_rows(image, pattern))
                num_told += pattern.against is not None
            if regions:
                _write_density(output / DENSITY, image, regions)
    where = f"{output / SPACE_NAME}, {RIPLEY_NAME}, {DENSITY}"
    return f"{counted(num_told, 'pattern')} of plaques against chance in {where}"


def _with_regions(
    images: Sequence[ImageObjects], class_names: tuple[str, ...], plan: RegionPlan
) -> Iterator[tuple[CountedImage, list[Region]]]:
    """Yield each image with its regions: all of it where none are asked for."""
    for each in tracked(images, "Regions", len(images)):
        image = each.counted(class_names)
        if plan.is_empty:
            yield image, [whole_image(ALL, *image.size_px)]
        else:
            regions = plan.regions_of(image.row.image, image.size_px, each.image.picture.read)
            yield image, [region for region in regions if region.num_px]


def _write_density(folder: Path, image: CountedImage, regions: Sequence[Region]) -> None:
    mask = joined(ALL, regions).window(0, 0, *image.size_px)
    points = plaque_centers(image.found, image.size_px).astype(np.float64)
    columns, rows = np.floor(points).astype(np.int64).T
    within = points[mask[rows, columns]]
    figure = density_picture(within, mask, image.um_per_px, image.row.image)
    with written_whole(folder / f"{image.row.image}.png") as partial:
        figure.savefig(partial, metadata={"Software": None})
