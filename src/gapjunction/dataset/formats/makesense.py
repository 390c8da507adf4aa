"""makesense.ai CSV: a row for each box, one file for each folder of images."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gapjunction.csv_tables import text_of_cell, write_csv
from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import Mark, MarkedImage, assemble
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import number, text, whole
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.text_tables import read_text_table
from gapjunction.errors import DatasetError

LABELS = "labels.csv"
COLUMNS = (
    "label_name",
    "bbox_x",
    "bbox_y",
    "bbox_width",
    "bbox_height",
    "image_name",
    "image_width",
    "image_height",
)


def read_makesense(source: Source) -> ReadResult:
    """Read CSV files in a folder, or one, with or without a header.

    A file lies among its images or anywhere above them. An image without a row is one that
    nobody looked at: the format has no other word for an empty image.

    Raises:
        DatasetError: if there are none, or a row is wrong.
    """
    images = find_images(source)
    paths = [source.path] if source.path.is_file() else list(files_in(source.path, (".csv",)))
    if not paths:
        raise no_files(source, "CSV files")
    marked = []
    for path in paths:
        beside = images.beside(path.parent)
        marks: dict[Path, list[Mark]] = defaultdict(list)
        sizes: dict[Path, tuple[int, int]] = {}
        for line, row in read_text_table(path).filled_rows:
            item = f"row {line}"
            if tuple(row) == COLUMNS:
                continue
            if len(row) != len(COLUMNS):
                expected, found = f"{len(COLUMNS)} columns", f"{len(row)}"
                fix = "export the file again"
                raise DatasetError(path, item=item, expected=expected, found=found, fix=fix)
            image = (beside if beside.paths else images).named(text_of_cell(row[5]), path, item)
            marks[image].append(_mark(row, path, item))
            sizes[image] = (
                whole(row[7], COLUMNS[7], path, item),
                whole(row[6], COLUMNS[6], path, item),
            )
        marked += [MarkedImage(each, path, tuple(marks[each]), sizes[each]) for each in marks]
    num_without = len(images.paths) - len(marked)
    notes = (
        (f"images without a row, taken as not looked at: {num_without:,}",) if num_without else ()
    )
    result = assemble(source, images, marked)
    return replace(result, notes=notes + result.notes)


def write_makesense(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/<asset>/ with labels.csv in it; WEBP becomes PNG, as the site reads no WEBP."""
    rows: dict[PurePosixPath, list[list[object]]] = defaultdict(list)
    num_empty = 0
    for each in place_images(dataset, folder, form="png"):
        if each.is_annotated:
            rows[each.path.parent] += _rows(each, dataset.class_names)
            num_empty += not each.labels
    for place, found in rows.items():
        write_csv(folder / place / LABELS, [COLUMNS, *found])
    empty = (
        [f"that images are empty, as they have no row (images: {num_empty:,})"] if num_empty else []
    )
    return [*losses(dataset, set()), *empty]


def _mark(row: Sequence[str], file: Path, item: str) -> Mark:
    name = text(text_of_cell(row[0]), COLUMNS[0], file, item)
    x, y, width, height = (
        number(value, column, file, item)
        for value, column in zip(row[1:5], COLUMNS[1:5], strict=True)
    )
    return Mark(name, (x, y, x + width, y + height), item)


def _rows(placed: Placed, class_names: tuple[str, ...]) -> list[list[object]]:
    image = placed.path.name, placed.image.width, placed.image.height
    return [
        [class_names[label], x0, y0, round(x1 - x0, 3), round(y1 - y0, 3), *image]
        for (x0, y0, x1, y1), label in zip(placed.boxes_xyxy, placed.labels, strict=True)
    ]
