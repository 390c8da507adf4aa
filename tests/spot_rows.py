"""Images of spots in a row, and detections of them."""

import numpy as np
from numpy.typing import NDArray

from gapjunction.detections import Detections


def spots_in_a_row(peaks: list[int], scores: list[float]) -> tuple[Detections, NDArray[np.uint16]]:
    """Return detections of spots in a row, 40 px apart, with such peaks and scores; their image."""
    image = np.full((1, 60, 40 * len(peaks)), 100, np.uint16)
    for index, peak in enumerate(peaks):
        image[0, 28:33, 40 * index + 18 : 40 * index + 23] += np.uint16(peak)
    lefts = np.arange(len(peaks), dtype=np.float32) * 40 + 17
    boxes = np.stack([lefts, np.full_like(lefts, 27), lefts + 7, np.full_like(lefts, 34)], axis=1)
    labels = np.zeros(len(peaks), np.int64)
    return Detections(boxes, np.array(scores, np.float32), labels), image
