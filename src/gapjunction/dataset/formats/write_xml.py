"""Write XML files."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from gapjunction.files import written_whole


def add_text(parent: Element, tag: str, value: object) -> None:
    """Append <tag>value</tag>."""
    SubElement(parent, tag).text = str(value)


def write_xml(path: Path, root: Element, *, has_declaration: bool = True) -> None:
    """Write a document as indented UTF-8, whole or not at all."""
    indent(root)
    with written_whole(path) as partial:
        ElementTree(root).write(partial, encoding="utf-8", xml_declaration=has_declaration)
