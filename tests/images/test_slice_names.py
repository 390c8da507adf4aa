"""Tests for `gapjunction.images.slice_names`."""

import pytest

from gapjunction.images.slice_names import are_slices, in_order_of_slices, slice_number


@pytest.mark.parametrize(
    ("stem", "number"),
    [
        ("8746_cx43_Z47_cx43_0df171ec_confocal_glioblastoma_cancer_", 47),
        ("a_z047", 47),
        ("z-47", 47),
        ("a (Z 47)", 47),
        ("Z0_b", 0),
        ("Z1_stack_z_12.ome", 12),
        ("field03", None),
        ("z_scores", None),
        ("Cz47", None),
        ("z47b", None),
        ("z47189", None),
        ("fez 3", None),
        ("", None),
    ],
)
def test_slice_number__name__is_read_by_the_rule(stem: str, number: int | None) -> None:
    assert slice_number(stem) == number


def test_in_order_of_slices__record_numbers_against_z__sorts_by_z() -> None:
    stems = ["1_Z10", "2_Z9", "3_Z2"]
    assert in_order_of_slices(stems, str) == ["3_Z2", "2_Z9", "1_Z10"]


def test_in_order_of_slices__equal_numbers__stay_in_order() -> None:
    assert in_order_of_slices(["b_z2", "a_z2", "c_z1"], str) == ["c_z1", "b_z2", "a_z2"]


def test_in_order_of_slices__one_without_number__changes_nothing() -> None:
    assert in_order_of_slices(["b_z2", "overview", "c_z1"], str) == ["b_z2", "overview", "c_z1"]


@pytest.mark.parametrize(
    ("stems", "are"),
    [
        (["a_z1", "b_z2"], True),
        (["a_z1", "b_z1"], False),
        (["a_z1"], False),
        (["a_z1", "b"], False),
        ([], False),
    ],
)
def test_are_slices__names__need_different_numbers(stems: list[str], are: bool) -> None:
    assert are_slices(stems) == are
