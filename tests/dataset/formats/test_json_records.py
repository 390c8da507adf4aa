"""Tests for `gapjunction.dataset.formats.json_records`."""

from pathlib import Path

import pytest
from pydantic import Field

from gapjunction.dataset.formats.json_records import (
    Name,
    Number,
    Pair,
    Record,
    Whole,
    members,
    parse,
)
from gapjunction.errors import DatasetError

FILE = Path("a.json")


class Shape(Record):
    """What a file of the tests holds."""

    name: Name
    points: list[Pair] = Field(alias="corners")
    count: Whole = 1
    score: Number | None = None


SHAPE = {"name": "a", "corners": [[1, 2]]}


def test_parse__keys_that_are_not_needed__are_ignored() -> None:
    assert parse(Shape, SHAPE | {"color": "red"}, FILE).name == "a"


def test_parse__numbers_as_text_and_points_with_a_depth__are_taken() -> None:
    content = {"name": "a", "corners": [["1.5", 2, 3]], "count": "3", "score": "0.5"}
    shape = parse(Shape, content, FILE)
    assert (shape.points[0].xy, shape.count, shape.score) == ((1.5, 2.0), 3, 0.5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": None}, "expected name as text, found nothing"),
        ({"name": " "}, "expected name as text, found ' '"),
        ({"name": 3}, "expected name as text, found 3"),
        ({"name": "\ud800"}, "expected a valid string"),
        ({"corners": None}, "expected a list of corners, found nothing"),
        ({"corners": [3]}, "expected a list of x, y in corners, found 3"),
        ({"corners": [[1]]}, "expected a finite number for y of corners, found nothing"),
        ({"corners": [[1, True]]}, "expected a finite number for y of corners, found True"),
        ({"corners": [[1, 1e10]]}, "expected a finite number for y of corners, found 1"),
        ({"count": 1.5}, "expected a whole number for count, found 1.5"),
        ({"count": "one"}, "expected a whole number for count, found 'one'"),
        ({"score": float("nan")}, "expected a finite number for score, found nan"),
        ({"score": 10**400}, "expected a finite number for score, found 1"),
        ({"score": [1]}, "expected a finite number for score, found [1]"),
    ],
)
def test_parse__something_wrong__is_one_line_that_names_it(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        parse(Shape, SHAPE | changes, FILE, "shape 2")
    assert str(caught.value).startswith(f"a.json: shape 2: {words}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["name", "corners"])
def test_parse__key_is_missing__is_refused_like_null(key: str) -> None:
    content = {name: value for name, value in SHAPE.items() if name != key}
    with pytest.raises(DatasetError, match=f"{key}.*, found nothing;"):
        parse(Shape, content, FILE)


@pytest.mark.parametrize("content", [None, 3, [], "{}"])
def test_parse__no_object__is_refused(content: object) -> None:
    with pytest.raises(DatasetError, match="shape 2: expected a JSON object, found"):
        parse(Shape, content, FILE, "shape 2")


def test_members__no_list__is_refused() -> None:
    with pytest.raises(DatasetError, match=r"a\.json: expected a list of tasks, found nothing;"):
        members(None, "tasks", FILE)
