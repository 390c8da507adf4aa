"""Tests for `gapjunction.errors`."""

import ast
import copy
import inspect
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gapjunction import errors
from gapjunction.errors import MOST_SHOWN, GapJunctionError

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, GapJunctionError)
]
NAMES = {kind.__name__ for kind in KINDS}


def test_error__without_an_item__is_one_line_from_place_to_remedy() -> None:
    error = GapJunctionError("a.json", expected="a list", found="a number", fix="put [ ] around it")
    assert str(error) == "a.json: expected a list, found a number; put [ ] around it"


def test_error__with_an_item__names_it_after_the_file() -> None:
    error = GapJunctionError("a.json", item="box 3", expected="x", found="y", fix="z")
    assert str(error) == "a.json: box 3: expected x, found y; z"


def test_error__long_word_among_many_others__is_cut_to_the_length() -> None:
    found = f"{'word ' * 150}{'w' * 5000}{' word' * 150}"
    error = GapJunctionError("a.json", expected="a number", found=found, fix="change it")
    assert len(str(error)) <= MOST_SHOWN


def test_error__endless_parts__are_cut_in_their_middle() -> None:
    error = GapJunctionError(
        "a.json", item="i" * 900, expected="e" * 900, found="f" * 900, fix="start" + "x" * 900
    )
    assert len(str(error)) <= MOST_SHOWN
    assert str(error).startswith("a.json: iii")
    assert "; startxxx" in str(error)
    assert error.found == "f" * 900


def test_error__one_endless_part__leaves_the_others_whole() -> None:
    expected, fix = "e" * 60, "f" * 60
    error = GapJunctionError("a.json", expected=expected, found="x " * 9999, fix=fix)
    assert len(str(error)) == MOST_SHOWN
    assert expected in str(error)
    assert str(error).endswith(fix)


def test_error__place_of_many_short_names__is_cut_in_its_middle() -> None:
    place = f"/data/{'a b/' * 500}c.json"
    error = GapJunctionError(place, item="i", expected="x " * 999, found="y " * 999, fix="z")
    assert len(str(error)) <= MOST_SHOWN
    assert str(error).startswith("/data/a b/")
    assert "/c.json: i: expected x" in str(error)
    assert error.where == place


@pytest.mark.parametrize("kind", KINDS)
def test_error__every_kind__is_drawn_in_the_tree(kind: type[GapJunctionError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


def unpickled(error: GapJunctionError) -> Any:
    """Send an error through pickle, as a worker process does."""
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - it was pickled here


@pytest.mark.parametrize("duplicate", [copy.copy, unpickled])
@pytest.mark.parametrize("kind", KINDS)
def test_error__pickled_or_copied__says_the_same(
    kind: type[GapJunctionError], duplicate: Callable[[GapJunctionError], GapJunctionError]
) -> None:
    error = kind(
        Path("a.json"), item="box 3", expected="x", found="y", fix="z", settings=("output",)
    )
    error.add_note("while reading")
    again = duplicate(error)
    assert type(again) is kind
    assert (str(again), vars(again)) == (str(error), vars(error))


def texts_of_errors(path: Path) -> list[str]:
    """Return the texts in a module with which errors of ours are made."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in NAMES]
    parts = [node for call in made for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return [part.value for part in parts if isinstance(part.value, str)]


def test_errors_of_the_library__speak_of_settings__not_of_options() -> None:
    package = Path(errors.__file__).parent
    files = [path for path in package.rglob("*.py") if "commands" not in path.parts]
    texts = [text for path in files for text in texts_of_errors(path)]
    assert "check the path" in texts
    assert [text for text in texts if re.search(r"(?<!\S)--[a-z]", text)] == []
