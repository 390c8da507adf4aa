"""How far two who looked at the same images agree: two people, or a person and the model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.detections import Detections
from gapjunction.metrics.matching import UNMATCHED, match_detections
from gapjunction.review.entries import DATASET, MODEL, Base, Box
from gapjunction.review.file_boxes import as_detections, kept_boxes, read_model_boxes
from gapjunction.review.merging import as_left_by
from gapjunction.review.opening import ReviewImage
from gapjunction.review.reviewed import Review
from gapjunction.review.slices import counting_boxes

IOU = 0.5


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far one (b) finds what the other (a) did, over images that both looked at.

    Attributes:
        precision: share of the boxes of b that a has too; recall the other way round. Of no
            boxes at all, both are 1.
        bias: mean of how many more b counts in an image than a.
        counts: of each image, those of a and b.
    """

    num_images: int
    f1: float
    precision: float
    recall: float
    bias: float
    counts: tuple[tuple[int, int], ...]


def agreement_of(review: Review, a: str, b: str) -> Agreement:
    """Return the agreement of two of: annotators, the dataset as it was, the model.

    An annotator has looked at what he or she says is done. What others did in the same image
    does not count, but each may have seen it.

    Raises:
        GapJunctionError: if a file cannot be read.
    """
    both = []
    for image in review.opened.images.values():
        first, second = boxes_of(review, image, a), boxes_of(review, image, b)
        if first is not None and second is not None:
            both.append((as_detections(first), as_detections(second)))
    return measured(both)


def measured(both: Sequence[tuple[Detections, Detections]]) -> Agreement:
    """Return the agreement of two sides of some images."""
    matched = sum(
        int((match_detections(first, second, IOU) != UNMATCHED).sum()) for first, second in both
    )
    counts = tuple((len(first), len(second)) for first, second in both)
    num_a, num_b = (sum(each[side] for each in counts) for side in (0, 1))
    return Agreement(
        num_images=len(both),
        f1=2 * matched / (num_a + num_b) if num_a + num_b else 1.0,
        precision=_share(matched, num_b, num_a),
        recall=_share(matched, num_a, num_b),
        bias=float(np.mean([b - a for a, b in counts])) if counts else 0.0,
        counts=counts,
    )


def boxes_of(review: Review, image: ReviewImage, who: str) -> Sequence[Box] | None:
    """Return the boxes that somebody has in an image; None where they have not looked."""
    state = review.state(image)
    base = state.base or Base()
    if who == MODEL:
        found = read_model_boxes(image, review.class_names, base)
        return None if found is None else counting_boxes(found, review.opened.threshold)
    if who == DATASET:
        return base.boxes if base.is_done else None
    own = as_left_by(state, who)
    has_looked = any(entry.by == who for entry in state.entries.values())
    return kept_boxes(own) if has_looked and own.is_done else None


def _share(matched: int, of: int, other: int) -> float:
    """Return a share, 1 of no boxes where the other has none either, else 0."""
    if of:
        return matched / of
    return 0.0 if other else 1.0
