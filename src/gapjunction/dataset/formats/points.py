"""Points for spot tools: a CSV file beside each image with the centres of the objects.

The columns y and x are what spot detectors read; class, width, height and score follow.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import number, read_rows
from gapjunction.dataset.formats.shapes import POINTS, WITHOUT_CLASS, box_at
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_text

COLUMNS = ("y", "x", "class", "width", "height")
OTHER_NAMES = {"axis-0": "y", "axis-1": "x"}  # as napari calls the columns of its points


def read_points(source: Source) -> ReadResult:
    """Read the CSV file named after each image, or one file.

    A point without width and height becomes a square of `source.point_size_px`. A file without
    points says that there is nothing; where there is none, nobody looked.

    Raises:
        DatasetError: if there are none, one is wrong, or a size is missing.
    """
    images = find_images(source)
    paths = [source.path] if source.path.is_file() else list(files_in(source.path, (".csv",)))
    if not paths:
        raise no_files(source, "CSV files")
    marked = [marked_image(images.of(path), path, _noted_rows(path, source)) for path in paths]
    return assemble(source, images, marked)


def write_points(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a CSV file beside each image."""
    for each in place_images(dataset, folder, keeps_unseen=True, keeps_predicted=True):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}.csv")
            write_text(place, _table(each, dataset.class_names))
    return losses(dataset, {"predictions"})


def _noted_rows(path: Path, source: Source) -> Iterator[Noted]:
    rows = read_rows(path)
    columns = (
        [OTHER_NAMES.get(name.strip().lower(), name.strip().lower()) for name in rows[0]]
        if rows
        else []
    )
    if not {"x", "y"} <= set(columns):
        expected, found = "a first row that names the columns x and y", ",".join(columns)[:60]
        fix = "write it above the points"
        raise DatasetError(path, expected=expected, found=found or "nothing", fix=fix)
    for line, row in enumerate(rows[1:], start=2):
        item = f"row {line}"
        if len(row) != len(columns):
            expected, found = f"{len(columns)} columns", f"{len(row)}"
            fix = "correct the row"
            raise DatasetError(path, item=item, expected=expected, found=found, fix=fix)
        yield _noted(dict(zip(columns, row, strict=True)), path, item, source)


def _noted(row: Mapping[str, str], path: Path, item: str, source: Source) -> Noted:
    x, y = number(row["x"], "x", path, item), number(row["y"], "y", path, item)
    if row.get("width") and row.get("height"):
        width = number(row["width"], "width", path, item)
        height = number(row["height"], "height", path, item)
        box, is_replaced = (x - width / 2, y - height / 2, x + width / 2, y + height / 2), False
    else:
        box, is_replaced = box_at((x, y), source.point_size_px, path, item), True
    score = number(row["score"], "score", path, item) if row.get("score") else None
    notes = ((POINTS,) if is_replaced else ()) + (() if row.get("class") else (WITHOUT_CLASS,))
    return Mark(row.get("class") or source.class_name, box, item, score), notes


def _table(placed: Placed, class_names: tuple[str, ...]) -> str:
    """Return the table of an image; fractions are kept so that the box can be had back."""
    has_scores = placed.image.predictions is not None
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([*COLUMNS, *(["score"] if has_scores else [])])
    for (x0, y0, x1, y1), score, label in zip(
        placed.boxes_xyxy, placed.scores, placed.labels, strict=True
    ):
        center = round((y0 + y1) / 2, 4), round((x0 + x1) / 2, 4)
        size = round(x1 - x0, 3), round(y1 - y0, 3)
        writer.writerow([*center, class_names[label], *size, *([score] if has_scores else [])])
    return lines.getvalue()
