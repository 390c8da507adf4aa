"""Tests for `gapjunction.strict_yaml`."""

import datetime

import pytest

from gapjunction.strict_yaml import MAX_DEPTH, parse_yaml


def test_parse_yaml__plain_values__are_those_of_yaml() -> None:
    text = "names: {0: gap, 1: 'no'}\nsize: 1.5\nday: 2024-01-31\nnested: [[a], []]\n"
    assert parse_yaml(text) == {
        "names": {0: "gap", 1: "no"},
        "size": 1.5,
        "day": datetime.date(2024, 1, 31),
        "nested": [["a"], []],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x", r"an alias \(\*x\)"),
        ("a: &x [*x]", "an alias"),
        ("[" * 101 + "]" * 101, "more than 100 levels"),
        ("- " * 5000, "more than 100 levels"),
        ("a: 1\nb: 2\na: 3", "the key 'a' more than once"),
        ("a: " + "1" * 101, "a number of more than 100 digits"),
        ("a: 1" + ":1" * 5000, "a number of more than 100 digits"),
        ("a: !!bool x", "'x', which is no value of the kind 'bool'"),
        ("a: !!int ''", "'', which is no value of the kind 'int'"),
        ("a: !!timestamp x", "'x', which is no value of the kind 'timestamp'"),
        ("names: [2024-13-45]", "'2024-13-45', which is no value of the kind 'timestamp'"),
        ('a: "\\UFFFFFFFF"', "PyYAML cannot read"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
        ("a: [", "expected"),
        ("a\n---\nb", "single document"),
        ("a: \x01", "special characters"),
        ("? {a: b}\n: c", "unhashable"),
        ("!!set [a]", "expected a mapping"),
    ],
)
def test_parse_yaml__what_can_harm_or_is_wrong__is_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_yaml(text)


def test_parse_yaml__deepest_allowed__is_read() -> None:
    value = parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for _ in range(MAX_DEPTH - 1):
        [value] = value
    assert value == []
