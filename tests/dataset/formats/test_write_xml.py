"""Tests for `gapjunction.dataset.formats.write_xml`."""

from pathlib import Path
from xml.etree.ElementTree import Element

from gapjunction.dataset.formats.write_xml import add_text, write_xml
from gapjunction.outside_text import read_xml


def test_write_xml__special_letters__come_back(tmp_path: Path) -> None:
    root = Element("a")
    add_text(root, "b", "<核> & é")
    write_xml(tmp_path / "a.xml", root)
    assert read_xml(tmp_path / "a.xml").findtext("b") == "<核> & é"


def test_write_xml__carriage_returns__come_back(tmp_path: Path) -> None:
    root = Element("a", {"name": "b\r\n"})
    add_text(root, "b", "c\rd")
    write_xml(tmp_path / "a.xml", root)
    read = read_xml(tmp_path / "a.xml")
    assert (read.get("name"), read.findtext("b")) == ("b\r\n", "c\rd")


def test_write_xml__without_declaration__begins_with_the_root(tmp_path: Path) -> None:
    write_xml(tmp_path / "a.xml", Element("a"), has_declaration=False)
    assert (tmp_path / "a.xml").read_text().startswith("<a")
