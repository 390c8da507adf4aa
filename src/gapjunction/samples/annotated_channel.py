"""In which channel of images annotated objects stand out, and whether color tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.boxes import BoxArray
from gapjunction.samples.channel_light import (
    channels_without_stain,
    is_bleed_through,
    light_elsewhere,
    light_in_channels,
    pooled,
    stain_shares,
)

SPOT_PX, AROUND_PX = 1.0, 4.0  # Gaussians, whose difference spots stand out in
PEAK_PX = 5
SHINING_SHARE = 0.5  # of a spot's light, in a channel without the stain: autofluorescence
LEAST_SPREAD = 0.5  # grey values

Image = NDArray[np.uint8] | NDArray[np.uint16]
Example = tuple[Image, BoxArray]  # (C, H, W) and its annotations (N, 4)


@dataclass(frozen=True, slots=True)
class StainedChannel:
    """Where annotated objects stand out.

    Attributes:
        channel: its index.
        outstanding: by channel, the mean light in the boxes less that around them, in standard
            deviations of the channel; 0 where it is but an echo of another channel's.
        num_annotated: objects.
        num_shining: spots as bright as these, which nobody annotated and which shine in a channel
            without the stain as well: autofluorescence, which only color tells from the stain.
        stain: share of the annotated objects' light in each channel, relative to that one; None
            where they are too few to tell.
    """

    channel: int
    outstanding: tuple[float, ...]
    num_annotated: int
    num_shining: int
    stain: tuple[float, ...] | None


def stained_channel(examples: Sequence[Example]) -> StainedChannel | None:
    """Return the channel to learn from; None where nothing is annotated."""
    light = np.concatenate([light_in_channels(image, boxes) for image, boxes in examples])
    if not len(light):
        return None
    spread = np.mean([image.std(axis=(1, 2)) for image, _ in examples], axis=0)
    is_echo = np.array([is_bleed_through(light, channel) for channel in range(light.shape[1])])
    outstanding = np.where(is_echo, 0.0, light.mean(axis=0) / np.maximum(spread, LEAST_SPREAD))
    best = int(np.argmax(outstanding))
    lacks_stain = channels_without_stain(light, best)
    num_shining = sum(_num_shining(example, best, lacks_stain) for example in examples)
    elsewhere = pooled([light_elsewhere(image, best, boxes) for image, boxes in examples])
    stain = stain_shares(elsewhere)
    return StainedChannel(best, tuple(outstanding.tolist()), len(light), num_shining, stain)


def _num_shining(example: Example, channel: int, lacks_stain: NDArray[np.bool_]) -> int:
    """Return how many spots, as bright as annotated ones, shine where the stain does not."""
    image, boxes = example
    if not len(boxes) or not lacks_stain.any():
        return 0
    spots = np.stack([_spots(plane) for plane in image])
    own = spots[channel]
    is_annotated = np.zeros(own.shape, np.bool_)
    heights = []
    for x0, y0, x1, y1 in np.rint(boxes).astype(np.int64):
        inside = np.s_[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        is_annotated[inside] = True
        heights.append(own[inside].max(initial=0.0))
    is_peak = (ndimage.maximum_filter(own, PEAK_PX) == own) & (own >= np.median(heights))
    shines = (spots[lacks_stain] >= SHINING_SHARE * own).any(axis=0)
    return int((is_peak & shines & ~is_annotated).sum())


def _spots(plane: Image) -> NDArray[np.float32]:
    light = plane.astype(np.float32)
    spots: NDArray[np.float32] = ndimage.gaussian_filter(light, SPOT_PX)
    spots -= ndimage.gaussian_filter(light, AROUND_PX)
    return spots
