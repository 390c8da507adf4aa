"""Tests for `gapjunction.dataset.rules`."""

from pathlib import Path
from typing import Any

import pytest

from builders import box_record
from gapjunction.dataset.rules import Problem, check_boxes, is_positive
from gapjunction.detections_json import BoxRecord
from gapjunction.errors import ImageError

FILE = Path("a_bbox.json")
SIZE = (30, 40)  # height, width


def record(x: float, y: float, width: float, height: float, **changes: Any) -> BoxRecord:
    values = box_record((x, y, width, height), "gap_junction", "a.png", *SIZE) | changes
    return BoxRecord.model_validate(values)


def problems_of(*records: BoxRecord) -> list[tuple[str, str]]:
    """Return (severity, item) of all problems."""
    found = check_boxes(records, ("gap_junction", "other"), SIZE, FILE)
    return [(problem.severity, problem.item) for problem in found]


@pytest.mark.parametrize("box", [(0, 0, 40, 30), (39, 29, 1, 1), (3, 4, 0.2, 9)])
def test_check_boxes__box_in_the_image__is_right(box: tuple[float, ...]) -> None:
    assert problems_of(record(*box)) == []


@pytest.mark.parametrize("box", [(-1, 5, 4, 4), (5, -1, 4, 4), (38, 5, 4, 4), (5, 28, 4, 4)])
def test_check_boxes__box_partly_outside__is_a_warning(box: tuple[float, ...]) -> None:
    assert problems_of(record(*box)) == [("warning", "box 0")]


@pytest.mark.parametrize(
    "box", [(-4, 5, 4, 4), (5, -4, 4, 4), (40, 5, 4, 4), (5, 30, 4, 4), (1e9, 0, 1, 1)]
)
def test_check_boxes__box_fully_outside__is_an_error(box: tuple[float, ...]) -> None:
    assert problems_of(record(*box)) == [("error", "box 0")]


@pytest.mark.parametrize("box", [(5, 5, 0, 4), (5, 5, 4, 0), (5, 5, -4, 4), (5, 5, 4, -4)])
def test_check_boxes__box_without_size__is_an_error(box: tuple[float, ...]) -> None:
    assert problems_of(record(*box)) == [("error", "box 0")]


def test_check_boxes__doubled_box__is_a_warning_of_the_second() -> None:
    first, almost, elsewhere = record(5, 5, 10, 10), record(5, 5, 10, 10.5), record(20, 5, 10, 10)
    assert problems_of(first, elsewhere, almost) == [("warning", "box 2")]


def test_check_boxes__same_place_but_other_label__is_right() -> None:
    assert problems_of(record(5, 5, 10, 10), record(5, 5, 10, 10, label_name="other")) == []


def test_check_boxes__overlap_of_nine_tenths__is_right() -> None:
    assert problems_of(record(5, 5, 10, 10), record(5, 5, 10, 9)) == []


def test_check_boxes__unknown_label__names_the_known_ones() -> None:
    unknown = record(5, 5, 4, 4, label_name="gap junction")
    [problem] = check_boxes([unknown], ("gap_junction", "other"), SIZE, FILE)
    assert (problem.severity, problem.found) == ("error", "'gap junction'")
    assert problem.expected == "a label of gap_junction, other"


def test_check_boxes__other_image_size__is_one_error_for_the_file() -> None:
    swapped = [record(x, 5, 4, 4, image_width=30, image_height=40) for x in (1, 10, 20)]
    assert problems_of(*swapped) == [("error", "box 0 image size")]


def test_check_boxes__image_size_not_stated__is_right() -> None:
    assert problems_of(record(5, 5, 4, 4, image_width=None, image_height=None)) == []


@pytest.mark.parametrize(
    "value",
    [
        *(0, -1, True, "1", None, float("inf"), float("nan"), 1e308, 1e-308),
        pytest.param(10**400, id="huge"),
    ],
)
def test_is_positive__everything_else__is_not(value: object) -> None:
    assert not is_positive(value)


def test_problem__as_text__is_one_line_with_everything_in_it() -> None:
    error = ImageError("a.png", item="pixel 3", expected="light", found="dark", fix="switch it on")
    problem = Problem.from_error(error)
    assert str(problem) == str(error) == "a.png: pixel 3: expected light, found dark; switch it on"
