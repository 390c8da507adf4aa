"""How many objects a tile can hold, to choose tiles that are not too full for a detector."""

from collections.abc import Iterable

import numpy as np

from gapjunction.boxes import BoxArray

TILE_STEP = 32  # px
NEARLY_FULL_SHARE = 2 / 3  # of what a detector can find in a tile


def most_objects(boxes: BoxArray, side: float) -> int:
    """Return how many of the boxes (N, 4) a square of `side` px touches where most of them are."""
    most = 0
    # The fullest square can be moved right and down until its edges touch a box's far sides.
    for left in np.unique(boxes[:, 2]):
        beside = boxes[(boxes[:, 2] >= left) & (boxes[:, 0] <= left + side)]
        if len(beside) <= most:
            continue
        tops, bottoms = np.sort(beside[:, 1]), np.sort(beside[:, 3])
        num_begun = np.searchsorted(tops, bottoms + side, side="right")
        num_ended = np.searchsorted(bottoms, bottoms, side="left")
        most = max(most, int((num_begun - num_ended).max()))
    return most


def choose_tile_size(
    boxes: Iterable[BoxArray], wanted: int, max_objects: float, max_zoom: float
) -> int:
    """Return the largest tile side in px, `wanted` or less, that is never too full; at least 32.

    No such tile touches more than `max_objects` boxes of an image (N, 4), even where it shows
    `max_zoom` times as wide a field.
    """
    crowded = [of_image for of_image in boxes if len(of_image) > max_objects]
    side = wanted
    while side > TILE_STEP and any(
        most_objects(of_image, side * max_zoom) > max_objects for of_image in crowded
    ):
        side -= TILE_STEP
    return side
