"""Tests for `gapjunction.benchmark.section_signs`."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.section_signs import names_animals, sections_of_one_animal
from gapjunction.dataset.records import AssetMetadata
from group_cases import asset


def named(*names: str) -> list[AssetMeasures]:
    return [replace(asset(1), asset=name) for name in names]


def with_column(column: str, values: Sequence[str]) -> list[AssetMeasures]:
    return [asset(1, metadata=AssetMetadata(further={column: value})) for value in values]


@pytest.mark.parametrize(
    "names",
    [
        ("rat_03_section1", "rat_03_section2", "rat_04_section1"),
        ("M12-slice_4a", "m12-slice_4b"),
        ("rat03s1", "rat03s2"),
        ("mouse 3_1", "mouse 3_2"),
        ("H17 left", "H17 right"),
        ("case5a", "case5b"),
    ],
)
def test_sections_of_one_animal__names_that_share_an_animal__warn(names: tuple[str, ...]) -> None:
    warning = sections_of_one_animal(named(*names))
    assert warning.startswith("WARNING: 2 assets look like parts of 1 animal ")
    assert names[0] in warning


@pytest.mark.parametrize(
    "names",
    [
        ("rat_1", "rat_2", "rat_12"),
        ("7dd624c9", "7dd624ca"),
        ("section_1", "section_2"),
        ("2026-01-05_3", "2026-01-05_4"),
        ("asset_0", "asset_1"),
        ("rat_1_section1", "rat_2_section1"),
    ],
)
def test_sections_of_one_animal__animals__do_not(names: tuple[str, ...]) -> None:
    assert sections_of_one_animal(named(*names)) == ""


def test_sections_of_one_animal__column_with_the_animal__is_named() -> None:
    warning = sections_of_one_animal(with_column("Animal ID", ["A", "A", "B"]))
    assert warning.endswith("--animal Animal ID makes one value of each animal.")


@pytest.mark.parametrize("values", [["rat", "rat"], ["A", "B"]])
def test_sections_of_one_animal__column_that_joins_none__does_not_warn(values: list[str]) -> None:
    assert sections_of_one_animal(with_column("animal", values)) == ""


def test_sections_of_one_animal__same_name_in_two_datasets__is_two_animals() -> None:
    [one, other] = named("rat_03_section1", "rat_03_section2")
    assert sections_of_one_animal([one, replace(other, dataset="mice")]) == ""


def test_names_animals__litter_or_nothing__does_not() -> None:
    columns = ("animal", "Subject-ID", "litter", "rating", None)
    assert [names_animals(each) for each in columns] == [True, True, False, False, False]
