"""Read JSON, XML and text files from other tools, and numbers and text in them and in tables."""

import math
from pathlib import Path

from gapjunction.errors import DatasetError

LARGEST = 1e9  # px; no image is that large


def number(value: object, what: str, file: Path, item: str) -> float:
    """Return a finite number, given as such or as text.

    Raises:
        DatasetError: if it is none.
    """
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        if isinstance(value, str) and "_" in value:  # as in 3_4, which Python takes for 34
            raise ValueError
        result = float(value)
        if not math.isfinite(result) or abs(result) > LARGEST:
            raise ValueError
    except (ValueError, OverflowError):
        raise DatasetError(
            file,
            item=item,
            expected=f"a finite number for {what}",
            found="nothing" if value is None else repr(value)[:60],
            fix="correct it, or delete the object",
        ) from None
    return result


def whole(value: object, what: str, file: Path, item: str) -> int:
    """Return a whole number, given as such or as text.

    Raises:
        DatasetError: if it is none.
    """
    result = number(value, what, file, item)
    if result != int(result):
        raise DatasetError(
            file,
            item=item,
            expected=f"a whole number for {what}",
            found=repr(value)[:60],
            fix="correct it, or export the file again",
        )
    return int(result)


def text(value: object, what: str, file: Path, item: str = "") -> str:
    """Return `value` if it is text, and not empty.

    Raises:
        DatasetError: if it is none.
    """
    if not isinstance(value, str) or not value.strip():
        found = "nothing" if value is None else repr(value)[:60]
        fix = "export the file again"
        raise DatasetError(file, item=item, expected=f"{what} as text", found=found, fix=fix)
    return value
