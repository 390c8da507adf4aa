"""Tests for `gapjunction.runs.folds`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.errors import ConfigError
from gapjunction.runs.folds import choose_num_folds, make_folds
from gapjunction.samples.torch_dataset import TrainingImage


def images_of(boxes: dict[str, int], images_per_asset: int = 1) -> list[TrainingImage]:
    """Return images of assets with so many boxes in each."""
    return [
        TrainingImage(
            Path(f"{asset}_{number}.png"),
            np.tile(np.array([[0, 0, 4, 4]], np.float32), (num_boxes, 1)),
            np.zeros(num_boxes, np.int64),
            asset=asset,
        )
        for asset, num_boxes in boxes.items()
        for number in range(images_per_asset)
    ]


@pytest.mark.parametrize(
    ("num_assets", "expected"), [(1, 1), (2, 2), (3, 3), (7, 3), (8, 1), (20, 1)]
)
def test_choose_num_folds__nothing_asked__follows_the_number_of_assets(
    num_assets: int, expected: int
) -> None:
    images = images_of({f"d/{n}": 100 for n in range(num_assets)})
    assert choose_num_folds(images, images[:1], None) == expected


@pytest.mark.parametrize(("num_boxes", "expected"), [(49, 3), (50, 1)])
def test_choose_num_folds__few_boxes_to_judge_by__cross_validates(
    num_boxes: int, expected: int
) -> None:
    images = images_of({f"d/{n}": num_boxes for n in range(12)})
    assert choose_num_folds(images, images[:2], None) == expected


def test_choose_num_folds__assets_without_boxes__do_not_count() -> None:
    images = images_of({"d/a": 5, "d/b": 5} | {f"d/{n}": 0 for n in range(9)})
    assert choose_num_folds(images, images[:1], None) == 2


def test_choose_num_folds__asked__is_taken() -> None:
    images = images_of({f"d/{n}": 5 for n in range(12)})
    assert [choose_num_folds(images, [], asked) for asked in (1, 5)] == [1, 5]


def test_choose_num_folds__more_than_assets__is_refused() -> None:
    with pytest.raises(ConfigError, match=r"folds 3: .* found 2 of them"):
        choose_num_folds(images_of({"d/a": 5, "d/b": 5, "d/c": 0}), [], 3)


@given(
    st.dictionaries(
        st.sampled_from([f"{d}/{n}" for d in "ab" for n in range(6)]),
        st.integers(0, 99),
        min_size=3,
    ),
    st.integers(2, 3),
)
def test_make_folds__any_assets__each_is_held_out_once_and_never_trained_on_there(
    boxes: dict[str, int], num_folds: int
) -> None:
    images = images_of(boxes, images_per_asset=2)
    folds = make_folds(images, num_folds)
    held_out = [image for fold in folds for image in fold.held_out]
    assert sorted(map(id, held_out)) == sorted(map(id, images))
    for fold in folds:
        assert not {each.asset for each in fold.train} & {each.asset for each in fold.held_out}
        assert len(fold.train) + len(fold.held_out) == len(images)


def test_make_folds__two_datasets__are_in_every_training() -> None:
    folds = make_folds(images_of({"a/1": 50, "a/2": 40, "b/1": 3, "b/2": 1}), 3)
    for fold in folds:
        assert {image.asset[0] for image in fold.train} == {"a", "b"}


def test_make_folds__assets_of_one_dataset__have_boxes_in_every_fold() -> None:
    folds = make_folds(images_of({"d/a": 0, "d/b": 9, "d/c": 0, "d/e": 8}), 2)
    assert [sum(len(image.boxes) for image in fold.held_out) for fold in folds] == [9, 8]


def test_make_folds__sections_of_animals__are_judged_by_what_saw_no_other_section_of_them() -> None:
    sections = images_of({f"d/{animal}_{number}": 9 for animal in "abc" for number in range(4)})
    images = [replace(each, animal=each.asset.rpartition("_")[0]) for each in sections]

    assert choose_num_folds(images, images[:1], None) == 3
    for fold in make_folds(images, 2):
        assert fold.held_out
        assert {each.animal for each in fold.train}.isdisjoint(
            each.animal for each in fold.held_out
        )
