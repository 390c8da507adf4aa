"""Tests for `gapjunction.benchmark.drawn_images`."""

from dataclasses import replace
from pathlib import Path

import pytest

from detection_cases import boxes_with_scores
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.drawn_images import (
    assets_not_as_drawn,
    drawn_order,
    images_to_annotate,
)
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.records import AssetMetadata

NOTHING = boxes_with_scores()


def images_of(asset: str, number: int, num_counted: int = 10) -> list[MeasuredImage]:
    """Return images of an asset that nobody annotated, with so many objects counted in each."""
    counted = boxes_with_scores(*[(0, 0, 5, 5)] * num_counted)
    metadata, path = AssetMetadata(), Path("image.png")
    return [
        MeasuredImage(
            f"{asset}_{n}", "rats", asset, metadata, path, 50, 50, None, counted, counted, None
        )
        for n in range(number)
    ]


def annotated(image: MeasuredImage) -> MeasuredImage:
    return replace(image, truth=NOTHING)


def names(images: list[MeasuredImage]) -> list[str]:
    return [each.name for each in images]


def test_drawn_order__seed__decides_whatever_the_order_of_files_and_other_assets() -> None:
    alone = drawn_order(images_of("a", 8), seed=0)
    beside = drawn_order([*images_of("b", 3), *reversed(images_of("a", 8))], seed=0)
    asset = AssetName("rats", "a")
    assert names(beside[asset]) == names(alone[asset])
    assert names(drawn_order(images_of("a", 8), seed=1)[asset]) != names(alone[asset])


def test_drawn_order__many_seeds__put_each_image_first_equally_often() -> None:
    asset = AssetName("rats", "a")
    first = [drawn_order(images_of("a", 4), seed)[asset][0].name for seed in range(400)]
    assert all(70 < first.count(f"a_{n}") < 130 for n in range(4))


@pytest.mark.parametrize(("num_counted", "num_images"), [(40, 1), (10, 2), (6, 4), (0, 5)])
def test_images_to_annotate__mean_count__decides_how_many(
    num_counted: int, num_images: int
) -> None:
    drawn = drawn_order(images_of("a", 5, num_counted), seed=0)
    [asset] = drawn
    assert images_to_annotate(drawn) == drawn[asset][:num_images]


def test_images_to_annotate__first_drawn_annotated__asks_for_the_next() -> None:
    asset = AssetName("rats", "a")
    first, second, *others = drawn_order(images_of("a", 5), seed=0)[asset]
    assert images_to_annotate({asset: [annotated(first), second, *others]}) == [second]


def test_assets_not_as_drawn__annotated_in_another_order__are_named() -> None:
    first, second, third = images_of("a", 3)
    as_drawn, chosen, whole = (AssetName("rats", name) for name in "abc")
    assert assets_not_as_drawn(
        {
            as_drawn: [annotated(first), second, third],
            chosen: [first, annotated(second), third],
            whole: [annotated(each) for each in (first, second, third)],
        }
    ) == [chosen]
