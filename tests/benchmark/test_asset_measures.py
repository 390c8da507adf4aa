"""Tests for `gapjunction.benchmark.asset_measures`."""

from pathlib import Path

import numpy as np
import pytest

from detection_cases import boxes_with_scores
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.asset_measures import (
    AssetMeasures,
    measure_assets,
    measures_to_compare,
)
from gapjunction.benchmark.asset_plaques import AssetPlaques
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.records import AssetMetadata
from gapjunction.detections import Detections
from group_cases import asset


def image(
    *sides: float,
    name: str = "asset_0",
    um_per_px: float | None = 0.5,
    height: int = 100,
    found: Detections | None = None,
    truth: Detections | None = None,
) -> MeasuredImage:
    """Return an image of 100 px width with squares of these sides counted in it."""
    counted = boxes_with_scores(*((0.0, 0.0, side, side) for side in sides))
    return MeasuredImage(
        "image",
        "rats",
        name,
        AssetMetadata(),
        Path("image.png"),
        height,
        100,
        um_per_px,
        counted,
        found,
        truth,
    )


def test_measure_assets__two_images__are_one_value() -> None:
    [measured] = measure_assets([image(4, 6), image(8)])
    assert (measured.num_images, measured.num_plaques) == (2, 3)
    assert measured.plaques_per_image == 1.5
    assert measured.image_values == pytest.approx((2 / 0.05**2, 1 / 0.05**2))
    assert measured.plaques_per_mm2 == pytest.approx(3 / (2 * 0.05**2))
    assert measured.plaque_size_px == pytest.approx(6)
    assert measured.plaque_size_um == pytest.approx(3)
    assert measured.num_truth is None


def test_measure_assets__images__have_values_of_their_own() -> None:
    [measured] = measure_assets([image(4, 6), image()])
    assert measured.by_image["plaques_per_image"] == (2, 0)
    assert measured.by_image["plaques_per_mm2"] == pytest.approx((2 / 0.05**2, 0))
    assert measured.by_image["plaque_size_um"] == (2.5,)


def test_measure_assets__linked_plaques__have_no_values_by_image() -> None:
    linked = {AssetName("rats", "asset_0"): AssetPlaques(np.array([4.0]), None, 1)}
    [measured] = measure_assets([image(4), image(4)], linked)
    assert measured.by_image == {}
    assert measured.image_values == ()


def test_measure_assets__random_boxes__sizes_are_the_mean_root_of_the_area() -> None:
    rng = np.random.default_rng(0)
    sides = rng.uniform(1, 30, 20)
    [measured] = measure_assets([image(*sides[:5]), image(*sides[5:])])
    assert measured.plaque_size_px == pytest.approx(sides.mean())


def test_measure_assets__several__are_sorted_by_name() -> None:
    names = [each.asset for each in measure_assets([image(name="b"), image(name="a")])]
    assert names == ["a", "b"]


def test_measure_assets__nothing_there__has_a_count_but_no_size() -> None:
    [measured] = measure_assets([image()])
    assert (measured.plaques_per_mm2, measured.plaque_size_um) == (0, None)


def test_measure_assets__no_scale__has_neither_density_nor_um() -> None:
    [measured] = measure_assets([image(4, um_per_px=None)])
    assert (measured.plaques_per_mm2, measured.plaque_size_um) == (None, None)
    assert measured.plaque_size_px == 4


def test_measure_assets__some_images_annotated__compares_in_these_only() -> None:
    three, one = boxes_with_scores(*[(0, 0, 5, 5)] * 3), boxes_with_scores((0, 0, 5, 5))
    [measured] = measure_assets([image(5, 5, found=three, truth=three), image(5, found=one)])
    assert (measured.num_truth, measured.num_found_there) == (3, 2)
    assert (measured.num_images, measured.num_annotated_images) == (2, 1)
    assert measured.annotated_mm2 == pytest.approx(0.05**2)


def of_stack(z_step_um: float | None, um_per_px: float | None = 0.5) -> AssetMeasures:
    """Return the measures of a stack of two slices with three boxes, which are two plaques."""
    slices = [image(4, 6, um_per_px=um_per_px), image(8, um_per_px=um_per_px)]
    linked = {AssetName("rats", "asset_0"): AssetPlaques(np.array([4.0, 8.0]), z_step_um)}
    [measured] = measure_assets(slices, linked)
    return measured


def test_measure_assets__linked_stack__counts_plaques_and_not_boxes() -> None:
    measured = of_stack(z_step_um=0.4)
    assert (measured.num_plaques, measured.num_boxes) == (2, 3)
    assert (measured.plaques_per_image, measured.plaques_per_slice) == (None, 1)
    assert measured.plaques_per_mm2 == pytest.approx(2 / 0.05**2)
    assert measured.plaques_per_mm3 == pytest.approx(2 / (2 * 0.05**2 * 0.0004))
    assert (measured.plaque_size_px, measured.plaque_size_um) == (6, 3)


@pytest.mark.parametrize(
    ("z_step_um", "um_per_px", "expected"),
    [
        (0.4, 0.5, ("plaques_per_mm3", "plaque_size_um")),
        (None, 0.5, ("plaques_per_slice", "plaque_size_um")),
        (0.4, None, ("plaques_per_slice", "plaque_size_px")),
    ],
)
def test_measures_to_compare__linked_stacks__by_volume_where_it_is_known(
    z_step_um: float | None, um_per_px: float | None, expected: tuple[str, ...]
) -> None:
    assert measures_to_compare([of_stack(z_step_um, um_per_px)]) == expected


def test_measures_to_compare__equal_images__leaves_out_the_same_comparison() -> None:
    assert measures_to_compare([asset(1), asset(2)]) == ("plaques_per_mm2", "plaque_size_um")


@pytest.mark.parametrize("areas", [(100, 200), (100, None)])
def test_measures_to_compare__images_of_several_sizes__keeps_both(
    areas: tuple[int, int | None],
) -> None:
    measures = measures_to_compare([asset(1, area_px=area) for area in areas])
    assert measures == ("plaques_per_image", "plaques_per_mm2", "plaque_size_um")


def test_measures_to_compare__a_dataset_without_scale__takes_pixels() -> None:
    assert measures_to_compare([asset(1), asset(1, size_um=None)]) == (
        "plaques_per_image",
        "plaque_size_px",
    )
