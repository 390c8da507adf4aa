"""What is measured in each asset: the mean over its images is its one value in every statistic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

import numpy as np

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.asset_plaques import NONE_LINKED, AssetPlaques
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.boxes import area
from gapjunction.dataset.records import AssetMetadata

Measure = Literal[
    "plaques_per_image",
    "plaques_per_slice",
    "plaques_per_mm2",
    "plaques_per_mm3",
    "plaque_size_um",
    "plaque_size_px",
]

UM_PER_MM = 1e3
UM2_PER_MM2 = 1e6


@dataclass(frozen=True, slots=True)
class AssetMeasures:
    """One asset and its values; None where a value cannot be told.

    Of a stack whose plaques are linked, each plaque is one object; of other assets each box is.

    Attributes:
        num_boxes: in all its images.
        num_plaques: objects.
        image_area_px: the area of its images where all have one area, else None.
        plaques_per_image: mean count of its images; None for linked plaques.
        plaques_per_mm2: objects by the area of all its images; linked plaques by the area of one
            slice, as seen from above.
        plaque_size_um, plaque_size_px: mean over its objects of the side of a square of the
            area of the box, of a linked plaque's largest box; None without an object.
        plaques_per_slice: linked plaques by the number of slices.
        plaques_per_mm3: linked plaques by the volume of all slices, each as thick as the z step.
        num_truth, num_found_there: annotations, and objects counted, in its images that were
            both annotated and predicted; None where annotations are what is counted.
        num_annotated_images, annotated_mm2: how many these images are, and their area; None
            without a scale.
        image_values: plaques of each image per mm2, or without a scale per image; none of stacks
            whose plaques are linked, as slices show the same plaques.
        by_image: values of its images one by one, in measures that an image has; none of stacks
            whose plaques are linked, and no size of an image without an object.
    """

    dataset: str
    asset: str
    metadata: AssetMetadata
    num_images: int
    num_plaques: int
    image_area_px: int | None
    num_boxes: int
    plaques_per_image: float | None
    plaques_per_mm2: float | None
    plaque_size_um: float | None
    plaque_size_px: float | None
    plaques_per_slice: float | None = None
    plaques_per_mm3: float | None = None
    num_truth: int | None = None
    num_found_there: int | None = None
    num_annotated_images: int = 0
    annotated_mm2: float | None = None
    image_values: tuple[float, ...] = ()
    by_image: Mapping[Measure, tuple[float, ...]] = field(default_factory=dict)

    def value(self, measure: Measure) -> float | None:
        """Return one of the measures."""
        values: dict[Measure, float | None] = {
            "plaques_per_image": self.plaques_per_image,
            "plaques_per_slice": self.plaques_per_slice,
            "plaques_per_mm2": self.plaques_per_mm2,
            "plaques_per_mm3": self.plaques_per_mm3,
            "plaque_size_um": self.plaque_size_um,
            "plaque_size_px": self.plaque_size_px,
        }
        return values[measure]


def measure_assets(
    images: Sequence[MeasuredImage], linked: Mapping[AssetName, AssetPlaques] = NONE_LINKED
) -> tuple[AssetMeasures, ...]:
    """Return the measures of every asset, by dataset and name; `linked` are plaques of stacks."""
    ordered = sorted(images, key=_asset_key)
    return tuple(
        _measure(list(of_asset), linked.get(AssetName(*name)))
        for name, of_asset in groupby(ordered, key=_asset_key)
    )


def measures_to_compare(assets: Sequence[AssetMeasures]) -> tuple[Measure, ...]:
    """Return the measures that have something of their own to tell of these assets.

    Sizes are in um where every dataset has a scale, else in px. Per image is left out where it
    would repeat per mm2, as all images of a dataset cover one area: the same comparison twice
    would make Holm's correction harsher for nothing. Of stacks whose plaques are linked, plaques
    are compared per mm3 where every stack tells it, else per slice.
    """
    if all(each.plaques_per_slice is not None for each in assets):
        return _measures_of_stacks(assets)
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
    """Return the area that an image shows, in square millimeters, where the scale is known."""
    if image.um_per_px is None:
        return None
    return image.height * image.width * image.um_per_px**2 / UM2_PER_MM2


def _asset_key(image: MeasuredImage) -> tuple[str, str]:
    return image.dataset, image.asset


def _measures_of_stacks(assets: Sequence[AssetMeasures]) -> tuple[Measure, ...]:
    if any(each.plaques_per_mm2 is None for each in assets):
        return ("plaques_per_slice", "plaque_size_px")
    if any(each.plaques_per_mm3 is None for each in assets):
        return ("plaques_per_slice", "plaque_size_um")
    return ("plaques_per_mm3", "plaque_size_um")


def _measure(images: Sequence[MeasuredImage], linked: AssetPlaques | None) -> AssetMeasures:
    first = images[0]
    num_boxes = sum(len(image.counted) for image in images)
    sides = linked.sides_px if linked else np.concatenate([side_px(image) for image in images])
    size_px = float(sides.mean()) if len(sides) else None
    areas = {image.height * image.width for image in images}
    mm2 = sum(area_mm2(image) or 0 for image in images)
    from_above_mm2 = mm2 / len(images) * (linked.num_stacks if linked else len(images))
    volume_mm3 = mm2 * (linked.z_step_um or 0) / UM_PER_MM if linked else 0
    both = [each for each in images if each.found is not None and each.truth is not None]
    return AssetMeasures(
        dataset=first.dataset,
        asset=first.asset,
        metadata=first.metadata,
        num_images=len(images),
        num_plaques=len(sides),
        num_boxes=num_boxes,
        image_area_px=areas.pop() if len(areas) == 1 else None,
        plaques_per_image=None if linked else num_boxes / len(images),
        plaques_per_slice=len(sides) / len(images) if linked else None,
        plaques_per_mm2=_density(len(sides), from_above_mm2),
        plaques_per_mm3=_density(len(sides), volume_mm3),
        plaque_size_um=_scaled(size_px, first.um_per_px),
        plaque_size_px=size_px,
        num_truth=sum(len(each.truth) for each in both if each.truth is not None) if both else None,
        num_found_there=sum(len(each.counted) for each in both) if both else None,
        num_annotated_images=len(both),
        annotated_mm2=sum(area_mm2(each) or 0 for each in both) or None,
        image_values=()
        if linked
        else tuple(len(each.counted) / (area_mm2(each) or 1.0) for each in images),
        by_image={} if linked else _by_image(images),
    )


def _by_image(images: Sequence[MeasuredImage]) -> dict[Measure, tuple[float, ...]]:
    densities = [_density(len(each.counted), area_mm2(each) or 0.0) for each in images]
    with_objects = [each for each in images if len(each.counted)]
    sizes_px = [float(side_px(each).mean()) for each in with_objects]
    sizes_um = [
        _scaled(px, each.um_per_px) for px, each in zip(sizes_px, with_objects, strict=True)
    ]
    return {
        "plaques_per_image": tuple(float(len(each.counted)) for each in images),
        "plaques_per_mm2": tuple(each for each in densities if each is not None),
        "plaque_size_px": tuple(sizes_px),
        "plaque_size_um": tuple(each for each in sizes_um if each is not None),
    }


def _density(number: int, extent: float) -> float | None:
    return number / extent if extent > 0 else None


def _scaled(size_px: float | None, um_per_px: float | None) -> float | None:
    return None if size_px is None or um_per_px is None else size_px * um_per_px
