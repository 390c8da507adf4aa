"""Read JSON, XML and text files from other tools, and numbers and text in them and in tables."""

import math
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gapjunction.errors import DatasetError
from gapjunction.files import parse_json

LARGEST = 1e9  # px; no image is that large


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file.

    Raises:
        DatasetError: if it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = (error.strerror if isinstance(error, OSError) else None) or str(error)
        fix = "check the path and the file"
        raise DatasetError(path, expected="a readable text file", found=found, fix=fix) from None


def read_json(path: Path) -> Any:
    """Return the value in a JSON file.

    Raises:
        DatasetError: if it is not JSON.
    """
    try:
        return parse_json(read_text(path))
    except (ValueError, RecursionError) as error:
        raise DatasetError(
            path, expected="valid JSON", found=str(error), fix="export the file again"
        ) from None


def read_xml(path: Path) -> Element:
    """Return the root element of an XML file; one with a DOCTYPE, and so entities, is refused.

    Raises:
        DatasetError: if it is not XML, or declares a document type.
    """
    try:
        root: Element = fromstring(path.read_bytes(), forbid_dtd=True)
    except OSError as error:
        found, fix = error.strerror or str(error), "check the path and its permissions"
        raise DatasetError(path, expected="a readable file", found=found, fix=fix) from None
    except DefusedXmlException:
        raise DatasetError(
            path,
            expected="XML without a DOCTYPE",
            found="one, which can name other files and entities",
            fix="remove the declaration, if you trust the file",
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise DatasetError(
            path, expected="valid XML", found=str(error), fix="export the file again"
        ) from None
    return root


def number(value: object, what: str, file: Path, item: str) -> float:
    """Return a finite number, given as such or as text.

    Raises:
        DatasetError: if it is none.
    """
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
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
