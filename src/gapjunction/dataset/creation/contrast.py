"""One contrast for all images of an asset: which values become 0 and 255, channel by channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.images.pixel_depth import TOP, WHITE_PERCENTILE

TOP_8_BITS = 255

_Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ChannelContrast:
    """The value that becomes 0 and the one that becomes 255; what is beyond is cut off there."""

    black: float
    white: float

    def stretched(self, channel: NDArray[Any]) -> NDArray[np.uint8]:
        """Map a channel (H, W) linearly."""
        factor = np.float32(TOP_8_BITS / max(self.white - self.black, 1.0))
        scaled = (channel.astype(np.float32) - np.float32(self.black)) * factor
        return np.asarray(np.clip(np.rint(scaled), 0, TOP_8_BITS), np.uint8)


def measured_contrast(images: Iterable[NDArray[np.uint16]]) -> list[ChannelContrast]:
    """Return the contrast of each channel over images (C, H, W), whose number of channels is one.

    Black is the lowest value of all, white the 99.99th percentile: one pixel in 10,000 may be
    cut off, so that a hot pixel or a saturated speck does not darken the rest. Where most is of
    one value, white is the highest.

    Raises:
        ValueError: if there is no image, or their numbers of channels differ.
    """
    counts: list[_Counts] = []
    for image in images:
        own = [np.bincount(channel.ravel(), minlength=TOP + 1) for channel in image]
        if not counts:
            counts = own
        else:
            counts = [known + more for known, more in zip(counts, own, strict=True)]
    if not counts:
        raise ValueError("expected at least one image")
    return [_contrast(each) for each in counts]


def stretched_to_8_bits(
    image: NDArray[Any], contrasts: Sequence[ChannelContrast]
) -> NDArray[np.uint8]:
    """Return an image (C, H, W) with 8 bits."""
    pairs = zip(contrasts, image, strict=True)
    return np.stack(list(starmap(ChannelContrast.stretched, pairs)))


def _contrast(counts: _Counts) -> ChannelContrast:
    values = np.flatnonzero(counts)
    black, highest = int(values[0]), int(values[-1])
    num_up_to = np.cumsum(counts)
    white = int(np.searchsorted(num_up_to, num_up_to[-1] * WHITE_PERCENTILE / 100))
    return ChannelContrast(black, white if white > black else highest)
