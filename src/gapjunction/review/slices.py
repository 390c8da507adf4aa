"""The plaques of a stack that is reviewed: which boxes of its slices belong together."""

from collections.abc import Sequence

from gapjunction.review.entries import Box
from gapjunction.review.file_boxes import as_detections
from gapjunction.stacks.linking import Slice, link_slices


def plaques_of(slices: Sequence[tuple[int, Sequence[Box]]], threshold: float) -> dict[str, str]:
    """Return the id of a plaque for each box that counts, of slices given with their numbers.

    A plaque is called after its first box.
    """
    counting = [(number, counting_boxes(boxes, threshold)) for number, boxes in slices]
    box_at: dict[tuple[int, tuple[float, ...]], list[str]] = {}
    parts = []
    for number, boxes in counting:
        found = as_detections(boxes)
        parts.append(Slice(number, found))
        for box, sides in zip(boxes, found.boxes.tolist(), strict=True):
            box_at.setdefault((number, tuple(sides)), []).append(box.id)
    plaque_of: dict[str, str] = {}
    for plaque in link_slices(parts):
        places = zip(plaque.numbers.tolist(), plaque.boxes.tolist(), strict=True)
        ids = [box_at[number, tuple(sides)].pop() for number, sides in places]
        plaque_of |= dict.fromkeys(ids, ids[0])
    return plaque_of


def counting_boxes(boxes: Sequence[Box], threshold: float) -> list[Box]:
    """Return those that a person has taken or the model is sure enough of."""
    return [box for box in boxes if box.state != "model" or (box.score or 0) >= threshold]
