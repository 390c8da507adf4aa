"""Tests for `gapjunction.dataset.splits`."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gapjunction.dataset.records import AnnotatedImage, Asset, AssetMetadata, Dataset
from gapjunction.dataset.splits import (
    Assignment,
    read_assignment,
    split_assets,
    write_assignment,
)
from gapjunction.errors import DatasetError

asset_names = st.sets(st.text(min_size=1, max_size=5), min_size=1, max_size=30)
fractions = st.floats(0, 0.45)


def dataset_of(names: set[str] | list[str], name: str = "d", *, annotated: bool = True) -> Dataset:
    """Return a dataset whose assets have one image each."""
    image = AnnotatedImage(
        path=Path("a.png"),
        height=8,
        width=8,
        boxes=np.zeros((0, 4), np.float32),
        labels=np.zeros(0, np.int64),
        is_annotated=annotated,
    )
    assets = tuple(Asset(asset, (image,)) for asset in sorted(names))
    return Dataset(name, Path(name), {"gap_junction": "#4EF8FF"}, assets)


def names_of(count: int) -> list[str]:
    return [f"asset_{index}" for index in range(count)]


def sizes(assignment: Assignment) -> tuple[int, int, int]:
    """Return the numbers of assets in training, validation and test."""
    counts = Counter(assignment.splits.values())
    return counts["train"], counts["val"], counts["test"]


@pytest.mark.parametrize(
    ("num_assets", "expected"),
    [(1, (1, 0, 0)), (2, (1, 1, 0)), (3, (1, 1, 1)), (10, (6, 2, 2)), (20, (14, 3, 3))],
)
def test_split_assets__sizes__follow_the_fractions(
    num_assets: int, expected: tuple[int, int, int]
) -> None:
    assert sizes(split_assets([dataset_of(names_of(num_assets))], seed=0)) == expected


def test_split_assets__no_test_wanted__has_none() -> None:
    assignment = split_assets([dataset_of(names_of(5))], seed=0, test_fraction=0)
    assert sizes(assignment) == (4, 1, 0)


@given(asset_names, fractions, fractions, st.integers())
def test_split_assets__any_names_and_fractions__trains_on_at_least_one_and_forgets_none(
    names: set[str], val_fraction: float, test_fraction: float, seed: int
) -> None:
    dataset = dataset_of(names)
    assignment = split_assets(
        [dataset], seed=seed, val_fraction=val_fraction, test_fraction=test_fraction
    )
    assert set(assignment.splits) == {("d", name) for name in names}
    assert sizes(assignment)[0] >= 1


@given(st.lists(st.integers(3, 12), min_size=1, max_size=4))
def test_split_assets__three_assets_or_more__every_dataset_is_in_every_split(
    counts: list[int],
) -> None:
    datasets = [dataset_of(names_of(count), f"d{i}") for i, count in enumerate(counts)]
    assignment = split_assets(datasets, seed=0)
    for split in ("train", "val", "test"):
        found = {dataset for dataset, _ in assignment.assets_in(split)}
        assert found == {dataset.name for dataset in datasets}


def test_split_assets__order_of_assets_and_datasets__plays_no_part() -> None:
    first, second = dataset_of(names_of(9), "a"), dataset_of(names_of(7), "b")
    backwards = Dataset("a", first.root, first.classes, first.assets[::-1])
    ordered = split_assets([first, second], seed=3).splits
    assert split_assets([second, backwards], seed=3).splits == ordered


def test_split_assets__other_seed__gives_another_split() -> None:
    dataset = dataset_of(names_of(20))
    assert split_assets([dataset], seed=0).splits != split_assets([dataset], seed=1).splits


@given(asset_names, asset_names, st.integers(0, 5))
def test_split_assets__previous_split_given__no_asset_moves(
    names: set[str], added: set[str], seed: int
) -> None:
    before = split_assets([dataset_of(names)], seed=seed)
    after = split_assets([dataset_of(names | added)], seed=seed, previous=before)
    assert before.splits.items() <= after.splits.items()


def test_split_assets__previous_split_given__new_assets_go_where_some_lack() -> None:
    before = split_assets([dataset_of(names_of(2))], seed=0)
    after = split_assets([dataset_of(names_of(20))], seed=0, previous=before)
    assert sizes(after) == (14, 3, 3)


@given(asset_names, st.text(min_size=1, max_size=5), st.integers(0, 5))
def test_split_assets__one_asset_added__moves_others_only_at_the_borders(
    names: set[str], added: str, seed: int
) -> None:
    before = split_assets([dataset_of(names)], seed=seed).splits
    after = split_assets([dataset_of(names | {added})], seed=seed).splits
    # The border of test moves by one asset at most, and so that of validation by two.
    assert sum(before[key] != after[key] for key in before) <= 3


def test_split_assets__nothing_annotated__takes_no_part() -> None:
    assert split_assets([dataset_of(names_of(4), annotated=False)], seed=0).splits == {}


@pytest.mark.parametrize(("val", "test"), [(-0.1, 0.2), (0.5, 0.5)])
def test_split_assets__impossible_fractions__are_our_mistake(val: float, test: float) -> None:
    with pytest.raises(ValueError, match="add up to less than 1"):
        split_assets([dataset_of(names_of(4))], seed=0, val_fraction=val, test_fraction=test)


def test_read_assignment__what_was_written__comes_back(tmp_path: Path) -> None:
    assignment = split_assets([dataset_of(names_of(9), "Präparate")], seed=4, val_fraction=0.2)
    write_assignment(tmp_path / "splits.json", assignment)
    assert read_assignment(tmp_path / "splits.json") == assignment


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "valid JSON"),
        ("{}", "seed: expected the splits"),
        (
            '{"seed": 0, "val_fraction": 0.1, "test_fraction": 0.1, "assets": {'
            '"train": [{"dataset": "d", "asset": "a"}], "test": [{"dataset": "d", "asset": "a"}]}}',
            "asset d/a: expected each asset in one split, found it in train and test",
        ),
    ],
)
def test_read_assignment__damaged_file__says_what_to_do(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "splits.json"
    path.write_text(text)
    with pytest.raises(DatasetError, match=message):
        read_assignment(path)


def subject(name: str, num_boxes: int, path: str = "color.png", diagnosis: str = "x") -> Asset:
    """Return an asset of one image, whose layout `layout_in_name` tells."""
    image = AnnotatedImage(
        path=Path(path),
        height=8,
        width=8,
        boxes=np.tile(np.array([[0, 0, 4, 4]], np.float32), (num_boxes, 1)),
        labels=np.zeros(num_boxes, np.int64),
    )
    return Asset(name, (image,), AssetMetadata(diagnosis=diagnosis))


def dataset_with(assets: list[Asset], name: str = "d") -> Dataset:
    return Dataset(name, Path(name), {"gap_junction": "#4EF8FF"}, tuple(assets))


def layout_in_name(image: AnnotatedImage) -> str:
    return image.path.stem


@pytest.mark.parametrize("seed", range(10))
def test_split_assets__two_layouts_and_diagnoses__are_in_test_and_validation(seed: int) -> None:
    # Four of six assets in color, half of them of each diagnosis.
    kinds = [("color", "a"), ("grey", "b"), ("color", "a"), ("color", "b"), ("grey", "a")]
    kinds.append(("color", "b"))
    datasets = [
        dataset_with(
            [subject(str(n), 50, f"{own[0]}.png", own[1]) for n, own in enumerate(kinds)], name
        )
        for name in ("first", "second")
    ]
    assignment = split_assets(datasets, seed=seed, layout_of=layout_in_name)
    for split in ("train", "val", "test"):
        held = [kinds[int(asset)] for _, asset in assignment.assets_in(split)]
        assert {layout for layout, _ in held} == {"color", "grey"}
        assert {diagnosis for _, diagnosis in held} == {"a", "b"}


@pytest.mark.parametrize("seed", range(10))
def test_split_assets__layout_of_a_single_asset__is_trained_on(seed: int) -> None:
    assets = [subject(str(n), 50) for n in range(7)] + [subject("rare", 50, "grey.png")]
    assignment = split_assets([dataset_with(assets)], seed=seed, layout_of=layout_in_name)
    assert assignment.splits["d", "rare"] == "train"


@pytest.mark.parametrize("seed", range(10))
def test_split_assets__nearly_empty_and_very_dense_asset__are_trained_on(seed: int) -> None:
    assets = [subject(str(n), 40 + n) for n in range(6)]
    assets += [subject("empty", 0), subject("dense", 600)]
    assignment = split_assets([dataset_with(assets)], seed=seed)
    assert assignment.splits["d", "dense"] == "train"
    assert assignment.splits["d", "empty"] == "train"


@given(st.lists(st.integers(0, 200), min_size=3, max_size=12), st.integers(0, 3))
def test_split_assets__any_numbers_of_boxes__leave_the_numbers_of_assets_as_they_are(
    boxes: list[int], seed: int
) -> None:
    assets = [subject(str(n), num) for n, num in enumerate(boxes)]
    uneven = split_assets([dataset_with(assets)], seed=seed, layout_of=layout_in_name)
    assert sizes(uneven) == sizes(split_assets([dataset_of(names_of(len(boxes)))], seed=seed))


def test_split_assets__assets_that_differ__order_plays_no_part_and_seeds_do() -> None:
    assets = [subject(str(n), 20 + n, ("grey.png", "color.png")[n % 2]) for n in range(9)]
    drawn = [
        split_assets([dataset_with(own)], seed=seed, layout_of=layout_in_name).splits
        for own, seed in ((assets, 0), (assets[::-1], 0), (assets, 1))
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_split_assets__previous_split_given__new_assets_even_out_the_layouts() -> None:
    old = [subject(f"old {n}", 50) for n in range(3)]
    before = split_assets([dataset_with(old)], seed=0, layout_of=layout_in_name)
    new = [subject(f"new {n}", 50, "grey.png") for n in range(2)]
    new += [subject(f"more {n}", 50) for n in range(5)]
    after = split_assets(
        [dataset_with(old + new)], seed=0, previous=before, layout_of=layout_in_name
    )
    assert before.splits.items() <= after.splits.items()
    greys = {after.splits["d", f"new {n}"] for n in range(2)}
    assert "train" in greys


def test_split_assets__nothing_new__reads_no_image() -> None:
    assets = [subject(str(n), 50) for n in range(4)]
    before = split_assets([dataset_with(assets)], seed=0)

    def never(_: AnnotatedImage) -> str:
        raise AssertionError

    again = split_assets([dataset_with(assets)], seed=0, previous=before, layout_of=never)
    assert again.splits == before.splits


def sections_of(animals: dict[str, int]) -> Dataset:
    """Return a dataset with so many sections of each animal, an asset each."""
    plain = dataset_of([f"{animal}_{n}" for animal, count in animals.items() for n in range(count)])
    assets = [
        replace(each, metadata=AssetMetadata(further={"animal": each.name.rpartition("_")[0]}))
        for each in plain.assets
    ]
    return replace(plain, assets=tuple(assets))


def splits_of_animals(assignment: Assignment) -> dict[str, set[str]]:
    of_animal: dict[str, set[str]] = {}
    for (_, asset), split in assignment.splits.items():
        of_animal.setdefault(asset.rpartition("_")[0], set()).add(split)
    return of_animal


@pytest.mark.parametrize("seed", range(5))
def test_split_assets__sections_of_animals__go_together(seed: int) -> None:
    own = splits_of_animals(split_assets([sections_of({"a": 3, "b": 3, "c": 3})], seed=seed))
    assert sorted(map(sorted, own.values())) == [["test"], ["train"], ["val"]]


def test_split_assets__section_added_later__joins_those_of_its_animal() -> None:
    before = split_assets([sections_of({"a": 2, "b": 2, "c": 2})], seed=0)
    after = split_assets([sections_of({"a": 4, "b": 4, "c": 4, "d": 2})], seed=0, previous=before)
    own = splits_of_animals(after)
    assert all(len(each) == 1 for each in own.values())
    assert all(after.splits[key] == split for key, split in before.splits.items())


def test_split_assets__animal_divided_by_an_earlier_split__stays_so() -> None:
    known = Assignment(0, 0.15, 0.15, {("d", "a_0"): "train", ("d", "a_1"): "test"})
    after = split_assets([sections_of({"a": 3, "b": 1, "c": 1})], seed=0, previous=known)
    assert after.splits["d", "a_0"] == "train"
    assert after.splits["d", "a_1"] == "test"


def test_split_assets__nothing_new__says_how_the_earlier_split_was_drawn() -> None:
    datasets = [dataset_of(names_of(6))]
    before = split_assets(datasets, seed=5, val_fraction=0.3, test_fraction=0.3)
    assert split_assets(datasets, seed=0, previous=before) == before
