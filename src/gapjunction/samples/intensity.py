"""Bring images of any microscope, depth and exposure to one range of intensities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLED_PIXELS = 4_000_000  # as many pixels are looked at to measure an image
BACKGROUND_PERCENTILE = 25.0
TOP_PERCENTILE = 99.9
# An image in which nothing stands out is not stretched until its noise looks like objects:
NOISE_LEVELS = 12.0  # the range spans at least this many standard deviations of the noise
MIN_RANGE_8BIT = 10.0  # and this many grey values of an 8-bit image
COMPRESSION = 5.0  # how strongly bright values are compressed, so that dim plaques show
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class IntensityRange:
    """The grey values of an image that become 0 (by channel) and 1 (for all channels)."""

    background: tuple[float, ...]
    span: float


def measure_intensity(image: NDArray[np.uint8] | NDArray[np.uint16]) -> IntensityRange:
    """Return the intensity range of a whole image (C, H, W).

    One span for all channels keeps their ratio, which tells autofluorescence from a stain; a
    saturated blob widens it, but compression and training with varied gain leave the rest
    visible.
    """
    step = max(1, int(np.sqrt(image[0].size / SAMPLED_PIXELS)))
    backgrounds, spans = [], [MIN_RANGE_8BIT if image.dtype == np.uint8 else 1.0]
    for channel in image:
        sampled = channel[::step, ::step].astype(np.float32)
        background, top = np.percentile(sampled, [BACKGROUND_PERCENTILE, TOP_PERCENTILE])
        backgrounds.append(float(background))
        spans += [float(top - background), NOISE_LEVELS * _noise(channel)]
    return IntensityRange(tuple(backgrounds), max(spans))


def normalize(
    image: NDArray[np.uint8] | NDArray[np.uint16], intensity: IntensityRange
) -> NDArray[np.float32]:
    """Return an image or a part of it as (3, H, W): background 0, the brightest about 1.

    Grey images fill all three channels.
    """
    background = np.array(intensity.background, np.float32)[:, None, None]
    linear = (image.astype(np.float32) - background) / np.float32(intensity.span)
    compressed = np.arcsinh(COMPRESSION * linear) / np.arcsinh(COMPRESSION)
    return np.broadcast_to(compressed, (3, *image.shape[1:])).astype(np.float32)


def _noise(channel: NDArray[np.uint8] | NDArray[np.uint16]) -> float:
    """Return the noise's standard deviation, from differences of neighbours (objects cancel)."""
    rows = channel[:: max(1, channel.size // SAMPLED_PIXELS)].astype(np.float32)
    differences = np.diff(rows, axis=1)
    if differences.size == 0:
        return 0.0
    return float(MAD_TO_SIGMA * np.median(np.abs(differences)) / np.sqrt(2))
