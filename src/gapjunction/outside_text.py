"""The one door for text that others wrote: JSON, YAML, XML, tables and plain text, with limits.

The parsers raise `ValueError`, whatever is wrong; the readers of files turn that into one line of
the kind that the caller names, a dataset's unless one is named. What comes in is UTF-8, nested in
reason, without half characters (lone surrogates), which could be read but never written again.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gapjunction.errors import DatasetError
from gapjunction.outside_files import ErrorKind, read_limited
from gapjunction.strict_yaml import MAX_DEPTH, MAX_DIGITS, parse_yaml

MAX_BYTES = 500_000_000  # a million boxes take some 200 MB of JSON
MAX_YAML_BYTES = 500_000  # which take seconds; YAML is for settings and names
EXPORT_AGAIN, CHECK_PATH = "export the file again", "check the path and its permissions"
MOST_SHOWN = 120  # characters of what a parser says

_TOO_DEEP = f"more than {MAX_DEPTH} levels of nesting"


def read_text(path: Path, kind: ErrorKind = DatasetError, *, fix: str = EXPORT_AGAIN) -> str:
    """Return the UTF-8 text of a file.

    Raises:
        GapJunctionError: of the kind `kind`, if it cannot be read; `fix` says what to do then.
    """
    with _complaining(path, kind, "a readable text file", fix):
        return _text(path, MAX_BYTES, kind)


def read_table(
    path: Path, kind: ErrorKind = DatasetError, *, fix: str = EXPORT_AGAIN
) -> io.StringIO:
    """Return the text of a CSV file as a stream for the module `csv`.

    Raises:
        GapJunctionError: of the kind `kind`, if it cannot be read; `fix` says what to do then.
    """
    return io.StringIO(read_text(path, kind, fix=fix), newline="")


def read_json(path: Path, kind: ErrorKind = DatasetError, *, fix: str = EXPORT_AGAIN) -> Any:
    """Return the value in a JSON file.

    Raises:
        GapJunctionError: of the kind `kind`, if it is not JSON; `fix` says what to do then.
    """
    with _complaining(path, kind, "valid JSON", fix):
        return parse_json(_text(path, MAX_BYTES, kind))


def read_yaml(path: Path, kind: ErrorKind = DatasetError, *, fix: str = EXPORT_AGAIN) -> Any:
    """Return the value in a YAML file.

    Raises:
        GapJunctionError: of the kind `kind`, if it is not YAML; `fix` says what to do then.
    """
    with _complaining(path, kind, "valid YAML", fix):
        value = parse_yaml(_text(path, MAX_YAML_BYTES, kind))
        _require_whole_characters(value)
        return value


def read_xml(path: Path, kind: ErrorKind = DatasetError, *, fix: str = EXPORT_AGAIN) -> Element:
    """Return the root element of an XML file, in the encoding that it names.

    Raises:
        GapJunctionError: of the kind `kind`, if it is not XML, or declares a document type.
    """
    with _complaining(path, kind, "valid XML", fix):
        return parse_xml(read_limited(path, MAX_BYTES, kind))


def parse_json(text: str) -> Any:
    """Return the value in a JSON text.

    Raises:
        ValueError: if it is not JSON, or an object has a key twice: Python would keep the last.
    """
    try:
        value = json.loads(text, object_pairs_hook=_refuse_repeated_keys, parse_int=_whole)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _require_shallow(value)
    if "\\u" in text:  # only so can half a character come into UTF-8
        _require_whole_characters(value)
    return value


def parse_xml(content: str | bytes) -> Element:
    """Return the root element of an XML text; one with a DOCTYPE, and so entities, is refused.

    Raises:
        ValueError: if it is not XML, or declares a document type.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise ValueError("a DOCTYPE, which can name other files and entities") from None
    except (ParseError, LookupError) as error:
        raise ValueError(str(error)) from None
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
    if level:
        raise ValueError(_TOO_DEEP)
    return root


@contextmanager
def _complaining(path: Path, kind: ErrorKind, expected: str, fix: str) -> Iterator[None]:
    """Turn what is wrong with a file, or what is in it, into an error of the caller's kind."""
    try:
        yield
    except OSError as error:
        found = error.strerror or str(error)
        raise kind(path, expected="a readable file", found=found, fix=CHECK_PATH) from None
    except ValueError as error:
        raise kind(path, expected=expected, found=str(error)[:MOST_SHOWN], fix=fix) from None


def _text(path: Path, most_bytes: int, kind: ErrorKind) -> str:
    return read_limited(path, most_bytes, kind).decode("utf-8-sig")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits")
    return int(digits)


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        parts = (part for each in level for part in _parts(each))
        level = [part for part in parts if isinstance(part, dict | list)]
        if not level:
            return
    raise ValueError(_TOO_DEEP)


def _require_whole_characters(value: Any) -> None:
    level = [value]
    while level:
        for text in level:
            if isinstance(text, str) and not _can_be_written(text):
                raise ValueError(f"half a character in {ascii(text)[:60]}")
        level = [
            part
            for each in level
            for part in (*_parts(each), *(each if isinstance(each, dict) else ()))
        ]


def _can_be_written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple | set) else ()


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        name, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {name[:60]!r} more than once")
    return content
