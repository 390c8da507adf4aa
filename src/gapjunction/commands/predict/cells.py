"""Tells which cells share plaques, where label images of cells are given."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.csv_tables import write_csv
from gapjunction.errors import ImageError
from gapjunction.files import written_whole
from gapjunction.measurement.coupling import CELL_COLUMNS, PAIR_COLUMNS, Coupling
from gapjunction.measurement.graphml import write_graph
from gapjunction.measurement.region_files import read_labels_of
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.report.coupling_picture import coupling_picture
from gapjunction.terminal import tracked
from gapjunction.text import counted

CELLS_NAME, CELL_PAIRS_NAME = "cells.csv", "cell_pairs.csv"
CELL_TABLES = (CELLS_NAME, CELL_PAIRS_NAME)
COUPLING = "coupling"  # a folder


def write_cells(
    output: Path,
    images: Sequence[ImageObjects],
    class_names: tuple[str, ...],
    label_images: Mapping[str, Path],
    border_um: float,
    pictured: Collection[str] = (),
) -> str:
    """Write the tables and graphs of cells; return a line on them.

    `label_images` are given by the names of images; those that are `pictured` get a picture, too.

    Raises:
        GapJunctionError: if a label image does not fit its image, or a pixel size is not known.
    """
    folder = output / COUPLING
    shutil.rmtree(folder, ignore_errors=True)
    found: list[Coupling] = []
    for each in tracked(images, "Cells", len(images)):
        name = each.image.output_name
        if name not in label_images:
            continue
        um_per_px = require_known_size(each.image, each.um_per_px)
        labels = read_labels_of(label_images[name], *each.size_px)
        own = Coupling.of(each.counted(class_names), labels, um_per_px, border_um)
        write_graph(folder / f"{name}.graphml", own)
        if name in pictured:
            picture = coupling_picture(each.image.picture.read(), labels, own)
            with written_whole(folder / f"{name}.png") as partial:
                picture.save(partial)
        found.append(own)
    write_csv(output / CELLS_NAME, [CELL_COLUMNS, *(row for c in found for row in c.cell_rows())])
    pair_rows = [row for each in found for row in each.pair_rows()]
    write_csv(output / CELL_PAIRS_NAME, [PAIR_COLUMNS, *pair_rows])
    return _line(output, found)


def require_known_size(image: ListedImage, um_per_px: float | None) -> float:
    """Return the side of an image's pixels in um.

    Raises:
        ImageError: if it is not known.
    """
    if um_per_px is not None:
        return um_per_px
    raise ImageError(
        image.origin.path,
        item="pixel size",
        expected="a known one, as borders of cells are told in micrometers",
        found="none that is known or believed",
        fix="state it",
        settings=("pixel_size_um",),
    )


def _line(output: Path, found: Sequence[Coupling]) -> str:
    """Return a line on the cells of images, and on where they were written."""
    cells = counted(sum(len(each.cells) for each in found), "cell")
    num_on_borders = sum(each.num_on_borders for each in found)
    num_in_none = sum(each.num_in_none for each in found)
    num_plaques = sum(len(each.places) for each in found)
    return (
        f"{cells} of {counted(len(found), 'image')}: of {counted(num_plaques, 'plaque')} "
        f"{num_on_borders:,} on borders of two cells, {num_in_none:,} in no cell; in "
        f"{output / CELLS_NAME}, {CELL_PAIRS_NAME}, {COUPLING}"
    )
