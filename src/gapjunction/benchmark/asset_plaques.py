"""The plaques of assets that are stacks, each counted once: linked, or as a prediction reports.

An asset is a stack if the name of each of its images tells a slice of its own; one image alone is
a stack of one slice.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImage, MeasuredImages
from gapjunction.benchmark.pairing import listed
from gapjunction.benchmark.predicted_plaques import read_reported_plaques
from gapjunction.benchmark.predicted_stacks import PREDICTED_STACKS
from gapjunction.boxes import BoxArray, area
from gapjunction.images.slice_names import are_slices, slice_number
from gapjunction.prediction_folder import read_manifest
from gapjunction.stacks.linking import Slice, link_slices

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class AssetPlaques:
    """The plaques of one stack.

    Attributes:
        sides_px: of squares of the area of each plaque's largest box (P,).
        z_step_um: from one slice to the next; None where it is not known.
        num_stacks: that they are in; an animal may have several.
    """

    sides_px: NDArray[np.float64]
    z_step_um: float | None
    num_stacks: int = 1


PlaquesOfAssets = Mapping[AssetName, AssetPlaques]
NONE_LINKED: PlaquesOfAssets = MappingProxyType({})


def plaques_of_assets(
    measured: MeasuredImages, names: re.Pattern[str], class_name: str | None = None
) -> PlaquesOfAssets:
    """Return the plaques of every asset, if all assets are stacks and one has several slices.

    Boxes of annotations are linked, with slices told by `names`; of predictions the plaques are
    taken that were reported. Where some assets are stacks and others are not, that is logged, and
    none is returned, as plaques and boxes cannot be compared.

    Raises:
        BenchmarkError: if the plaques of a prediction cannot be read.
    """
    images_of: dict[AssetName, list[MeasuredImage]] = {}
    for image in measured.images:
        images_of.setdefault(AssetName(image.dataset, image.asset), []).append(image)
    several = {name: images for name, images in images_of.items() if len(images) > 1}
    if measured.predictions is None:
        linked = _link_annotations(several, names)
    else:
        linked = _read_reported(measured, class_name)
    others = [str(name) for name in several if name not in linked]
    if not linked or others:
        if linked:
            logger.warning(
                "%s: no stacks, as other assets are; boxes are compared, which a plaque has in "
                "each slice that shows it",
                listed(others),
            )
        return NONE_LINKED
    lone = {name: _lone(images[0]) for name, images in images_of.items() if name not in several}
    return lone | linked


def join_plaques(
    linked: PlaquesOfAssets, images: Sequence[MeasuredImage], joined: Sequence[MeasuredImage]
) -> PlaquesOfAssets:
    """Return the plaques of animals; `joined` are `images` with the animal of each for an asset."""
    parts: dict[AssetName, dict[AssetName, AssetPlaques]] = {}
    for image, of_animal in zip(images, joined, strict=True):
        name = AssetName(image.dataset, image.asset)
        if name in linked:
            animal = AssetName(of_animal.dataset, of_animal.asset)
            parts.setdefault(animal, {})[name] = linked[name]
    return {animal: _joined(list(stacks.values())) for animal, stacks in parts.items()}


def _joined(stacks: Sequence[AssetPlaques]) -> AssetPlaques:
    steps = {each.z_step_um for each in stacks}
    sides = np.concatenate([each.sides_px for each in stacks])
    return AssetPlaques(sides, steps.pop() if len(steps) == 1 else None, len(stacks))


def _link_annotations(
    images_of: Mapping[AssetName, Sequence[MeasuredImage]], names: re.Pattern[str]
) -> dict[AssetName, AssetPlaques]:
    linked = {}
    for asset, images in images_of.items():
        if are_slices([image.path.stem for image in images], names):
            slices = [
                Slice(slice_number(image.path.stem, names) or 0, image.counted) for image in images
            ]
            boxes = [plaque.boxes for plaque in link_slices(slices)]
            linked[asset] = AssetPlaques(_largest_sides(boxes), images[0].metadata.z_step_um)
    return linked


def _read_reported(
    measured: MeasuredImages, class_name: str | None
) -> dict[AssetName, AssetPlaques]:
    """Return the plaques that a prediction reports, if it counted from the same score on."""
    if measured.predictions is None:
        return {}
    manifest = read_manifest(measured.predictions)
    if measured.threshold != manifest.threshold:
        return {}
    assets = {AssetName(image.dataset, image.asset) for image in measured.images}
    steps = {
        each.name: each.z_step_um
        for each in PREDICTED_STACKS.read(measured.predictions, assets, class_name)
    }
    reported = read_reported_plaques(measured.predictions, manifest, None) if steps else {}
    return {
        name: AssetPlaques(
            _largest_sides(
                [
                    plaque.boxes
                    for plaque in reported.get(str(name), [])
                    if class_name in (None, plaque.class_name)
                ]
            ),
            step,
        )
        for name, step in steps.items()
    }


def _lone(image: MeasuredImage) -> AssetPlaques:
    sides = _largest_sides([box[None] for box in image.counted.boxes])
    return AssetPlaques(sides, image.metadata.z_step_um)


def _largest_sides(boxes_of_plaques: Sequence[BoxArray]) -> NDArray[np.float64]:
    largest = [float(area(boxes).max()) for boxes in boxes_of_plaques]
    return np.sqrt(np.array(largest, np.float64))
