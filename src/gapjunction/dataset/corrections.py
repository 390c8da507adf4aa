"""What a person changed in the boxes of an image, and the boxes as they are then, written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from gapjunction.boxes import clip_boxes, overlapping_pairs
from gapjunction.dataset.assets import DETECTION_FOLDER, annotation_folder
from gapjunction.dataset.named_images import NamedImage
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    DETECTION_SUFFIX,
    box_records,
    read_further_keys,
)
from gapjunction.files import write_json

ROUNDING_PX = 0.51  # a side moves by half a pixel where a tool keeps whole numbers


@dataclass(frozen=True, slots=True)
class Correction:
    """An image's boxes after a person went through them, and what became of those before.

    Attributes:
        boxes: in the order of before, what was drawn at the end; all scores are 1.
        places: of each of them among those before (N,); -1 where it was drawn.
        num_kept: boxes where they were, but for a tool's rounding; they keep their own numbers.
        num_changed: boxes of another place, size or class, which overlap what they were.
        num_drawn: boxes that overlap none of before.
        num_deleted: boxes of before that nothing is left of.
    """

    boxes: Detections
    places: NDArray[np.int64]
    num_kept: int
    num_changed: int
    num_drawn: int
    num_deleted: int

    @property
    def is_change(self) -> bool:
        """Whether any box was changed, drawn or deleted."""
        return self.num_changed + self.num_drawn + self.num_deleted > 0

    def __str__(self) -> str:
        parts = {
            "changed": self.num_changed,
            "drawn": self.num_drawn,
            "deleted": self.num_deleted,
            "kept": self.num_kept,
        }
        return ", ".join(f"{number:,} {what}" for what, number in parts.items() if number) or "none"


def correction(
    before: Detections, after: Detections, size: tuple[int, int] | None = None
) -> Correction:
    """Compare two states of an image's boxes; labels of both count in the same classes.

    With the `size` (height, width) of the image, boxes that only differ outside of it are the same:
    some formats cut them there.
    """
    kept = _same_boxes(_within(before, size), _within(after, size))
    old = np.setdiff1d(np.arange(len(before)), kept[:, 0])
    new = np.setdiff1d(np.arange(len(after)), kept[:, 1])
    changed = _changed_boxes(before, after, old, new)
    drawn = np.setdiff1d(new, changed[:, 1])
    # Boxes keep their place in the file; what was drawn follows.
    stay = np.concatenate([kept, changed])
    stay = stay[np.argsort(stay[:, 0], kind="stable")]
    is_kept = np.isin(stay[:, 0], kept[:, 0])
    boxes = np.where(is_kept[:, None], before.boxes[stay[:, 0]], after.boxes[stay[:, 1]])
    labels = np.concatenate([after.labels[stay[:, 1]], after.labels[drawn]])
    all_boxes = np.concatenate([boxes, after.boxes[drawn]]).astype(np.float32)
    return Correction(
        boxes=Detections(all_boxes, np.ones(len(all_boxes), np.float32), labels),
        places=np.concatenate([stay[:, 0], np.full(len(drawn), -1)]),
        num_kept=len(kept),
        num_changed=len(changed),
        num_drawn=len(drawn),
        num_deleted=len(old) - len(changed),
    )


def write_correction(target: NamedImage, change: Correction) -> None:
    """Write boxes as the annotations of an image, without scores; nothing else changes.

    Labels count in the classes of the image's dataset. What else the file says of a box stays.
    """
    image = target.image
    folder = annotation_folder(image.path.parent.parent, DETECTION_FOLDER)
    size = image.height, image.width
    records = box_records(change.boxes, target.dataset.class_names, image.path.name, size)
    further = _further_keys(image.boxes_path, change)
    written = [
        {key: value for key, value in own.items() if key != "score"} | more
        for own, more in zip(records, further, strict=True)
    ]
    write_json(
        image.boxes_path or folder / f"{image.stem}{DETECTION_SUFFIX}.json", {image.stem: written}
    )


def _further_keys(path: Path | None, change: Correction) -> list[dict[str, Any]]:
    before = [] if path is None else read_further_keys(path)
    # A file of which boxes were left out does not tell which of its boxes is which.
    if len(before) != change.num_kept + change.num_changed + change.num_deleted:
        return [{}] * len(change.boxes)
    return [{} if place < 0 else before[place] for place in change.places.tolist()]


def _within(found: Detections, size: tuple[int, int] | None) -> Detections:
    if size is None:
        return found
    return Detections(clip_boxes(found.boxes, *size), found.scores, found.labels)


def _same_boxes(before: Detections, after: Detections) -> NDArray[np.int64]:
    """Return pairs of rows (N, 2) of boxes that are the same, nearest first."""
    if not len(before) or not len(after):
        return np.zeros((0, 2), np.int64)
    near = KDTree(before.boxes).sparse_distance_matrix(
        KDTree(after.boxes), ROUNDING_PX, p=np.inf, output_type="ndarray"
    )
    near = near[np.argsort(near["v"], kind="stable")]
    near = near[before.labels[near["i"]] == after.labels[near["j"]]]
    return _one_to_one(near["i"], near["j"])


def _changed_boxes(
    before: Detections, after: Detections, old: NDArray[np.int64], new: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return pairs of rows (N, 2), among `old` and `new`, of boxes that overlap, most first."""
    rows, columns, iou = overlapping_pairs(before.boxes[old], after.boxes[new])
    by_overlap = np.argsort(-iou, kind="stable")
    return _one_to_one(old[rows[by_overlap]], new[columns[by_overlap]])


def _one_to_one(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the pairs (N, 2) of which neither part was in an earlier one."""
    seen_first: set[int] = set()
    seen_second: set[int] = set()
    pairs = []
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if one not in seen_first and other not in seen_second:
            seen_first.add(one)
            seen_second.add(other)
            pairs.append((one, other))
    return np.array(pairs, np.int64).reshape(-1, 2)
