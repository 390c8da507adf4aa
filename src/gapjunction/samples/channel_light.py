"""Where the light of objects is: whether a stain keeps to its channel, or has a mixed color.

What shines in other channels more than the stain does, and in the same shape, is autofluorescence:
only a picture in color tells it from a stained object.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, centers
from gapjunction.samples.intensity import without_color

RING_PX = 3  # around a box; its darker part is the background
BACKGROUND_PERCENTILE = 15
STAIN_PERCENTILE = 20  # of the objects' light in a channel; at least so many are stained
# A channel lacks the stain if it has less of the light of stained objects than this.
STAINED_SHARE = 0.3
SAME_PX = 3.0  # between the middles of one object in two channels
# Optics and the compression of colors let light through to other channels. Objects of which half
# have so many times their light in another channel are echoes.
ECHOED = 2.5
LEAST_LIGHT = 0.5  # grey values
FEWEST = 3  # objects; fewer say nothing
# An object shines elsewhere if it has so much more of its light in another channel than the stain
# has there, relative to that in its own, and if the pixels of both go together like this.
MORE_LIGHT, SAME_SHAPE = 0.5, 0.9
LOW_PERCENTILE = 25  # of the shares of objects of which most are stained
TINY = 1e-6

Image = NDArray[np.uint8] | NDArray[np.uint16]


def light_in_channels(image: Image, boxes: BoxArray) -> NDArray[np.float64]:
    """Return the light (N, C) of the objects in boxes (N, 4) of an image (C, H, W).

    It is the mean in a box less the background around it, in grey values.
    """
    height, width = image.shape[1:]
    light = np.zeros((len(boxes), len(image)))
    for own, (left, top, right, bottom) in zip(light, np.rint(boxes).astype(np.int64), strict=True):
        x0, y0 = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
        inside = image[:, y0 : max(bottom, y0 + 1), x0 : max(right, x0 + 1)]
        x0, y0 = max(x0 - RING_PX, 0), max(y0 - RING_PX, 0)
        around = image[:, y0 : bottom + RING_PX, x0 : right + RING_PX]
        background = np.percentile(around, BACKGROUND_PERCENTILE, axis=(1, 2))
        own[:] = inside.mean(axis=(1, 2)) - background
    return light


def is_bleed_through(light: NDArray[np.float64], channel: int) -> bool:
    """Tell whether objects of a channel, with their light (N, C), are but echoes of another's."""
    relative = light / np.maximum(light[:, [channel]], LEAST_LIGHT)
    return len(light) > 0 and bool(np.median(relative.max(axis=1)) > ECHOED)


def channels_without_stain(light: NDArray[np.float64], channel: int) -> NDArray[np.bool_]:
    """Return which channels (C,) the stain of `channel` does not show in.

    The objects are given with their light (N, C). With few of them it is none.
    """
    if len(light) < FEWEST:
        return np.zeros(light.shape[1], np.bool_)
    relative = light / np.maximum(light[:, [channel]], LEAST_LIGHT)
    is_without = np.percentile(relative, STAIN_PERCENTILE, axis=0) < STAINED_SHARE
    is_without[channel] = False
    return is_without


def are_among(boxes: BoxArray, others: BoxArray) -> NDArray[np.bool_]:
    """Return which of the boxes (N, 4) have their middle where one of the others (M, 4) has it."""
    between = centers(boxes)[:, None] - centers(others)[None]
    is_near: NDArray[np.bool_] = (np.hypot(between[..., 0], between[..., 1]) < SAME_PX).any(axis=1)
    return is_near


@dataclass(frozen=True, slots=True, eq=False)
class LightElsewhere:
    """How the light of objects in one channel goes with that in all channels, itself included.

    Attributes:
        shares: (N, C), grey values in a channel for one in their own, by least squares.
        correlations: (N, C), of the pixels in and around a box.
    """

    shares: NDArray[np.float64]
    correlations: NDArray[np.float64]

    def of(self, is_chosen: NDArray[np.bool_]) -> "LightElsewhere":
        """Return that of the chosen objects (N,)."""
        return LightElsewhere(self.shares[is_chosen], self.correlations[is_chosen])


def pooled(parts: Sequence[LightElsewhere]) -> LightElsewhere:
    """Return the light of the objects of several images, which have the same channels."""
    return LightElsewhere(
        np.concatenate([part.shares for part in parts]),
        np.concatenate([part.correlations for part in parts]),
    )


def light_elsewhere(image: Image, channel: int, boxes: BoxArray) -> LightElsewhere:
    """Return how the light in boxes (N, 4) of a channel of an image (C, H, W) goes with others."""
    height, width = image.shape[1:]
    shares, correlations = np.zeros((2, len(boxes), len(image)))
    for row, (left, top, right, bottom) in enumerate(np.rint(boxes).astype(np.int64)):
        y0, y1 = max(top - RING_PX, 0), min(bottom + RING_PX, height)
        x0, x1 = max(left - RING_PX, 0), min(right + RING_PX, width)
        pixels = image[:, y0:y1, x0:x1].reshape(len(image), -1).astype(np.float64)
        pixels -= pixels.mean(axis=1, keepdims=True)
        together, power = pixels @ pixels[channel], (pixels**2).sum(axis=1)
        shares[row] = together / max(power[channel], TINY)
        correlations[row] = together / np.sqrt(np.maximum(power * power[channel], TINY))
    return LightElsewhere(shares, correlations)


def stain_shares(light: LightElsewhere) -> tuple[float, ...] | None:
    """Return how much of a stain's light is in each channel, from stained objects; None if few.

    Some of the objects may not be stained: these have more light in other channels.
    """
    if len(light.shares) < FEWEST:
        return None
    low: list[float] = np.percentile(light.shares, LOW_PERCENTILE, axis=0).tolist()
    return tuple(low)


def shines_elsewhere(light: LightElsewhere, stain: Sequence[float]) -> NDArray[np.bool_]:
    """Return which objects (N,) shine in another channel more than a stain with these shares."""
    has_more = light.shares > np.asarray(stain) + MORE_LIGHT
    shines: NDArray[np.bool_] = np.any(has_more & (light.correlations > SAME_SHAPE), axis=1)
    return shines


def are_autofluorescent(
    image: Image, channel: int, boxes: BoxArray, stain: Sequence[float]
) -> NDArray[np.bool_]:
    """Return which boxes (N, 4) in a channel of an image (C, H, W) hold no stain of these shares.

    In an image of a single hue nothing tells, so that none does.
    """
    is_grey = len(image) == 1 or len(without_color(image)) == 1
    if is_grey or not len(boxes):
        return np.zeros(len(boxes), np.bool_)
    return shines_elsewhere(light_elsewhere(image, channel, boxes), stain)
