"""Tests for `gapjunction.dataset.names`."""

from pathlib import Path

import pytest

from gapjunction.dataset.names import ImageOrigin, as_file_name, unique_names
from gapjunction.errors import DatasetError
from gapjunction.text import normalized


def origin(dataset: str, asset: str, name: str) -> ImageOrigin:
    return ImageOrigin(dataset, asset, Path(dataset) / asset / name)


def test_unique_names__no_images__gives_none() -> None:
    assert unique_names([]) == []


def test_unique_names__different_stems__are_the_stems_in_order() -> None:
    assert unique_names([origin("d", "a", "two.png"), origin("d", "b", "one.v2.webp")]) == [
        "two",
        "one.v2",
    ]


def test_unique_names__shared_stem__names_dataset_and_asset_for_all_that_share_it() -> None:
    origins = [
        origin("rat", "a1", "01.png"),
        origin("rat", "a2", "01.png"),
        origin("rat", "a2", "02.png"),
        origin("human", "a1", "01.webp"),
    ]
    assert unique_names(origins) == ["rat__a1__01", "rat__a2__01", "02", "human__a1__01"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("Field.png", "field.png"), ("Z\u00fcrich.png", "Zu\u0308rich.png")],
    ids=["case", "accents"],
)
def test_unique_names__stems_alike_to_a_file_system__count_as_shared(
    first: str, second: str
) -> None:
    names = unique_names([origin("d", "a", first), origin("d", "b", second)])
    stems = [normalized(Path(name).stem) for name in (first, second)]
    assert names == [f"d__a__{stems[0]}", f"d__b__{stems[1]}"]


def test_as_file_name__decomposed_accents__are_composed() -> None:
    assert as_file_name("Zu\u0308rich/1") == "Z\u00fcrich-1"


def test_unique_names__decomposed_accents__are_composed() -> None:
    assert unique_names([origin("d", "a", "Zu\u0308rich.png")]) == ["Z\u00fcrich"]


def test_unique_names__same_stem_in_one_asset__names_both_files() -> None:
    with pytest.raises(DatasetError, match=r"01\.webp: .* found d__a__01, as for .*01\.png"):
        unique_names([origin("d", "a", "01.png"), origin("d", "a", "01.webp")])


def test_unique_names__long_name_taken_by_a_stem__is_refused() -> None:
    origins = [
        origin("d", "a", "01.png"),
        origin("d", "b", "01.png"),
        origin("d", "c", "d__a__01.png"),
    ]
    with pytest.raises(DatasetError, match="expected a name of its own"):
        unique_names(origins)


def test_unique_names__one_image_given_twice__is_refused() -> None:
    with pytest.raises(DatasetError, match="expected a name of its own"):
        unique_names([origin("d", "a", "01.png"), origin("d", "a", "01.png")])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Project/Series 1", "Project-Series 1"),
        ('a:b*"c"', "a-b--c-"),
        (" x. ", "x"),
        ("ü\n", "ü-"),
    ],
)
def test_as_file_name__is_allowed_on_every_file_system(text: str, name: str) -> None:
    assert as_file_name(text) == name
