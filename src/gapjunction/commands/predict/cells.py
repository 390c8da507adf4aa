"""Tells which cells share plaques, where label images of cells are given."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.csv_tables import csv_written_whole
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
    wanted = [each for each in images if each.image.output_name in label_images]
    totals = _Totals()
    with (
        csv_written_whole(output / CELLS_NAME) as write_cell_rows,
        csv_written_whole(output / CELL_PAIRS_NAME) as write_pair_rows,
    ):
        write_cell_rows([CELL_COLUMNS])
        write_pair_rows([PAIR_COLUMNS])
        for each in tracked(wanted, "Cells", len(wanted)):
            name, um_per_px = each.image.output_name, require_known_size(each.image, each.um_per_px)
            labels = read_labels_of(label_images[name], *each.size_px)
            own = Coupling.of(each.counted(class_names), labels, um_per_px, border_um)
            write_cell_rows(own.cell_rows())
            write_pair_rows(own.pair_rows())
            write_graph(folder / f"{name}.graphml", own)
            if name in pictured:
                picture = coupling_picture(each.image.picture.read(), labels, own)
                with written_whole(folder / f"{name}.png") as partial:
                    picture.save(partial)
            totals.add(own)
    return totals.line(output)


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


@dataclass(slots=True)
class _Totals:
    """How many cells and plaques there are in all images so far."""

    num_images: int = 0
    num_cells: int = 0
    num_plaques: int = 0
    num_on_borders: int = 0
    num_in_none: int = 0

    def add(self, own: Coupling) -> None:
        self.num_images += 1
        self.num_cells += len(own.cells)
        self.num_plaques += len(own.places)
        self.num_on_borders += own.num_on_borders
        self.num_in_none += own.num_in_none

    def line(self, output: Path) -> str:
        """Return a line on the cells of images, and on where they were written."""
        return (
            f"{counted(self.num_cells, 'cell')} of {counted(self.num_images, 'image')}: of "
            f"{counted(self.num_plaques, 'plaque')} {self.num_on_borders:,} on borders of two "
            f"cells, {self.num_in_none:,} in no cell; in {output / CELLS_NAME}, {CELL_PAIRS_NAME}, "
            f"{COUPLING}"
        )
