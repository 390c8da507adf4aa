"""Join the assets of one animal, as sections of one animal say little about other animals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from gapjunction.benchmark.groups import value_of
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.records import AssetMetadata
from gapjunction.errors import BenchmarkError
from gapjunction.text import counted


def join_animals(images: Sequence[MeasuredImage], column: str) -> tuple[MeasuredImage, ...]:
    """Return the images with the animal that a column of the metadata tells for their asset.

    What is known of an animal is what its assets agree on; the side of the brain is not, where it
    has assets of both.

    Raises:
        BenchmarkError: if the animal of an asset is not told.
    """
    assets: dict[tuple[str, str], dict[str, AssetMetadata]] = defaultdict(dict)
    for image in images:
        animal = value_of(image.metadata, column)
        if not animal:
            raise BenchmarkError(
                f"{image.dataset}/{image.asset}",
                item=column,
                expected="the name of the animal",
                found="nothing",
                fix="add it to asset_metadata.json",
                settings=("animal",),
            )
        assets[image.dataset, animal][image.asset] = image.metadata
    known = {animal: _agreed(list(each.values())) for animal, each in assets.items()}
    joined = []
    for image in images:
        animal = value_of(image.metadata, column)
        metadata = known[image.dataset, animal]
        joined.append(replace(image, asset=animal, metadata=metadata))
    return tuple(joined)


def told_of_animals(images: Sequence[MeasuredImage], column: str) -> str:
    """Return a sentence that says how many assets became how many animals."""
    assets = {(each.dataset, each.asset) for each in images}
    animals = {(each.dataset, value_of(each.metadata, column)) for each in images}
    return (
        f"Assets of one animal count as one: {counted(len(assets), 'asset')} of "
        f"{counted(len(animals), 'animal')} "
        f"(by {column}). Below, an asset is an animal."
    )


def _agreed(metadata: Sequence[AssetMetadata]) -> AssetMetadata:
    """Return what all of them say alike."""
    first, *others = metadata
    differing = {
        each.name: None
        for each in fields(AssetMetadata)
        if each.name != "further"
        and any(getattr(other, each.name) != getattr(first, each.name) for other in others)
    }
    return replace(first, **differing, further=_common([each.further for each in metadata]))


def _common(tables: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = tables
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }
