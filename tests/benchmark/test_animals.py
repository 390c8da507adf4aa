"""Tests for `gapjunction.benchmark.animals`."""

from dataclasses import replace
from pathlib import Path

import pytest

from detection_cases import boxes_with_scores
from gapjunction.benchmark.animals import join_animals, told_of_animals
from gapjunction.benchmark.asset_measures import measure_assets
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.records import AssetMetadata
from gapjunction.errors import BenchmarkError

EMPTY = boxes_with_scores()


def image(asset: str, animal: str | None, **known: str) -> MeasuredImage:
    further = known if animal is None else known | {"animal": animal}
    metadata = AssetMetadata(diagnosis="healthy", further=further)
    return MeasuredImage(
        asset, "rats", asset, metadata, Path("a.png"), 10, 10, None, EMPTY, None, EMPTY
    )


SECTIONS = [image("s1", "A", side="left"), image("s2", "A", side="right"), image("s3", "B")]


def test_join_animals__sections_of_one__are_one_asset() -> None:
    animals = measure_assets(join_animals(SECTIONS, "animal"))
    assert [(each.asset, each.num_images) for each in animals] == [("A", 2), ("B", 1)]


def test_join_animals__what_sections_say_alike__is_known_of_the_animal() -> None:
    [first, *_] = join_animals(SECTIONS, "animal")
    assert first.metadata == AssetMetadata(diagnosis="healthy", further={"animal": "A"})


def test_join_animals__diagnoses_that_differ__are_not_known() -> None:
    ill = replace(SECTIONS[1], metadata=replace(SECTIONS[1].metadata, diagnosis="epilepsy"))
    [first, *_] = join_animals([SECTIONS[0], ill], "animal")
    assert first.metadata.diagnosis is None


def test_join_animals__animal_not_told__names_the_asset() -> None:
    with pytest.raises(BenchmarkError, match="rats/s4: animal: expected the name of the animal"):
        join_animals([*SECTIONS, image("s4", None)], "animal")


def test_told_of_animals__counts_both() -> None:
    assert "3 assets of 2 animals (by animal)" in told_of_animals(SECTIONS, "animal")
