"""Tests for `gapjunction.dataset.formats.yolo_scores`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.yolo_scores import (
    COLUMNS,
    WITHOUT_SCORE,
    place_of_score,
    stated_columns,
    stated_place,
    with_score_last,
)
from gapjunction.errors import DatasetError

BOXES = [[0.25, 0.5, 0.1, 0.2], [0.02, 0.9, 0.03, 0.05]]
SCORES = [0.9, 0.6]
FILE = Path("a.txt")


def test_place_of_score__boxes_that_lie_in_the_image_in_one_order__tell_it() -> None:
    last = [[*box, score] for box, score in zip(BOXES, SCORES, strict=True)]
    second = [[score, *box] for box, score in zip(BOXES, SCORES, strict=True)]
    assert place_of_score(last, FILE) == "last"
    assert place_of_score(second, FILE) == "second"


@pytest.mark.parametrize("row", [[0.5, 0.5, 0.3, 0.3, 0.3], [0.5, 0.5, 5, 5, 5]])
def test_place_of_score__boxes_that_fit_in_both_or_neither_order__are_refused(
    row: list[float],
) -> None:
    with pytest.raises(DatasetError, match=r"a.txt: expected boxes that tell .*columns: \[class"):
        place_of_score([row], FILE)


def test_place_of_score__one_box_far_outside_of_many__does_not_turn_it() -> None:
    rows = [[0.25, 0.5, 0.1, 0.2, 0.9]] * 30 + [[0.999, 0.5, 0.1, 0.1, 0.9]]
    assert place_of_score(rows, FILE) == "last"


def test_with_score_last__either_place__is_box_and_score() -> None:
    assert with_score_last([0.9, 1, 2, 3, 4], "second") == [1, 2, 3, 4, 0.9]
    assert with_score_last([1, 2, 3, 4, 0.9], "last") == [1, 2, 3, 4, 0.9]


def test_stated_columns__known_ones__are_returned_and_others_refused() -> None:
    assert stated_columns(COLUMNS["second"], FILE) == COLUMNS["second"]
    assert stated_columns(None, FILE) is None
    with pytest.raises(DatasetError, match=r"columns: expected .*found \['class', 'y'\]"):
        stated_columns(["class", "y"], FILE)


def test_stated_place__columns_with_a_score__say_it() -> None:
    assert stated_place(COLUMNS["second"]) == "second"
    assert stated_place(WITHOUT_SCORE) is None
    assert stated_place(None) is None
