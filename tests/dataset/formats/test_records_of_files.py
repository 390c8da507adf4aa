"""Tests for `gapjunction.dataset.formats.records_of_files`."""

from pathlib import Path

import pytest

from foreign_files import save_text
from gapjunction.dataset.formats.records_of_files import (
    number,
    read_json,
    read_xml,
    whole,
)
from gapjunction.errors import DatasetError

BOMB = """<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>"""
OUTSIDE = """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<!DOCTYPE a><a/>"])
def test_read_xml__doctype__is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DatasetError, match="XML without a DOCTYPE"):
        read_xml(save_text(tmp_path / "a.xml", text))


@pytest.mark.parametrize("text", ["", "<a>", "<a>\x01</a>", '<?xml encoding="x" version="1"?><a/>'])
def test_read_xml__broken__is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DatasetError, match="valid XML"):
        read_xml(save_text(tmp_path / "a.xml", text))


@pytest.mark.parametrize("text", ["", "{", "[1,]", '{"a": 1, "a": 2}', "[" * 100_000])
def test_read_json__broken__is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DatasetError, match="valid JSON"):
        read_json(save_text(tmp_path / "a.json", text))


def test_read_json__not_utf8__is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'"\xff"')
    with pytest.raises(DatasetError, match="a readable text file"):
        read_json(tmp_path / "a.json")


@pytest.mark.parametrize("value", ["nan", "inf", float("nan"), 1e300, 10**400, "", None, True, []])
def test_number__none_that_is_finite__is_refused_by_name(value: object) -> None:
    with pytest.raises(DatasetError, match=r"a.txt: line 3: expected a finite number for x"):
        number(value, "x", Path("a.txt"), "line 3")


@pytest.mark.parametrize("value", [" 2.5 ", 2.5])
def test_number__text_or_number__is_taken(value: object) -> None:
    assert number(value, "x", Path("a.txt"), "") == 2.5


def test_whole__fraction__is_refused() -> None:
    assert whole("3.0", "x", Path("a.txt"), "") == 3
    with pytest.raises(DatasetError, match="a whole number for x"):
        whole("3.5", "x", Path("a.txt"), "")
