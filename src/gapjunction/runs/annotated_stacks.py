"""The stacks among annotated images, and what their plaques teach of a detector."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from gapjunction.benchmark.paired_stacks import stacked_plaques
from gapjunction.detections import Detections
from gapjunction.images.slice_names import FEWEST_SLICES, slice_number
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.runs.plaque_fit import KnownStack, fit_plaque_scoring
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.stacks.linking import Slice, link_slices

logger = logging.getLogger(__name__)

# Below, intervals would say little, and one stack would settle the threshold.
FEWEST_STACKS = 4
ENOUGH_STACKS = 6


def images_of_stacks(
    val: Sequence[TrainingImage], train: Sequence[TrainingImage]
) -> list[TrainingImage]:
    """Return the slices of the stacks to fit plaques to: those of `val`.

    Where these are few, whole stacks of `train` join them, up to `ENOUGH_STACKS`. They are none
    where there are too few stacks in all.
    """
    of_val, of_train = _stacks(val), _stacks(train)
    others = [asset for asset in of_train if asset not in of_val]
    missing = max(ENOUGH_STACKS - len(of_val), 0)
    chosen = [*of_val.values(), *(of_train[asset] for asset in others[:missing])]
    if len(chosen) < FEWEST_STACKS:
        return []
    return [image for slices in chosen for image in slices.values()]


def with_fitted_plaques(
    config: DetectorConfig, images: Sequence[TrainingImage], found: Sequence[Detections]
) -> DetectorConfig:
    """Return the config with what plaques are worth, if enough stacks are among the images.

    `found` has probabilities for scores. The plaques of a stack are its annotations, linked.
    """
    found_in = {image.path: own for image, own in zip(images, found, strict=True)}
    stacks = [_known_stack(slices, found_in) for slices in _stacks(images).values()]
    if len(stacks) < FEWEST_STACKS:
        return config
    logger.info("fitting the probabilities of plaques to %d annotated stacks", len(stacks))
    return config.but(plaques=fit_plaque_scoring(stacks, config.plaques))


def _known_stack(
    slices: Mapping[int, TrainingImage], found_in: Mapping[Path, Detections]
) -> KnownStack:
    annotated = [Slice(number, image.as_detections()) for number, image in slices.items()]
    truth = stacked_plaques(link_slices(annotated), sorted(slices))
    return KnownStack({number: found_in[image.path] for number, image in slices.items()}, truth)


def _stacks(images: Sequence[TrainingImage]) -> dict[str, dict[int, TrainingImage]]:
    """Return the slices, by number, of each asset that is a stack, which all its images are of."""
    by_asset: dict[str, list[TrainingImage]] = {}
    for image in images:
        by_asset.setdefault(image.asset, []).append(image)
    stacks = {}
    for asset, own in by_asset.items():
        numbered = {slice_number(image.path.stem): image for image in own}
        slices = {number: image for number, image in numbered.items() if number is not None}
        if len(slices) == len(own) >= FEWEST_SLICES:
            stacks[asset] = slices
    return stacks
