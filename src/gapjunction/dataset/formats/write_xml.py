"""Write XML files."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gapjunction.errors import DatasetError
from gapjunction.files import write_text

DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"
SHOWN_BEFORE = 20  # letters
# https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add_text(parent: Element, tag: str, value: object) -> None:
    """Append <tag>value</tag>."""
    SubElement(parent, tag).text = str(value)


def write_xml(path: Path, root: Element, *, has_declaration: bool = True) -> None:
    """Write a document as indented UTF-8, whole or not at all.

    Raises:
        DatasetError: if there is a letter in it that XML does not know, such as escape.
    """
    indent(root)
    text = tostring(root, encoding="unicode")
    wrong = _NOT_IN_XML.search(text)
    if wrong is not None:
        raise DatasetError(
            path,
            expected="names that XML can hold",
            found=ascii(text[max(wrong.start() - SHOWN_BEFORE, 0) : wrong.end()]),
            fix="rename the image, asset or class that is called so, or choose another format",
        )
    start = DECLARATION if has_declaration else ""
    # As XML is read, a bare carriage return is a line end.
    write_text(path, start + text.replace("\r", "&#13;"))
