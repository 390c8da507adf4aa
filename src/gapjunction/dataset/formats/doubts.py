"""Boxes that may be in another unit or order than their format says, of which a person is told."""

from collections.abc import Iterator

import numpy as np

from gapjunction.dataset.records import AnnotatedImage

TINY = "boxes that are smaller than a pixel: are they in pixels?"
BEYOND = "boxes that reach far beyond their image: are width and height what they say?"
FAR_PX, FAR_SHARE = 10, 0.25  # of the box's own side; people draw a few pixels too far


def doubts_on(image: AnnotatedImage) -> Iterator[str]:
    """Yield a note for each box that is smaller than a pixel or reaches far beyond the image."""
    found = image.as_detections() if image.predictions is None else image.predictions
    corners, far_corners = found.boxes[:, :2], found.boxes[:, 2:]
    sides = far_corners - corners
    size = np.array([image.width, image.height])
    outside = np.maximum(np.maximum(-corners, far_corners - size), 0)
    is_beyond = (outside > FAR_PX) & (outside > FAR_SHARE * sides)
    yield from [TINY] * int(np.sum((sides < 1).all(axis=1)))
    yield from [BEYOND] * int(np.sum(is_beyond.any(axis=1)))
