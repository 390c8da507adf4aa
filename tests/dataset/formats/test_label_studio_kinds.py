"""Tests for `gapjunction.dataset.formats.label_studio_kinds`."""

from typing import Any

import pytest

from gapjunction.dataset.formats.label_studio_kinds import with_kinds

PLACE: dict[str, Any] = {"x": 1, "y": 2}
SIZE: dict[str, Any] = PLACE | {"width": 3, "height": 4}


def region(kind: str, identity: str | None = "r", **value: Any) -> dict[str, Any]:
    return {"id": identity, "type": kind, "value": value}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("rectangle", SIZE, "rectanglelabels"),
        ("polygon", {"points": [[1, 2]]}, "polygonlabels"),
        ("ellipse", PLACE | {"radiusX": 3, "radiusY": 4}, "ellipselabels"),
        ("keypoint", PLACE | {"width": 0.5}, "keypointlabels"),
        ("brush", {"rle": [1]}, "brushlabels"),
    ],
)
def test_with_kinds__labels_apart__are_joined(
    kind: str, value: dict[str, Any], expected: str
) -> None:
    found = list(with_kinds([region(kind, **value), region("labels", labels=["a"], **value)]))
    assert [index for index, _ in found] == [1]
    assert found[0][1]["type"] == expected
    assert found[0][1]["value"][expected] == ["a"]


def test_with_kinds__two_of_one_place__keep_their_labels() -> None:
    pairs = [region("rectangle", "1", **SIZE), region("labels", "1", labels=["a"], **SIZE)]
    others = [region("rectangle", "2", **SIZE), region("labels", "2", labels=["b"], **SIZE)]
    found = [each["value"]["rectanglelabels"] for _, each in with_kinds([*pairs, *others])]
    assert found == [["a"], ["b"]]


def test_with_kinds__no_label__has_the_kind_that_is_refused_then() -> None:
    [(_, found)] = with_kinds([region("rectangle", **SIZE)])
    assert found["type"] == "rectanglelabels"


@pytest.mark.parametrize(
    "other", [region("choices"), region("labels", text="x", labels=["a"]), 7, {"type": ["a"]}]
)
def test_with_kinds__others__stay_as_they_are(other: Any) -> None:
    assert list(with_kinds([other])) == [(0, other)]
