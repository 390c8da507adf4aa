"""Points for spot tools: a CSV file beside each image with the centers of the objects.

The columns y and x are what spot detectors read; class, width, height and score follow, and the
same places as axis-0 and axis-1, by which napari knows a table of points.
"""

from dataclasses import replace
from pathlib import Path

from gapjunction.csv_tables import write_csv
from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import MarkedImage, assemble, marked_image
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.point_rows import noted_points
from gapjunction.dataset.formats.point_table import read_point_table, rows_by_image
from gapjunction.dataset.formats.source import ReadResult, Source, no_files, with_numbers
from gapjunction.dataset.records import Dataset

COLUMNS = ("y", "x", "class", "width", "height")
NAPARI_COLUMNS = ("axis-0", "axis-1")
SUFFIXES = (".csv", ".tsv")
WITHOUT_ROW = "images without a row, taken as not looked at"


def read_points(source: Source) -> ReadResult:
    """Read the table named after each image, or one table with a column for the image.

    A point without width and height becomes a square of `source.point_size_px`. A table without
    points says that there is nothing; where an image has none, or no row in a table of several
    images, nobody looked.

    Raises:
        DatasetError: if there are none, one is wrong, or a size is missing.
    """
    images = find_images(source)
    paths = [source.path] if source.path.is_file() else list(files_in(source.path, SUFFIXES))
    if not paths:
        raise no_files(source, f"tables ({', '.join(SUFFIXES)})")
    marked: list[MarkedImage] = []
    notes: list[str] = []
    has_several = False
    for path in paths:
        table = read_point_table(path)
        notes += table.notes
        by_image = rows_by_image(table, images)
        has_several |= len(by_image) > 1
        for image, rows in by_image.items():
            noted = noted_points(table, rows, image, source)
            marked.append(marked_image(image, path, noted))
    result = assemble(source, images, marked)
    num_without = len(images.paths) - len(marked) if has_several else 0
    without = (f"{WITHOUT_ROW}: {num_without:,}",) if num_without else ()
    return replace(result, notes=with_numbers(notes) + without + result.notes)


def write_points(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a CSV file beside each image."""
    for each in place_images(dataset, folder, keeps_unseen=True, keeps_predicted=True):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}.csv")
            write_csv(place, _table(each, dataset.class_names))
    return losses(dataset, {"predictions"})


def _table(placed: Placed, class_names: tuple[str, ...]) -> list[list[object]]:
    """Return the table of an image; fractions are kept so that the box can be had back."""
    has_scores = placed.image.predictions is not None
    rows: list[list[object]] = [
        [*COLUMNS, *(["score"] if has_scores else []), *NAPARI_COLUMNS],
    ]
    for (x0, y0, x1, y1), score, label in zip(
        placed.boxes_xyxy, placed.scores, placed.labels, strict=True
    ):
        center = round((y0 + y1) / 2, 4), round((x0 + x1) / 2, 4)
        size = round(x1 - x0, 3), round(y1 - y0, 3)
        rows.append([*center, class_names[label], *size, *([score] if has_scores else []), *center])
    return rows
