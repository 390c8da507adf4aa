"""What is measured in each asset: the mean over its images is its one value in every statistic."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.boxes import area
from gapjunction.dataset.records import AssetMetadata

Measure = Literal["plaques_per_image", "plaques_per_mm2", "plaque_size_um", "plaque_size_px"]

UM2_PER_MM2 = 1e6


@dataclass(frozen=True, slots=True)
class AssetMeasures:
    """One asset and its values; None where a value cannot be told.

    Attributes:
        image_area_px: the area of its images where all have one area, else None.
        plaques_per_image: mean count of its images.
        plaques_per_mm2: all its objects by the area of all its images.
        plaque_size_um, plaque_size_px: mean over its objects of the side of a square of the
            box's area; None without an object.
        num_truth, num_found_there: annotations, and objects counted, in its images that were
            both annotated and predicted; None where annotations are what is counted.
    """

    dataset: str
    asset: str
    metadata: AssetMetadata
    num_images: int
    num_plaques: int
    image_area_px: int | None
    plaques_per_image: float
    plaques_per_mm2: float | None
    plaque_size_um: float | None
    plaque_size_px: float | None
    num_truth: int | None = None
    num_found_there: int | None = None

    def value(self, measure: Measure) -> float | None:
        """Return one of the four measures."""
        values: dict[Measure, float | None] = {
            "plaques_per_image": self.plaques_per_image,
            "plaques_per_mm2": self.plaques_per_mm2,
            "plaque_size_um": self.plaque_size_um,
            "plaque_size_px": self.plaque_size_px,
        }
        return values[measure]


def measure_assets(images: Sequence[MeasuredImage]) -> tuple[AssetMeasures, ...]:
    """Return the measures of every asset, by dataset and name."""
    ordered = sorted(images, key=_asset_key)
    return tuple(_measure(list(of_asset)) for _, of_asset in groupby(ordered, key=_asset_key))


def measures_to_compare(assets: Sequence[AssetMeasures]) -> tuple[Measure, ...]:
    """Return the measures that have something of their own to tell of these assets.

    Sizes are in um where every dataset has a scale, else in px. Per image is left out where it
    would repeat per mm2, as all images of a dataset cover one area: the same comparison twice
    would make Holm's correction harsher for nothing.
    """
    if any(each.plaques_per_mm2 is None for each in assets):
        return ("plaques_per_image", "plaque_size_px")
    areas = {(each.dataset, each.image_area_px) for each in assets}
    num_datasets = len({each.dataset for each in assets})
    if num_datasets == len(areas) and all(image_area is not None for _, image_area in areas):
        return ("plaques_per_mm2", "plaque_size_um")
    return ("plaques_per_image", "plaques_per_mm2", "plaque_size_um")


def side_px(image: MeasuredImage) -> np.ndarray:
    """Return the sides (N,) of squares of the area of each box, in pixels."""
    sides: np.ndarray = np.sqrt(area(image.counted.boxes).astype(np.float64))
    return sides


def area_mm2(image: MeasuredImage) -> float | None:
    """Return the area that an image shows, in square millimetres, where the scale is known."""
    if image.um_per_px is None:
        return None
    return image.height * image.width * image.um_per_px**2 / UM2_PER_MM2


def _asset_key(image: MeasuredImage) -> tuple[str, str]:
    return image.dataset, image.asset


def _measure(images: Sequence[MeasuredImage]) -> AssetMeasures:
    first = images[0]
    num_plaques = sum(len(image.counted) for image in images)
    sides = np.concatenate([side_px(image) for image in images])
    size_px = float(sides.mean()) if len(sides) else None
    areas = {image.height * image.width for image in images}
    mm2 = [area_mm2(image) for image in images]
    known_mm2 = sum(each for each in mm2 if each is not None)
    both = [each for each in images if each.found is not None and each.truth is not None]
    return AssetMeasures(
        dataset=first.dataset,
        asset=first.asset,
        metadata=first.metadata,
        num_images=len(images),
        num_plaques=num_plaques,
        image_area_px=areas.pop() if len(areas) == 1 else None,
        plaques_per_image=num_plaques / len(images),
        plaques_per_mm2=num_plaques / known_mm2 if known_mm2 > 0 else None,
        plaque_size_um=_scaled(size_px, first.um_per_px),
        plaque_size_px=size_px,
        num_truth=sum(len(each.truth) for each in both if each.truth is not None) if both else None,
        num_found_there=sum(len(each.counted) for each in both) if both else None,
    )


def _scaled(size_px: float | None, um_per_px: float | None) -> float | None:
    return None if size_px is None or um_per_px is None else size_px * um_per_px
