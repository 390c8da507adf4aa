"""How much light of each channel an object sends, in the grey values of its file."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.measurement.grounds import Image
from gapjunction.measurement.outlines import Outline

# What a camera of so many bits shows at most; one of 12 bits writes files of 16.
FULL_LEVELS = {1: (255,), 2: (1023, 4095, 16383, 65535)}
HALF = 0.5
REACH_SIGMAS = 3.5  # of the blur beyond an outline, which hardly any light of an object passes


@dataclass(frozen=True, slots=True)
class ChannelLight:
    """The light of an object in a channel, in grey values.

    Attributes:
        mean, highest: inside of the outline, less the background.
        integrated: of all pixels that the light of the object reaches, less the background.
        background: the mean light around it.
        num_saturated: pixels among those of the object that show as much as a camera can.
    """

    mean: float
    highest: float
    integrated: float
    background: float
    num_saturated: int


def full_levels(image: Image) -> list[int | None]:
    """Return for each channel of an image (C, H, W) the value at which it is saturated.

    It is the highest value there if that is what a camera of 8, 10, 12, 14 or 16 bits shows at
    most; else None: then nothing is saturated.
    """
    known = FULL_LEVELS.get(image.dtype.itemsize, ())
    highest = [int(channel.max()) for channel in image]
    return [value if value in known else None for value in highest]


def measure_light(
    image: Image,
    outline: Outline,
    background: NDArray[np.float64],
    sigma_px: float,
    full: list[int | None],
) -> tuple[ChannelLight, ...]:
    """Return the light of an object in each channel of an image (C, H, W).

    `background` (C,) is the light around it, `sigma_px` the blur, `full` as in `full_levels`.
    """
    pixels = image[(slice(None), *outline.window)]
    coverage = outline.coverage
    is_object = coverage >= min(HALF, float(coverage.max()))
    reach = ndimage.distance_transform_edt(~is_object) <= REACH_SIGMAS * sigma_px
    reached = is_object | (reach & outline.own)
    found = []
    for channel, ground, level in zip(pixels, background.tolist(), full, strict=True):
        net = channel.astype(np.float64) - ground
        found.append(
            ChannelLight(
                float((net * coverage).sum() / coverage.sum()),
                float(net[is_object].max()),
                float(net[reached].sum()),
                ground,
                0 if level is None else int((channel[reached] == level).sum()),
            )
        )
    return tuple(found)
