"""Tests for `gapjunction.commands.predict.unlike`."""

import pytest

from gapjunction.commands.predict.unlike import unlike_images, unlike_sentence
from gapjunction.prediction_folder import CountRow


def row(image: str, unlikeness: float | None, class_name: str = "plaque") -> CountRow:
    return CountRow("", "", image, class_name, 3, 1, 5, unlikeness)


def test_unlike_images__above_one__are_named_most_unlike_first() -> None:
    rows = [row("a", 1.2), row("b", 0.4), row("c", 3.0), row("d", 1.0)]
    assert unlike_images(rows) == ("c", "a")


def test_unlike_images__two_classes__names_an_image_once() -> None:
    assert unlike_images([row("a", 1.2), row("a", 1.2, "other")]) == ("a",)


def test_unlike_images__model_that_does_not_know__is_none() -> None:
    assert unlike_images([row("a", None)]) == ()


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["a"], "1 image is unlike"), (list("abcd"), "4 images are unlike")],
)
def test_unlike_sentence__images__are_counted(names: list[str], expected: str) -> None:
    assert unlike_sentence(names).startswith(expected)


def test_unlike_sentence__many_images__names_three() -> None:
    assert "(a, b, c, ...)" in unlike_sentence(list("abcd"))
