"""The light around each object, in every channel, and how much it varies there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.measurement.windows import Window, grown_window

FRAME_PX = 4  # wide
LEAST_IN_FRAME = 12  # pixels; else the darker ones around the box stand in
DARKER_PERCENTILE = 20
MAD_OF_NORMAL = 1.4826
MOST_SIGMAS = 3.0  # from the median; beyond, a pixel is of something else
LEAST_SPREAD = 0.5  # grey values, which are whole

Image = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """The mean light (N, C) around each of N objects in C channels, and its deviation (N, C)."""

    level: FloatArray
    noise: FloatArray


def measure_grounds(image: Image, boxes: BoxArray, gap: int) -> Grounds:
    """Return the light in a frame around each box, `gap` px away from it, without other boxes.

    `image` (C, H, W) are grey values. What is far from the median of the frame counts for nothing.
    """
    shape = image.shape[1:]
    is_taken = np.zeros(shape, np.bool_)
    for box in boxes:
        is_taken[grown_window(box, gap, shape)] = True
    around = [grown_window(box, gap + FRAME_PX, shape) for box in boxes]
    measured = [_clipped(_free(image, is_taken, window)) for window in around]
    both = np.array(measured, np.float64).reshape(len(boxes), 2, len(image))
    return Grounds(both[:, 0], both[:, 1])


def _free(image: Image, is_taken: NDArray[np.bool_], window: Window) -> FloatArray:
    """Return the pixels (C, n) of a window that are in no box, or its darker ones."""
    pixels = image[(slice(None), *window)].astype(np.float64)
    free: FloatArray = pixels[:, ~is_taken[window]]
    if free.shape[1] >= LEAST_IN_FRAME:
        return free
    flat = np.sort(pixels.reshape(len(pixels), -1), axis=1)
    darker: FloatArray = flat[:, : max(flat.shape[1] * DARKER_PERCENTILE // 100, 1)]
    return darker


def _clipped(pixels: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation (C,) of pixels (C, n) that are not far from the median."""
    middle = np.median(pixels, axis=1, keepdims=True)
    far = np.abs(pixels - middle)
    spread = MAD_OF_NORMAL * np.median(far, axis=1, keepdims=True)
    weight = far <= MOST_SIGMAS * np.maximum(spread, LEAST_SPREAD)
    number = weight.sum(axis=1)
    mean = (pixels * weight).sum(axis=1) / number
    variance = ((pixels - mean[:, None]) ** 2 * weight).sum(axis=1) / number
    return mean, np.sqrt(variance)
