"""The boxes of all images in one array, and which detections overlap which annotations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, overlapping_pairs
from gapjunction.detections import Detections


@dataclass(frozen=True, slots=True, eq=False)
class StackedDetections:
    """Boxes (N, 4), scores (N,) and labels (N,) of all images one after the other.

    Attributes:
        images: the number (N,) of the image that each box lies in, never falling.
        num_images: images stacked, also those without a box.
    """

    boxes: BoxArray
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]
    images: NDArray[np.int64]
    num_images: int

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def of(cls, of_images: Sequence[Detections]) -> "StackedDetections":
        """Stack the boxes of images numbered from 0."""
        joined = Detections.joined(of_images)
        images = np.repeat(np.arange(len(of_images)), [len(each) for each in of_images])
        return cls(joined.boxes, joined.scores, joined.labels, images, len(of_images))

    def followed_by(self, other: "StackedDetections") -> "StackedDetections":
        """Return both, with the images of the other numbered behind these."""
        return StackedDetections(
            np.concatenate([self.boxes, other.boxes]),
            np.concatenate([self.scores, other.scores]),
            np.concatenate([self.labels, other.labels]),
            np.concatenate([self.images, other.images + self.num_images]),
            self.num_images + other.num_images,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """Pairs (P,) of a detection and an annotation that overlap, of one class or of two.

    Attributes:
        found, truth: rows of the two boxes among all detections and among all annotations.
        iou: intersection over union, in float64 as COCO tools compute it.
        share_of_found, share_of_truth: intersection over the area of either box.
    """

    found: NDArray[np.int64]
    truth: NDArray[np.int64]
    iou: NDArray[np.float64]
    share_of_found: NDArray[np.float64]
    share_of_truth: NDArray[np.float64]


def find_overlaps(
    truth: StackedDetections, found: StackedDetections, *, of_other_classes: bool = False
) -> Overlaps:
    """Return the overlaps of boxes of the same image and class, sorted by detection.

    With `of_other_classes` those of two classes instead.
    """
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    truth_edges, found_edges = _edges_of_images(truth), _edges_of_images(found)
    for image in range(found.num_images):
        f, t = found_edges[image], truth_edges[image]
        i, j, _ = overlapping_pairs(
            found.boxes[f : found_edges[image + 1]], truth.boxes[t : truth_edges[image + 1]]
        )
        first.append(i + f)
        second.append(j + t)
    i, j = np.concatenate(first), np.concatenate(second)
    is_wanted = (found.labels[i] == truth.labels[j]) != of_other_classes
    i, j = i[is_wanted], j[is_wanted]
    shared, area_found, area_truth = _areas(found.boxes[i], truth.boxes[j])
    union = area_found + area_truth - shared
    return Overlaps(i, j, shared / union, shared / area_found, shared / area_truth)


def shared_of_smaller(first: BoxArray, second: BoxArray) -> NDArray[np.float64]:
    """Return the share (N,) that row i of both has in common, of the smaller of the two."""
    shared, area_first, area_second = _areas(first, second)
    smaller = np.minimum(area_first, area_second)
    return np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)


def _edges_of_images(stacked: StackedDetections) -> NDArray[np.int64]:
    """Return the first row of each image, and the number of rows last: (num_images + 1,)."""
    return np.searchsorted(stacked.images, np.arange(stacked.num_images + 1))


def _areas(
    first: BoxArray, second: BoxArray
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return intersection and both areas (N,) of row i with row i, in square pixels."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    corner, far_corner = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    shared = np.prod(np.maximum(far_corner - corner, 0), axis=1)
    return shared, np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
