"""Tests for `gapjunction.benchmark.people`."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from gapjunction.benchmark.chosen_images import ALL_IMAGES
from gapjunction.benchmark.people import People, compare_people
from gapjunction.errors import BenchmarkError


def write_counts(folder: Path, counts: Mapping[str, int]) -> Path:
    """Write a count file for each image."""
    folder.mkdir(parents=True)
    for stem, number in counts.items():
        (folder / f"{stem}.json").write_text(json.dumps({"gap_junction": number}))
    return folder


def compared(*folders: Path, groups_file: Path | None = None) -> People:
    first, *others = folders
    return compare_people(first, others, groups_file, ALL_IMAGES, None)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Three people of whom the second counts one more and the third two more."""
    return [
        write_counts(tmp_path / name, {"a": 4 + more, "b": 9 + more, "c": 20 + more})
        for name, more in (("anna", 0), ("ben", 1), ("other/ben", 2))
    ]


def test_compare_people__three__are_compared_two_by_two(folders: list[Path]) -> None:
    people = compared(*folders)
    assert people.names == ("anna", "ben (1)", "ben (2)")
    assert {pair: found.bias for pair, found in people.pairs.items()} == {
        (0, 1): 1,
        (0, 2): 2,
        (1, 2): 1,
    }
    assert (people.together.num_raters, people.together.num_images) == (3, 3)
    assert people.together.icc is not None
    assert people.together.icc.interval is None


def test_compare_people__groups__give_an_interval(folders: list[Path], tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    groups.write_text("image,asset\na,first\nb,second\nc,third\n")
    people = compared(*folders, groups_file=groups)
    assert people.together.icc is not None
    assert people.together.icc.interval is not None


def test_compare_people__somebody_lacks_an_image__is_an_error_that_names_it(
    folders: list[Path],
) -> None:
    (folders[2] / "b.json").unlink()
    with pytest.raises(BenchmarkError, match="found none for b"):
        compared(*folders)
