"""YOLO lines that are longer than a box: outlines, or boxes with further columns."""

from collections.abc import Sequence
from pathlib import Path

from gapjunction.dataset.formats.yolo_scores import is_sound
from gapjunction.errors import DatasetError

LARGEST_SHARE = 1.5  # of an outline; some stick out of the image a little
FIX = "export boxes (class, x, y, width, height) or outlines, without further columns"
_BOX, _SCORE_AND_TRACK, _KEY_POINT = 4, 2, 3  # numbers; that of a key point tells if it is seen


def refuse_other_columns(rows: Sequence[Sequence[float]], file: Path) -> None:
    """Refuse rows of numbers behind a class if all are boxes with a track's id or key points.

    Args:
        rows: of all label files, as one program wrote them; each has six numbers or more.
        file: the first of them, for the error.

    Raises:
        DatasetError: if each is a box in its image, followed by a score and a whole number, or by
            triples that end in one.
    """
    if all(map(_is_box_with_more, rows)):
        found = f"boxes with {len(rows[0]) - _BOX} further numbers, such as tracks or key points"
        raise DatasetError(file, expected="boxes or outlines", found=found, fix=FIX)


def require_shares(values: Sequence[float], file: Path, item: str) -> None:
    """Refuse outlines of other numbers than shares of the sides, as of boxes with a track's id.

    Raises:
        DatasetError: if one lies far outside of the image.
    """
    farthest = max(values, key=abs)
    if abs(farthest) > LARGEST_SHARE:
        raise DatasetError(
            file,
            item=item,
            expected="an outline in shares of the image's sides, 0 to 1",
            found=f"{farthest:g} among {len(values)} numbers",
            fix=FIX,
        )


def _is_box_with_more(row: Sequence[float]) -> bool:
    more = row[_BOX:]
    if len(more) == _SCORE_AND_TRACK:
        return is_sound(row[:_BOX], more[0]) and more[1] >= 1 and more[1].is_integer()
    has_key_points = len(more) % _KEY_POINT == 0
    is_seen = more[_KEY_POINT - 1 :: _KEY_POINT]
    return has_key_points and is_sound(row[:_BOX], 1) and all(map(float.is_integer, is_seen))
