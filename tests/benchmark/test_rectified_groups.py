"""Tests for `gapjunction.benchmark.rectified_groups`."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from detection_cases import boxes_with_scores
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.asset_measures import measure_assets
from gapjunction.benchmark.group_study import study_groups
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.benchmark.question import Question
from gapjunction.benchmark.rectified_groups import (
    RectifiedComparison,
    RectifiedStudy,
    found_where_annotated,
    rectify_groups,
)
from gapjunction.dataset.records import AssetMetadata
from gapjunction.detections import Detections
from gapjunction.metrics.group_effects import Estimate


def boxes(number: int) -> Detections:
    return boxes_with_scores(*[(0, 0, 5, 5)] * number)


def images_of(
    diagnosis: str,
    asset: str,
    *pairs: tuple[int, int | None],
    dataset: str = "rats",
    um_per_px: float | None = None,
) -> list[MeasuredImage]:
    """Return an image of an asset for each pair: how many are found, and how many are there."""
    metadata = AssetMetadata(diagnosis=diagnosis, further={"rat": asset[0]})
    return [
        MeasuredImage(
            f"{dataset}_{asset}_{number}",
            dataset,
            asset,
            metadata,
            Path(f"{number}.png"),
            100,
            100,
            um_per_px,
            boxes(found),
            boxes(found),
            None if there is None else boxes(there),
        )
        for number, (found, there) in enumerate(pairs)
    ]


def rectified(
    images: Sequence[MeasuredImage], seen: Sequence[AssetName] = (), animal: str | None = None
) -> RectifiedStudy:
    study = study_groups(measure_assets(images), Question(("diagnosis",)), 1000, 0)
    return rectify_groups(images, study, seen, animal, seed=0)


def only(study: RectifiedStudy) -> RectifiedComparison:
    [comparison] = study.comparisons
    return comparison


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


HALF_MISSED = [
    *images_of("healthy", "a", (8, 8), (12, None)),
    *images_of("healthy", "b", (12, 12), (10, None)),
    *images_of("epilepsy", "c", (4, 8), (6, None)),
    *images_of("epilepsy", "d", (6, 12), (5, None)),
]


def test_rectify_groups__half_is_missed_in_one__is_told_from_annotated_images() -> None:
    found = only(rectified(HALF_MISSED))
    assert value(found.ratio) == pytest.approx(0.5)
    assert value(found.rectified) == pytest.approx(1)
    assert (value(found.found_first.share), value(found.found_second.share)) == (1, 0.5)
    assert (found.found_first.num_assets, found.found_first.num_images) == (2, 2)


def test_rectify_groups__images_with_a_scale__compares_by_area() -> None:
    images = [
        *images_of("healthy", "a", (8, 8), um_per_px=0.1),
        *images_of("healthy", "b", (12, 12), um_per_px=0.1),
        *images_of("epilepsy", "c", (4, 8), um_per_px=0.1),
        *images_of("epilepsy", "d", (6, 12), um_per_px=0.1),
    ]
    found = only(rectified(images))
    assert found.measure == "plaques_per_mm2"
    assert value(found.rectified) == pytest.approx(1)


def test_rectify_groups__two_datasets__compares_within_each() -> None:
    """The second has ten times as many, and one group more of them."""
    images = [
        *HALF_MISSED,
        *images_of("healthy", "a", (80, 80), dataset="mice"),
        *images_of("healthy", "b", (120, 120), dataset="mice"),
        *images_of("epilepsy", "c", (40, 80), dataset="mice"),
        *images_of("epilepsy", "d", (60, 120), dataset="mice"),
        *images_of("epilepsy", "e", (50, 100), dataset="mice"),
        *images_of("epilepsy", "alone", (500, 100), dataset="men"),
    ]
    assert value(only(rectified(images)).rectified) == pytest.approx(1)


def test_rectify_groups__groups_in_different_datasets__compares_between_them() -> None:
    images = [
        *images_of("healthy", "a", (8, 8)),
        *images_of("healthy", "b", (12, 12)),
        *images_of("epilepsy", "c", (4, 8), dataset="mice"),
        *images_of("epilepsy", "d", (6, 12), dataset="mice"),
    ]
    assert value(only(rectified(images)).rectified) == pytest.approx(1)


def test_rectify_groups__assets_that_the_model_has_seen__tell_nothing() -> None:
    """Of a, all is found as the model was trained on it; of others only a half."""
    images = [
        *images_of("healthy", "a", (10, 10)),
        *images_of("healthy", "b", (5, 10), (5, None)),
        *images_of("healthy", "e", (5, 10), (5, None)),
        *images_of("epilepsy", "c", (5, 10)),
        *images_of("epilepsy", "d", (5, 10)),
    ]
    study = rectified(images, seen=[AssetName("rats", "a"), AssetName("rats", "elsewhere")])
    assert study.seen == (AssetName("rats", "a"),)
    assert value(only(study).found_first.share) == 0.5
    assert only(study).found_first.num_assets == 2
    assert {each.asset for each in study.to_annotate} == {"b", "e"}


def test_rectify_groups__sections_of_animals__are_one_asset_each() -> None:
    images = [
        *images_of("healthy", "a1", (8, 8)),
        *images_of("healthy", "a2", (8, None)),
        *images_of("healthy", "b1", (12, 12)),
        *images_of("epilepsy", "c1", (4, 8)),
        *images_of("epilepsy", "d1", (6, 12)),
    ]
    study = rectified(images, animal="rat")
    assert only(study).found_first.num_assets == 2
    assert value(only(study).rectified) == pytest.approx(1)


def test_rectify_groups__nothing_annotated__corrects_nothing_and_lists_images() -> None:
    images = [
        *images_of("healthy", "a", (30, None), (30, None)),
        *images_of("healthy", "b", (30, None)),
        *images_of("epilepsy", "c", (30, None)),
        *images_of("epilepsy", "d", (30, None)),
    ]
    study = rectified(images)
    assert only(study).rectified is None
    assert only(study).found_first.share is None
    assert [each.asset for each in study.to_annotate] == ["a", "b", "c", "d"]


def test_found_where_annotated__no_assets__is_unknown() -> None:
    assert found_where_annotated([]).share is None
