"""A small study of random detections, for the tests of what is told about it."""

import numpy as np

from detection_cases import random_images
from gapjunction.benchmark.asset_groups import AssetGroups, AssetName
from gapjunction.benchmark.detection_suite import (
    DetectionSettings,
    DetectionStudy,
    study_detections,
)
from gapjunction.benchmark.paired_detections import PairedDetections


def paired_images(seed: int = 0, num_images: int = 6, num_classes: int = 1) -> PairedDetections:
    """Return random images named image_0, image_1, ..."""
    truth, found = random_images(seed, num_images, num_classes)
    stems = tuple(f"image_{number}" for number in range(num_images))
    names = tuple(f"class_{label}" for label in range(num_classes))
    return PairedDetections(stems, names, tuple(truth), tuple(found))


def groups_of(*assets: int) -> AssetGroups:
    """Return groups known from a file."""
    names = tuple(AssetName("rats", f"rat {number}") for number in sorted(set(assets)))
    return AssetGroups(np.array(assets), names, "groups.csv")


def study(
    paired: PairedDetections,
    groups: AssetGroups,
    um_per_px: float | None = None,
    threshold: float = 0.3,
) -> DetectionStudy:
    """Return everything told of the images, at the threshold."""
    settings = DetectionSettings(threshold=threshold, center_distance_px=3, um_per_px=um_per_px)
    return study_detections(paired, groups, settings)
