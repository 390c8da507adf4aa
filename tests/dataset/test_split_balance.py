"""Tests for `gapjunction.dataset.split_balance`."""

from collections import Counter

import numpy as np
import pytest

from gapjunction.dataset.split_balance import AnimalTraits, balance

ALL = np.ones(6, np.bool_)
START = np.array([0, 0, 0, 0, 1, 2])


def traits(*layouts: str) -> list[AnimalTraits]:
    return [AnimalTraits("d", 10, layout) for layout in layouts]


def test_balance__nothing_to_tell_assets_apart__changes_nothing() -> None:
    splits, unevenness = balance(traits(*"cccccc"), START, ALL)
    assert splits.tolist() == START.tolist()
    assert unevenness == pytest.approx(0)


def test_balance__layout_that_training_lacks__is_swapped_into_it() -> None:
    splits, _ = balance(traits("c", "c", "c", "c", "c", "g"), START, ALL)
    assert splits[5] == 0
    assert Counter(splits.tolist()) == Counter(START.tolist())


def test_balance__asset_that_may_not_move__stays() -> None:
    is_movable = np.array([True] * 5 + [False])
    splits, unevenness = balance(traits("c", "c", "c", "c", "c", "g"), START, is_movable)
    assert splits[5] == 2
    assert unevenness >= 100


def test_balance__input__is_not_changed() -> None:
    start = START.copy()
    balance(traits("c", "c", "c", "c", "c", "g"), start, ALL)
    assert start.tolist() == START.tolist()


def test_balance__two_datasets__swap_within_each_only() -> None:
    own = [AnimalTraits("a", 10, "c")] * 3 + [AnimalTraits("b", 10, "g")] * 3
    start = np.array([0, 1, 2, 0, 0, 0])
    splits, _ = balance(own, start, ALL)
    assert sorted(splits[:3].tolist()) == [0, 1, 2]
    assert splits[3:].tolist() == [0, 0, 0]


def test_balance__share_of_boxes_within_half_and_twice__is_good_enough() -> None:
    boxes = (60, 70, 80, 90, 100, 110)
    own = [AnimalTraits("d", num) for num in boxes]
    assert balance(own, START, ALL)[1] == pytest.approx(0)


def test_balance__asset_with_most_boxes__goes_where_many_are_wanted() -> None:
    own = [AnimalTraits("d", num) for num in (10, 10, 10, 10, 10, 200)]
    splits, _ = balance(own, START, ALL)
    assert splits[5] == 0
