"""What `gapjunction measure` tells of where objects lie: by region, and against chance."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gapjunction.commands.predict.cells import (
    CELL_PAIRS_NAME,
    CELLS_NAME,
    COUPLING,
    cells_line,
    require_known_size,
)
from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.commands.predict.regions import REGIONS_NAME
from gapjunction.csv_tables import write_csv
from gapjunction.errors import ImageError
from gapjunction.files import written_whole
from gapjunction.measurement.coupling import CELL_COLUMNS, PAIR_COLUMNS, Coupling
from gapjunction.measurement.files_of_images import NamedImage
from gapjunction.measurement.graphml import write_graph
from gapjunction.measurement.object_places import object_places
from gapjunction.measurement.region_counts import (
    REGION_COLUMNS,
    CountedImage,
    Row,
    plaque_centers,
    region_rows,
)
from gapjunction.measurement.region_files import read_labels_of
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
from gapjunction.prediction_folder import ImageRow
from gapjunction.report.density_picture import density_picture
from gapjunction.terminal import tracked
from gapjunction.text import counted

ALL = "image"  # the region of an image without drawn ones


def named_images(images: Sequence[ImageObjects]) -> list[NamedImage]:
    """Return what images may be called by files that belong to them."""
    return [
        NamedImage(
            each.image.output_name,
            each.image.origin.path,
            (each.image.origin.asset, each.image.stack),
        )
        for each in images
    ]


def with_places(
    images: Sequence[ImageObjects], plan: RegionPlan, label_images: Mapping[str, Path]
) -> list[ImageObjects]:
    """Return the images with the region and the cell that each of their objects lies in.

    Raises:
        GapJunctionError: if a region or label image does not fit its image.
    """
    if plan.is_empty and not label_images:
        return list(images)
    return [_with_places(each, plan, label_images) for each in images]


def write_regions(
    output: Path, images: Sequence[ImageObjects], class_names: tuple[str, ...], plan: RegionPlan
) -> str:
    """Write regions.csv, whose intervals are empty, and return a line on it.

    Raises:
        GapJunctionError: if a region does not fit its image.
    """
    rows = [
        row
        for image, regions in _with_regions(images, class_names, plan)
        for row in region_rows(image, regions)
    ]
    write_csv(output / REGIONS_NAME, [REGION_COLUMNS, *rows])
    return f"Counts and densities by region in {output / REGIONS_NAME}"


def write_cells(
    output: Path,
    images: Sequence[ImageObjects],
    class_names: tuple[str, ...],
    label_images: Mapping[str, Path],
    border_um: float,
) -> str:
    """Write the tables and graphs of cells, and return a line on them.

    Raises:
        GapJunctionError: if a label image does not fit its image, or a pixel size is not known.
    """
    shutil.rmtree(output / COUPLING, ignore_errors=True)
    found: list[Coupling] = []
    for each in images:
        if each.image.output_name in label_images:
            own = _counted(each, class_names)
            um_per_px = require_known_size(each.image, each.um_per_px)
            labels = read_labels_of(label_images[own.row.image], *own.size_px)
            found.append(Coupling.of(own, labels, um_per_px, border_um))
            write_graph(output / COUPLING / f"{own.row.image}.graphml", found[-1])
    write_csv(output / CELLS_NAME, [CELL_COLUMNS, *(row for c in found for row in c.cell_rows())])
    pair_rows = [row for each in found for row in each.pair_rows()]
    write_csv(output / CELL_PAIRS_NAME, [PAIR_COLUMNS, *pair_rows])
    return cells_line(output, found)


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
    shutil.rmtree(output / DENSITY, ignore_errors=True)
    rows: list[Row] = []
    radii: list[Row] = []
    num_told = 0
    for number, (image, regions) in enumerate(_with_regions(images, class_names, plan)):
        for pattern in patterns_of(image, regions, np.random.default_rng([seed, number])):
            rows.append(space_row(image, pattern))
            radii += ripley_rows(image, pattern)
            num_told += pattern.against is not None
        if regions:
            _write_density(output / DENSITY, image, regions)
    write_csv(output / SPACE_NAME, [SPACE_COLUMNS, *rows])
    write_csv(output / RIPLEY_NAME, [RIPLEY_COLUMNS, *radii])
    where = f"{output / SPACE_NAME}, {RIPLEY_NAME}, {DENSITY}"
    return f"{counted(num_told, 'pattern')} of plaques against chance in {where}"


def _with_regions(
    images: Sequence[ImageObjects], class_names: tuple[str, ...], plan: RegionPlan
) -> Iterator[tuple[CountedImage, list[Region]]]:
    """Yield each image with its regions: all of it where none are asked for."""
    for each in tracked(images, "Regions", len(images)):
        image = _counted(each, class_names)
        if plan.is_empty:
            yield image, [whole_image(ALL, *image.size_px)]
        else:
            regions = plan.regions_of(image.row.image, image.size_px, each.image.picture.read)
            yield image, [region for region in regions if region.num_px]


def _counted(each: ImageObjects, class_names: tuple[str, ...]) -> CountedImage:
    listed = each.image
    height, width = listed.picture.read(is_quiet=True).shape[-2:]
    row = ImageRow(listed.origin.dataset, listed.origin.asset, listed.output_name)
    return CountedImage(row, (height, width), each.um_per_px, each.detections, class_names)


def _with_places(
    each: ImageObjects, plan: RegionPlan, label_images: Mapping[str, Path]
) -> ImageObjects:
    name, read = each.image.output_name, each.image.picture.read
    try:
        height, width = read(is_quiet=True).shape[-2:]
    except ImageError:  # it is told, by name, where the image is measured
        return each
    regions = [] if plan.is_empty else plan.regions_of(name, (height, width), read)
    labels = read_labels_of(label_images[name], height, width) if name in label_images else None
    points = plaque_centers(each.detections, (height, width))
    return replace(each, places=object_places(points, (height, width), regions, labels))


def _write_density(folder: Path, image: CountedImage, regions: Sequence[Region]) -> None:
    mask = joined(ALL, regions).window(0, 0, *image.size_px)
    points = plaque_centers(image.found, image.size_px).astype(np.float64)
    columns, rows = np.floor(points).astype(np.int64).T
    within = points[mask[rows, columns]]
    figure = density_picture(within, mask, image.um_per_px, image.row.image)
    with written_whole(folder / f"{image.row.image}.png") as partial:
        figure.savefig(partial, metadata={"Software": None})
