"""Read and write box tables, one CSV file an image: the published repository's benchmark format.

A row is a box; an image without objects has none. Columns are `COLUMNS`, the last of which may be
missing: boxes that a person drew have no confidence.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from gapjunction.csv_tables import text_of_cell, write_csv
from gapjunction.detections import Detections
from gapjunction.detections_json import BoxRecord, DetectionFile, box_records, stem_of
from gapjunction.errors import DetectionsFileError
from gapjunction.outside_text import read_table

CONFIDENCE = "confidence"
BOX_COLUMNS = ("label_name", "bbox_x", "bbox_y", "bbox_width", "bbox_height")
COLUMNS = (*BOX_COLUMNS, "image_name", "image_width", "image_height", CONFIDENCE)


def is_box_table(path: Path) -> bool:
    """Tell a box table, or an empty file, from a CSV file of something else."""
    try:
        header = next(csv.reader(read_table(path, DetectionsFileError)), [])
    except (DetectionsFileError, csv.Error):
        return False
    return not any(header) or set(header).issuperset(BOX_COLUMNS)


def read_box_table(path: Path) -> DetectionFile:
    """Read the boxes of one image; a file without boxes is of the image it is named after.

    Raises:
        DetectionsFileError: if it is no box table, or is of several images; names the first
            wrong row.
    """
    rows = _read_rows(path)
    records = tuple(_record(path, number, row) for number, row in enumerate(rows, start=2))
    names = list(dict.fromkeys(record.image_name for record in records if record.image_name))
    if len(names) > 1:
        raise DetectionsFileError(
            path,
            item="image_name",
            expected="one image",
            found=f"{len(names)}, such as {names[0]} and {names[1]}",
            fix="write one file for each image",
        )
    return DetectionFile(path, names[0] if names else stem_of(path.name), records)


def write_box_table(
    path: Path,
    detections: Detections,
    class_names: Sequence[str],
    *,
    image_name: str,
    image_size: tuple[int, int],
) -> None:
    """Write the boxes of one image (height, width), rounded as in a detection file."""
    rows: list[list[object]] = []
    for record in box_records(detections, class_names, image_name, image_size):
        score = record.pop("score")
        rows.append([*record.values(), score])
    write_csv(path, [COLUMNS, *rows])


def _read_rows(path: Path) -> list[dict[str, str | None]]:
    try:
        rows = csv.DictReader(read_table(path, DetectionsFileError), strict=True)
        header = [name for name in rows.fieldnames or () if name]
        if missing := set(BOX_COLUMNS).difference(header) if header else set():
            raise DetectionsFileError(
                path,
                expected=f"the columns {', '.join(BOX_COLUMNS)}",
                found=f"none called {', '.join(sorted(missing))}",
                fix="name them in the first line",
            )
        return [{key: row[key] for key in header} for row in rows if any(row.values())]
    except csv.Error as error:
        raise DetectionsFileError(
            path, expected="a CSV file", found=str(error), fix="check the file"
        ) from None


def _record(path: Path, line: int, row: dict[str, str | None]) -> BoxRecord:
    field_of = {name: name for name in (*BOX_COLUMNS, "image_name")} | {CONFIDENCE: "score"}
    known = {
        field_of[key]: text_of_cell(value)
        for key, value in row.items()
        if key in field_of and value
    }
    try:
        return BoxRecord.model_validate(known)
    except ValidationError as error:
        detail = error.errors()[0]
        name = str(detail["loc"][0])
        is_missing = detail["type"] == "missing"
        raise DetectionsFileError(
            path,
            item=f"line {line} {CONFIDENCE if name == 'score' else name}",
            expected="a value" if is_missing else detail["msg"].removeprefix("Input should be "),
            found="nothing" if is_missing else repr(detail["input"])[:60],
            fix="correct it",
        ) from None
