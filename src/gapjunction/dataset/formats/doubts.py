"""Boxes that may be in another unit or order than their format says, or twice in their file.

A person is told of them.
"""

from collections.abc import Iterator

import numpy as np

from gapjunction.dataset.records import AnnotatedImage

TINY = "boxes that are smaller than a pixel: are they in pixels?"
BEYOND = "boxes that reach far beyond their image: are width and height what they say?"
TWICE = "boxes that are there twice, of one class and the same in all sides"
FAR_PX, FAR_SHARE = 10, 0.25  # of the box's own side; people draw a few pixels too far


def doubts_on(image: AnnotatedImage) -> Iterator[str]:
    """Yield a note for each box that is tiny, reaches far beyond the image, or is there again."""
    found = image.as_detections() if image.predictions is None else image.predictions
    corners, far_corners = found.boxes[:, :2], found.boxes[:, 2:]
    sides = far_corners - corners
    size = np.array([image.width, image.height])
    outside = np.maximum(np.maximum(-corners, far_corners - size), 0)
    is_beyond = (outside > FAR_PX) & (outside > FAR_SHARE * sides)
    yield from [TINY] * int(np.sum((sides < 1).all(axis=1)))
    yield from [BEYOND] * int(np.sum(is_beyond.any(axis=1)))
    different = np.unique(np.column_stack([found.boxes, found.labels]), axis=0)
    yield from [TWICE] * (len(found) - len(different))
