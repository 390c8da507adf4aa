"""Tells which cells share plaques, where label images of cells are given."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.regions import counted_image
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.commands.predict.stack_tables import SizeOf
from gapjunction.csv_tables import write_csv
from gapjunction.errors import ImageError
from gapjunction.files import written_whole
from gapjunction.measurement.coupling import CELL_COLUMNS, PAIR_COLUMNS, Coupling
from gapjunction.measurement.graphml import write_graph
from gapjunction.measurement.region_files import read_labels_of
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.report.coupling_picture import coupling_picture
from gapjunction.terminal import tracked
from gapjunction.text import counted

CELLS_NAME, CELL_PAIRS_NAME = "cells.csv", "cell_pairs.csv"
CELL_TABLES = (CELLS_NAME, CELL_PAIRS_NAME)
COUPLING = "coupling"  # a folder


def write_cells(
    output: Path,
    done: Sequence[ImageWithFiles],
    rule: CountingRule,
    label_images: Mapping[str, Path],
    um_of: SizeOf,
    border_um: float,
) -> str:
    """Write the tables and graphs of cells; return a line on them, "" where there are no cells.

    `label_images` are given by the names of images.

    Raises:
        GapJunctionError: if a label image does not fit its image, or a pixel size is not known.
    """
    for name in CELL_TABLES:
        (output / name).unlink(missing_ok=True)
    shutil.rmtree(output / COUPLING, ignore_errors=True)
    if not label_images:
        return ""
    found: list[Coupling] = []
    for image, files in tracked(done, "Cells", len(done)):
        seen = read_seen(files.seen, files.image_state)
        if image.output_name not in label_images or seen is None:
            continue
        um_per_px = require_known_size(image, um_of(image))
        labels = read_labels_of(label_images[image.output_name], seen.height, seen.width)
        own = Coupling.of(counted_image(image, seen, rule, um_per_px), labels, um_per_px, border_um)
        write_graph(output / COUPLING / f"{image.output_name}.graphml", own)
        if files.has_overlay:
            picture = coupling_picture(image.picture.read(), labels, own)
            with written_whole(output / COUPLING / files.overlays.name) as partial:
                picture.save(partial)
        found.append(own)
    write_csv(output / CELLS_NAME, [CELL_COLUMNS, *(row for c in found for row in c.cell_rows())])
    pair_rows = [row for each in found for row in each.pair_rows()]
    write_csv(output / CELL_PAIRS_NAME, [PAIR_COLUMNS, *pair_rows])
    return cells_line(output, found)


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


def cells_line(output: Path, found: Sequence[Coupling]) -> str:
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
