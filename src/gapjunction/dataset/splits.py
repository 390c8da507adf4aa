"""Divide assets into training, validation and test, so that no subject is in two of them.

Assets of one animal, by the metadata, go together. Within each dataset the animals are ranked by a
hash of seed and name: the first are for testing, the next for validation, the rest for training.
Then animals are swapped until boxes, channel layouts and diagnoses are spread as evenly as the
numbers allow (`split_balance`). The order of folders plays no part. An asset that is added later
moves none if the earlier split is given, and joins those of its animal.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gapjunction.choices import Split
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.split_balance import AnimalTraits, balance
from gapjunction.errors import DatasetError
from gapjunction.files import write_json
from gapjunction.outside_text import read_json

SPLITS: tuple[Split, ...] = get_args(Split)
AssetKey = tuple[str, str]
AnimalKey = tuple[str, str]  # dataset and animal
Fraction = Annotated[float, Field(ge=0, lt=1)]

USUAL_FRACTION = 0.15
NUM_ANIMALS_FOR_TEST = 3  # below, a dataset has none to spare for testing
NUM_DRAWS = 8  # swaps begin from each of them; the first of the most even splits is taken


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which split each asset, named by (dataset, asset), belongs to, and how that was drawn."""

    seed: int
    val_fraction: float
    test_fraction: float
    splits: Mapping[AssetKey, Split]

    def assets_in(self, split: Split) -> list[AssetKey]:
        """Return the assets of one split, sorted."""
        return sorted(key for key, own in self.splits.items() if own == split)


class AssetRecord(BaseModel):
    """One asset in a split file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dataset: str
    asset: str


class AssignmentRecord(BaseModel):
    """A split file as it is written."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seed: int
    val_fraction: Fraction
    test_fraction: Fraction
    assets: dict[Split, tuple[AssetRecord, ...]]


def split_assets(
    datasets: Sequence[Dataset],
    *,
    seed: int,
    val_fraction: float = USUAL_FRACTION,
    test_fraction: float = USUAL_FRACTION,
    previous: Assignment | None = None,
    layout_of: Callable[[AnnotatedImage], str] | None = None,
) -> Assignment:
    """Assign every asset that has an annotated image to a split.

    Those of one animal go to the same. A dataset with one animal has only training, with two
    training and validation, from three on all three. Assets that `previous` knows stay where they
    are; new ones go where those of their animal are or, of new animals, where animals lack.
    `layout_of` tells the channel layout of an image; it is asked about one image of each animal,
    and only where there are new assets.

    Raises:
        ValueError: if a fraction is negative or both leave nothing to train on.
        ImageError: if `layout_of` cannot read an image.
    """
    if min(val_fraction, test_fraction) < 0 or val_fraction + test_fraction >= 1:
        raise ValueError(
            f"fractions must be at least 0 and add up to less than 1, got {val_fraction} and "
            f"{test_fraction}"
        )
    known = previous.splits if previous else {}
    animals = _animals(datasets)
    animal_of = {(key[0], asset.name): key for key, own in animals.items() for asset in own}
    kept = {key: known[key] for key in animal_of if key in known}
    if len(kept) == len(animal_of):
        if previous is not None:  # as it was drawn
            return replace(previous, splits=kept)
        return Assignment(seed, val_fraction, test_fraction, kept)
    kept_animals = {animal_of[key]: split for key, split in kept.items()}
    traits = {key: _traits(key[0], own, layout_of) for key, own in animals.items()}
    keys_of: dict[str, list[AnimalKey]] = {}
    for key in animals:
        keys_of.setdefault(key[0], []).append(key)
    draws: list[tuple[dict[AnimalKey, Split], float]] = []
    while len(draws) < NUM_DRAWS and not any(unevenness == 0 for _, unevenness in draws):
        drawn: dict[AnimalKey, Split] = {}
        for keys in keys_of.values():
            quotas = _quotas(len(keys), val_fraction, test_fraction)
            drawn |= _filled(_ranked(keys, seed, len(draws)), quotas, kept_animals)
        draws.append(_balanced(drawn, traits, kept_animals))
    best, _ = min(draws, key=lambda each: each[1])
    splits = {key: kept.get(key, best[animal]) for key, animal in animal_of.items()}
    return Assignment(seed, val_fraction, test_fraction, splits)


def to_json(assignment: Assignment) -> dict[str, object]:
    """Return an assignment in the form of a split file."""
    return {
        "seed": assignment.seed,
        "val_fraction": assignment.val_fraction,
        "test_fraction": assignment.test_fraction,
        "assets": {
            split: [{"dataset": d, "asset": a} for d, a in assignment.assets_in(split)]
            for split in SPLITS
        },
    }


def from_json(values: object, where: Path) -> Assignment:
    """Return the assignment in the content of a split file `where`.

    Raises:
        DatasetError: if it is none, or an asset is in two splits.
    """
    try:
        record = AssignmentRecord.model_validate(values)
    except ValidationError as error:
        detail = error.errors()[0]
        raise DatasetError(
            where,
            item=".".join(str(part) for part in detail["loc"]),
            expected="the splits of an earlier conversion",
            found=detail["msg"],
            fix="restore the file, or delete it to split anew",
        ) from None
    splits: dict[AssetKey, Split] = {}
    for split, assets in record.assets.items():
        for asset in assets:
            key = asset.dataset, asset.asset
            if splits.setdefault(key, split) != split:
                raise DatasetError(
                    where,
                    item=f"asset {asset.dataset}/{asset.asset}",
                    expected="each asset in one split",
                    found=f"it in {splits[key]} and {split}",
                    fix="remove it from one",
                )
    return Assignment(record.seed, record.val_fraction, record.test_fraction, splits)


def write_assignment(path: Path, assignment: Assignment) -> None:
    """Write a split file."""
    write_json(path, to_json(assignment))


def read_assignment(path: Path) -> Assignment:
    """Read a split file, or the splits in the manifest of a conversion.

    Raises:
        DatasetError: if it cannot be read, or an asset is in two splits.
    """
    fix = "restore the file, or delete it to split anew"
    values = read_json(path, DatasetError, fix=fix)
    return from_json(values, path)


def _animals(datasets: Sequence[Dataset]) -> dict[AnimalKey, list[Asset]]:
    """Return each animal's assets that take part, those that have an annotated image."""
    animals: dict[AnimalKey, list[Asset]] = {}
    for dataset in sorted(datasets, key=lambda each: each.name):
        for asset in dataset.assets:
            if any(image.is_annotated for image in asset.images):
                animals.setdefault((dataset.name, asset.animal), []).append(asset)
    return animals


def _quotas(num_animals: int, val_fraction: float, test_fraction: float) -> dict[Split, int]:
    """Return how many animals each split should have; training always has one."""
    has_test = test_fraction > 0 and num_animals >= NUM_ANIMALS_FOR_TEST
    test = max(1, round(test_fraction * num_animals)) if has_test else 0
    has_val = val_fraction > 0 and num_animals > 1
    val = max(1, round(val_fraction * num_animals)) if has_val else 0
    while val + test >= num_animals and val + test > 0:
        val, test = (val, test - 1) if test >= val else (val - 1, test)
    return {"train": num_animals - val - test, "val": val, "test": test}


def _traits(
    dataset: str, assets: Sequence[Asset], layout_of: Callable[[AnnotatedImage], str] | None
) -> AnimalTraits:
    """Return what is to be spread evenly, of an animal's assets."""
    annotated = [image for asset in assets for image in asset.images if image.is_annotated]
    return AnimalTraits(
        dataset=dataset,
        num_boxes=sum(len(image.boxes) for image in annotated),
        layout=None if layout_of is None else layout_of(annotated[0]),
        diagnosis=assets[0].metadata.diagnosis,
    )


def _filled(
    ranked: Sequence[AnimalKey], quotas: Mapping[Split, int], kept: Mapping[AnimalKey, Split]
) -> dict[AnimalKey, Split]:
    """Return the splits of a dataset's animals: as they were, then by rank where some lack."""
    own = {key: kept[key] for key in ranked if key in kept}
    new = [key for key in ranked if key not in kept]
    free = {split: quotas[split] - list(own.values()).count(split) for split in SPLITS}
    filled = own | dict(zip(new, _vacancies(free), strict=False))
    return filled | {key: "train" for key in new if key not in filled}


def _balanced(
    drawn: Mapping[AnimalKey, Split],
    traits: Mapping[AnimalKey, AnimalTraits],
    kept: Mapping[AnimalKey, Split],
) -> tuple[dict[AnimalKey, Split], float]:
    """Return the splits after swaps of animals that are not kept, and how uneven they still are."""
    splits, unevenness = balance(
        [traits[key] for key in drawn],
        np.array([SPLITS.index(split) for split in drawn.values()]),
        np.array([key not in kept for key in drawn]),
    )
    return {key: SPLITS[split] for key, split in zip(drawn, splits, strict=True)}, unevenness


def _vacancies(free: Mapping[Split, int]) -> Iterator[Split]:
    """Yield a split for each new animal: test until it is full, then val, then train."""
    for split in reversed(SPLITS):
        yield from [split] * max(free[split], 0)


def _ranked(keys: Sequence[AnimalKey], seed: int, draw: int) -> list[AnimalKey]:
    """Return the animals of a dataset in an order that seed and draw alone settle."""

    def rank(key: AnimalKey) -> str:
        return hashlib.sha256(json.dumps([seed, draw, *key]).encode()).hexdigest()

    return sorted(keys, key=rank)
