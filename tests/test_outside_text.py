"""Tests for `gapjunction.outside_text`."""

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foreign_files import save_text
from gapjunction import outside_text
from gapjunction.errors import BenchmarkError, ConfigError, DatasetError
from gapjunction.outside_text import (
    parse_json,
    parse_xml,
    read_json,
    read_table,
    read_text,
    read_xml,
    read_yaml,
)

BOMB = """<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>"""
OUTSIDE = """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""
READERS = [read_text, read_table, read_json, read_yaml, read_xml]


@pytest.mark.parametrize("read", READERS)
def test_readers__missing_file__say_so_in_the_callers_kind(
    tmp_path: Path, read: Callable[..., Any]
) -> None:
    message = r"a\.txt: expected a readable file, found No such file or directory; check the path"
    with pytest.raises(BenchmarkError, match=message):
        read(tmp_path / "a.txt", BenchmarkError)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no pipes in folders")
@pytest.mark.parametrize("read", READERS)
def test_readers__pipe__refuse_it_without_waiting(tmp_path: Path, read: Callable[..., Any]) -> None:
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(DatasetError, match="a named pipe"):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize("read", READERS)
def test_readers__too_large_a_file__refuse_it(
    tmp_path: Path, read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_text, "MAX_BYTES", 3)
    monkeypatch.setattr(outside_text, "MAX_YAML_BYTES", 3)
    with pytest.raises(DatasetError, match="expected at most 3 bytes, found 4"):
        read(save_text(tmp_path / "a", "<a/>"))


@pytest.mark.parametrize("read", [read_text, read_table, read_json, read_yaml])
def test_readers__not_utf8__name_the_byte(tmp_path: Path, read: Callable[..., Any]) -> None:
    (tmp_path / "a").write_bytes(b'"\xff"')
    with pytest.raises(DatasetError, match="can't decode byte 0xff in position 1"):
        read(tmp_path / "a")


def test_read_table__mark_and_windows_line_ends__are_a_table(tmp_path: Path) -> None:
    path = save_text(tmp_path / "a.csv", "\ufeffx,y\r\n1,2\r\n")
    assert list(csv.reader(read_table(path))) == [["x", "y"], ["1", "2"]]


def test_read_json__broken__says_file_and_remedy(tmp_path: Path) -> None:
    path = save_text(tmp_path / "a.json", "{")
    with pytest.raises(
        ConfigError, match=r"a\.json: expected valid JSON, found .*; write it again"
    ):
        read_json(path, ConfigError, fix="write it again")


def test_read_yaml__half_a_character__is_refused(tmp_path: Path) -> None:
    path = save_text(tmp_path / "a.yaml", 'a: ["\\ud800"]')
    with pytest.raises(DatasetError, match=r"a\.yaml: expected valid YAML, found half a character"):
        read_yaml(path)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<!DOCTYPE a><a/>"])
def test_read_xml__doctype__is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DatasetError, match=r"a\.xml: expected valid XML, found a DOCTYPE"):
        read_xml(save_text(tmp_path / "a.xml", text))


@pytest.mark.parametrize("text", ["", "<a>", "<a>\x01</a>", '<?xml encoding="x" version="1"?><a/>'])
def test_read_xml__broken__is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DatasetError, match="valid XML"):
        read_xml(save_text(tmp_path / "a.xml", text))


def test_parse_xml__nested_beyond_reason__is_refused() -> None:
    assert parse_xml("<a>" * 100 + "</a>" * 100).tag == "a"
    with pytest.raises(ValueError, match="more than 100 levels"):
        parse_xml("<a>" * 101 + "</a>" * 101)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("[1,]", "Expecting value|trailing comma"),
        ('{"b": {"a": 1, "a": 2}}', "the key 'a' more than once"),
        ("[" * 101 + "]" * 101, "more than 100 levels"),
        ('{"a":' * 101 + "1" + "}" * 101, "more than 100 levels"),
        ("[" * 100_000, "more than 100 levels"),
        ("1" * 101, "a number of 101 digits"),
        ("1" * 5000, "a number of 5,000 digits"),
        ('["\\ud800"]', r"half a character in '\\ud800'"),
        ('[{"a\\uDFFF": 1}]', r"half a character in 'a\\udfff'"),
    ],
)
def test_parse_json__wrong_or_beyond_limits__is_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_json(text)


def test_parse_json__pair_of_surrogates__is_one_character() -> None:
    assert parse_json(r'["\ud83d\ude00", -12, 1e3]') == ["\U0001f600", -12, 1000.0]


def test_parse_json__100_levels__are_read() -> None:
    value = parse_json("[" * 100 + "]" * 100)
    for _ in range(99):
        [value] = value
    assert value == []
