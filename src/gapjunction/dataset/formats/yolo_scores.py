"""Where the score stands in YOLO lines of six numbers: at the end, or after the class.

Ultralytics writes `class x y width height score`, darknet's and others' scripts
`class score x y width height`. A file does not say which; the boxes tell, as they lie in the image.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from gapjunction.errors import DatasetError

ScorePlace = Literal["last", "second"]
COLUMNS_KEY = "columns"  # of data.yaml, where ours say it
COLUMNS: dict[ScorePlace, list[str]] = {
    "last": ["class", "x", "y", "width", "height", "score"],
    "second": ["class", "score", "x", "y", "width", "height"],
}
WITHOUT_SCORE = ["class", "x", "y", "width", "height"]
BEYOND = 0.01  # of a side; how far boxes of detectors stick out
CLEARLY = 10  # times as many boxes do in the other order


def place_of_score(rows: Sequence[Sequence[float]], file: Path) -> ScorePlace:
    """Return where the score stands in rows of the five numbers behind the class.

    Args:
        rows: of all label files, as one program wrote them.
        file: the first of them, for the error.

    Raises:
        DatasetError: if the boxes lie in their images in either order, or in neither.
    """
    wrong_last = sum(not is_sound(row[:4], row[4]) for row in rows)
    wrong_second = sum(not is_sound(row[1:], row[0]) for row in rows)
    if CLEARLY * wrong_last < wrong_second:
        return "last"
    if CLEARLY * wrong_second < wrong_last:
        return "second"
    raise DatasetError(
        file,
        expected="boxes that tell whether the score is the last number or follows the class",
        found=f"{len(rows):,} that may be either",
        fix=f"write '{COLUMNS_KEY}: [{', '.join(COLUMNS['last'])}]' into data.yaml, in the order "
        "of the columns",
    )


def with_score_last(row: Sequence[float], place: ScorePlace) -> list[float]:
    """Return x, y, width, height and score."""
    return [*row] if place == "last" else [*row[1:], row[0]]


def stated_columns(content: object, file: Path) -> list[str] | None:
    """Return what the key `columns` of data.yaml says; None where it is not there.

    Raises:
        DatasetError: if it says something else than there is.
    """
    known = [WITHOUT_SCORE, *COLUMNS.values()]
    if content is None:
        return None
    for columns in known:
        if content == columns:
            return columns
    raise DatasetError(
        file,
        item=COLUMNS_KEY,
        expected=" or ".join(f"[{', '.join(columns)}]" for columns in known),
        found=repr(content)[:60],
        fix="correct it, or leave it out",
    )


def stated_place(columns: list[str] | None) -> ScorePlace | None:
    """Return where the score stands by the stated columns; None where they do not say it."""
    return next((place for place, each in COLUMNS.items() if each == columns), None)


def is_sound(box: Sequence[float], score: float) -> bool:
    """Tell whether a box (x, y, width, height) lies in its image and a score is one."""
    x, y, width, height = box
    sides = (x - width / 2, x + width / 2, y - height / 2, y + height / 2)
    is_inside = all(-BEYOND <= side <= 1 + BEYOND for side in sides)
    return is_inside and width > 0 and height > 0 and 0 <= score <= 1
