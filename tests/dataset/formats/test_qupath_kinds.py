"""Tests for `gapjunction.dataset.formats.qupath_kinds`."""

import time

import pytest

from gapjunction.dataset.formats.qupath_kinds import (
    ANNOTATION,
    AROUND,
    IGNORED,
    OTHERS,
    REGIONS,
    Outlined,
    find_regions,
    kind_of_object,
    reason_to_leave_out,
)

SPOT = Outlined("annotation", "plaque", (10, 10, 14, 14))


@pytest.mark.parametrize(
    ("stated", "feature_id", "kind"),
    [
        ("cell", "PathTileObject", "cell"),
        (None, "PathTileObject", "tile"),
        (None, "8f0c2f", "annotation"),
        (None, None, "annotation"),
    ],
)
def test_kind_of_object__stated_or_by_an_old_id(
    stated: str | None, feature_id: str | None, kind: str
) -> None:
    assert kind_of_object(stated, feature_id) == kind


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [("tile", "", OTHERS), ("annotation", "Ignore*", IGNORED), ("detection", "plaque", None)],
)
def test_reason_to_leave_out__by_kind_and_class(kind: str, name: str, reason: str | None) -> None:
    assert reason_to_leave_out(kind, name) == reason


@pytest.mark.parametrize(
    ("outer", "is_region"),
    [
        (Outlined("annotation", "", (0, 0, 20, 20)), True),
        (Outlined("annotation", "", (9, 9, 15, 15)), False),  # hardly larger than what it holds
        (Outlined("annotation", "", (12, 0, 32, 20)), False),  # cuts it
        (Outlined("annotation", "tumor", (0, 0, 20, 20)), False),  # one may be a plaque in another
        (Outlined("detection", "", (0, 0, 20, 20)), False),
        (Outlined("annotation", "", (40, 40, 95, 95)), True),  # a quarter of the image
    ],
)
def test_find_regions__one_annotation_beside_a_spot(outer: Outlined, is_region: bool) -> None:
    assert find_regions([outer, SPOT], 100, 100) == [REGIONS if is_region else "", ""]


def test_find_regions__class_around_two_of_another__may_be_one() -> None:
    outer = Outlined("annotation", "tumor", (0, 0, 40, 40))
    other = Outlined("annotation", "plaque", (30, 30, 34, 34))
    assert find_regions([outer, SPOT, other], 100, 100) == [AROUND, "", ""]


def test_find_regions__nothing__is_none() -> None:
    assert find_regions([], 100, 100) == []


def test_find_regions__thousands__take_a_moment() -> None:
    spots = [Outlined(ANNOTATION, "", (x, 0, x + 2, 3)) for x in range(20_000)]
    begun = time.process_time()
    found = find_regions([*spots, Outlined(ANNOTATION, "", (0, 0, 30, 20))], 100, 40_000)
    assert found == [""] * len(spots) + [REGIONS]
    assert time.process_time() - begun < 5
