"""Compare what a method found with the truth, image by image, and add up a set.

By center distance, a detection can stand for an object if its center lies within
max(3 px, half the object's longer side) of the object's. Of all ways to pair them one to one,
the one with the most pairs counts, so that no order of choosing helps or harms a method.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial import cKDTree

from gapjunction.boxes import centers
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.metrics.matching import UNMATCHED, match_detections

MIN_DISTANCE_LIMIT_PX = 3.0
IOU_THRESHOLD = 0.5


class ImageScore(StrictConfig):
    """How many objects an image has, how many were found, and how many pairs there are."""

    num_truth: int
    num_found: int
    num_near: int
    num_overlapping: int


class SetScore(StrictConfig):
    """The numbers of a set of images; None where they would be a division by zero.

    Attributes:
        f1_distance, f1_iou: of all images together.
        count_mae: mean of |found - true| over all images.
        count_mape: mean of |found - true| / true over the images with objects, as a share.
        false_per_image: detections by center distance without an object, mean over all images.
    """

    f1_distance: float | None
    f1_iou: float | None
    count_mae: float
    count_mape: float | None
    false_per_image: float


def score_image(truth: Detections, found: Detections) -> ImageScore:
    """Compare what was found in one image with the truth."""
    matches = match_detections(truth, found, IOU_THRESHOLD)
    return ImageScore(
        num_truth=len(truth),
        num_found=len(found),
        num_near=count_near_pairs(truth, found),
        num_overlapping=int((matches != UNMATCHED).sum()),
    )


def count_near_pairs(truth: Detections, found: Detections) -> int:
    """Return the largest number of pairs, one to one, within the limits of distance."""
    if not len(truth) or not len(found):
        return 0
    sides = (truth.boxes[:, 2:] - truth.boxes[:, :2]).max(axis=1)
    limits = np.maximum(MIN_DISTANCE_LIMIT_PX, sides / 2)
    near = cKDTree(centers(found.boxes)).query_ball_point(centers(truth.boxes), limits)
    columns = np.array([index for own in near for index in own], np.int64)
    starts = np.cumsum([0, *map(len, near)])
    allowed = csr_array(
        (np.ones(len(columns), np.int8), columns, starts), shape=(len(truth), len(found))
    )
    return int((maximum_bipartite_matching(allowed, perm_type="column") != UNMATCHED).sum())


def score_set(images: Sequence[ImageScore]) -> SetScore:
    """Return the numbers of all images of a set together.

    Raises:
        ValueError: if there is no image.
    """
    if not images:
        raise ValueError("a set without images has no score")
    truth = np.array([image.num_truth for image in images])
    found = np.array([image.num_found for image in images])
    errors, has_objects = np.abs(found - truth), truth > 0
    total = int(truth.sum() + found.sum())
    num_near = sum(image.num_near for image in images)
    num_overlapping = sum(image.num_overlapping for image in images)
    return SetScore(
        f1_distance=2 * num_near / total if total else None,
        f1_iou=2 * num_overlapping / total if total else None,
        count_mae=float(errors.mean()),
        count_mape=float((errors / np.maximum(truth, 1))[has_objects].mean())
        if has_objects.any()
        else None,
        false_per_image=float((found.sum() - num_near) / len(images)),
    )


def f1_distance(truths: Sequence[Detections], found: Sequence[Detections]) -> float:
    """Return F1 at center distance over all images, what methods are tuned for; 0 for nothing."""
    total = sum(map(len, truths)) + sum(map(len, found))
    near = sum(count_near_pairs(*pair) for pair in zip(truths, found, strict=True))
    return 2 * near / total if total else 0.0


def f1_iou(truths: Sequence[Detections], found: Sequence[Detections]) -> float:
    """Return F1 at IoU 0.5 over all images, what sizes of boxes are tuned for; 0 for nothing."""
    total = sum(map(len, truths)) + sum(map(len, found))
    pairs = (match_detections(*pair, IOU_THRESHOLD) for pair in zip(truths, found, strict=True))
    return 2 * sum(int((own != UNMATCHED).sum()) for own in pairs) / total if total else 0.0
