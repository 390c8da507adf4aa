"""Tests for `gapjunction.dataset.split_stacks`."""

import logging

import pytest

from gapjunction.dataset.split_stacks import (
    DividedStack,
    PlacedImage,
    divided_stacks,
    warn_of_divided_stacks,
)


def placed(side: str, *stems: str, asset: str = "") -> list[PlacedImage]:
    return [PlacedImage(stem, asset or side, side) for stem in stems]


def test_divided_stacks__slices_on_two_sides__are_named_with_their_numbers() -> None:
    images = placed("train", "rat_Z1", "rat_Z2", "rat_Z4") + placed("val", "rat_Z3")
    assert divided_stacks(images) == [
        DividedStack("rat_Z*", {"train": 3, "val": 1}, ("train", "val"))
    ]


def test_divided_stacks__a_record_for_each_slice__is_one_stack() -> None:
    images = placed("train", "11_cx43_Z1_0df171ec", "12_cx43_Z2_0df171ec") + placed(
        "val", "13_cx43_Z3_0df171ec"
    )
    assert [each.name for each in divided_stacks(images)] == ["*_cx43_Z*_0df171ec"]


def test_divided_stacks__other_records_on_either_side__are_two_stacks() -> None:
    images = placed("train", "7_Z1", "7_Z2") + placed("val", "8_Z3", "8_Z4")
    assert divided_stacks(images) == []


@pytest.mark.parametrize(
    "images",
    [
        pytest.param(
            placed("train", "a_Z1", "a_Z2") + placed("val", "b_Z1", "b_Z2"), id="two_stacks"
        ),
        pytest.param(placed("train", "Z1", "Z2") + placed("val", "Z1", "Z3"), id="same_names"),
        pytest.param(placed("train", "rat_Z3") + placed("val", "rat_Z5"), id="single_slices"),
        pytest.param(placed("train", "field_1", "field_2") + placed("val", "field_3"), id="no_z"),
        pytest.param(
            placed("train", "rat_Z1", "rat_Z2", asset="a") + placed("train", "rat_Z3", asset="b"),
            id="one_side",
        ),
        pytest.param([], id="nothing"),
    ],
)
def test_divided_stacks__no_stack_on_two_sides__are_none(images: list[PlacedImage]) -> None:
    assert divided_stacks(images) == []


def test_warn_of_divided_stacks__two_of_them__is_one_line_that_names_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    images = placed("train", "a_Z1", "a_Z2", "b_Z1", "b_Z2") + placed("val", "a_Z3", "b_Z3")
    warn_of_divided_stacks(images)
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert (
        "a_Z* has 2 slices in train and 1 slice in val (1 other stack likewise)" in record.message
    )
    assert "neighboring slices are nearly the same image" in record.message
    assert "(train, val)" in record.message


def test_warn_of_divided_stacks__none__says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    warn_of_divided_stacks(placed("train", "a_Z1", "a_Z2"))
    assert not caplog.records
