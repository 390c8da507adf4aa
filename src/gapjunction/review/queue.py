"""Which images to look at first, and why: what is unlike, unsure, or full of doubt."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.calibration import count_variance
from gapjunction.detections import Detections
from gapjunction.review.entries import Box
from gapjunction.review.file_boxes import as_detections
from gapjunction.review.merging import ImageState
from gapjunction.review.opening import Counted, ReviewImage
from gapjunction.review.regions import is_counted
from gapjunction.text import counted
from gapjunction.unlikeness import USUAL

NEAR = 0.15  # of the threshold, in score, where a box is doubtful
DEVIATIONS = 1.96  # of a normal variable, within which 95 % lie
WIDE = 0.1  # of the count, and of 3 more: an interval of so many is worth a word
FEW = 3.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """How sure the count of an image is.

    Attributes:
        boxes: all, counted or not.
        count: boxes that count, in regions where they do.
        low, high: what holds the true count in 95 % of images, as far as anybody knows.
        num_near: boxes of the model near the threshold.
        unlikeness: to what the model was calibrated on; None where nothing says.
    """

    boxes: int
    count: int
    low: int
    high: int
    num_near: int
    unlikeness: float | None

    @property
    def urgency(self) -> float:
        """How much a look at it is worth: 0 for none."""
        unlike = max((self.unlikeness or 0) - USUAL, 0)
        width = (self.high - self.low) / (self.count + FEW)
        return unlike + width + self.num_near / (self.count + FEW)

    def why(self, *, is_widest: bool) -> str:
        """Return in words why to look at it."""
        if (self.unlikeness or 0) > USUAL:
            return f"unlike the calibration images ({self.unlikeness:.1f})"
        if is_widest:
            return f"widest interval, {self.low} to {self.high}"
        if self.num_near:
            return f"{counted(self.num_near, 'box')} near the threshold"
        if self.high - self.low > WIDE * (self.count + FEW):
            return f"interval from {self.low} to {self.high}"
        return "nothing doubtful" if self.boxes else "no boxes"


@dataclass(frozen=True, slots=True)
class Queued:
    """An image in the queue."""

    image: ReviewImage
    doubt: Doubt
    state: str
    why: str


def doubt_of_state(state: ImageState, threshold: float, predicted: Counted | None) -> Doubt:
    """Return the doubt that is left in an image: a person's boxes are sure."""
    regions = state.regions
    counting = [box for box in state.boxes if is_counted(box, regions)]
    models = [box for box in counting if box.state == "model"]
    sure = len(counting) - len(models)
    seen = as_detections(models)
    count = sure + int((seen.scores >= threshold).sum())
    unlikeness = None if predicted is None else predicted.unlikeness
    if state.is_done:
        return Doubt(len(state.boxes), sure, sure, sure, 0, None)
    first = as_detections([box for box in _first(state) if box.score is not None])
    below, above = _reach(first, seen, predicted)
    return Doubt(
        boxes=len(state.boxes),
        count=count,
        low=max(math.floor(count - below), sure),
        high=math.ceil(count + above),
        num_near=_num_near(seen.scores, threshold),
        unlikeness=unlikeness,
    )


def doubt_of_found(found: Detections, threshold: float, predicted: Counted | None) -> Doubt:
    """Return the doubt in an image that nobody has touched, from what the model found."""
    count = int((found.scores >= threshold).sum())
    below, above = _reach(found, found, predicted)
    return Doubt(
        boxes=len(found),
        count=count,
        low=max(math.floor(count - below), 0),
        high=math.ceil(count + above),
        num_near=_num_near(found.scores, threshold),
        unlikeness=None if predicted is None else predicted.unlikeness,
    )


def doubt_of_annotated(num_boxes: int) -> Doubt:
    """Return that there is none: a person has annotated the image."""
    return Doubt(num_boxes, num_boxes, num_boxes, num_boxes, 0, None)


def queued(images: Sequence[tuple[ReviewImage, Doubt, str]]) -> list[Queued]:
    """Return images, given with their state, worst first; what is done comes last."""
    open_widths = [doubt.high - doubt.low for _, doubt, state in images if state != "done"]
    widest = max(open_widths, default=0)
    ordered = sorted(images, key=lambda each: (each[2] == "done", -each[1].urgency))
    first_slices = _first_slices([image for image, _, _ in images])
    return [
        Queued(image, doubt, state, _why(image, doubt, state, widest, first_slices))
        for image, doubt, state in ordered
    ]


def most_doubtful(boxes: Sequence[Box], threshold: float) -> Box | None:
    """Return the model's box with the score nearest to the threshold; None without one."""
    models = [box for box in boxes if box.state == "model" and box.score is not None]
    return min(models, key=lambda box: abs((box.score or 0) - threshold), default=None)


def _why(image: ReviewImage, doubt: Doubt, state: str, widest: int, first_slices: set[str]) -> str:
    if state == "done":
        return "done"
    is_widest = 0 < widest == doubt.high - doubt.low
    why = doubt.why(is_widest=is_widest)
    if why in ("nothing doubtful", "no boxes") and image.id in first_slices:
        return "first slice of its stack"
    return why


def _first_slices(images: Sequence[ReviewImage]) -> set[str]:
    first: dict[int, ReviewImage] = {}
    for image in images:
        known = first.get(id(image.asset))
        if image.z is not None and (known is None or image.z < (known.z or 0)):
            first[id(image.asset)] = image
    return {image.id for image in first.values()}


def _first(state: ImageState) -> Sequence[Box]:
    return () if state.base is None else state.base.boxes


def _num_near(scores: NDArray[np.float32], threshold: float) -> int:
    return int((np.abs(scores - np.float32(threshold)) < NEAR).sum())


def _reach(first: Detections, left: Detections, predicted: Counted | None) -> tuple[float, float]:
    """Return how far the interval reaches below and above: as predicted, as far as doubt is left.

    Where no table says, it is what the scores alone tell if they are probabilities, which is too
    narrow where they are not.
    """
    if predicted is not None and not len(first):
        return predicted.below, predicted.above
    if not len(left):
        return 0.0, 0.0
    variance = count_variance(left.scores, 0.0)
    if predicted is None:
        half_width = DEVIATIONS * math.sqrt(variance)
        return half_width, half_width
    share = min(math.sqrt(variance / count_variance(first.scores, 0.0)), 1.0)
    return share * predicted.below, share * predicted.above
