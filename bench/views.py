"""Grey images of a color image, as methods for one channel need them."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.examples import Example
from gapjunction.config import StrictConfig

GreyImage = NDArray[np.float32]

BLACK_PERCENTILE, WHITE_PERCENTILE = 1.0, 99.8
LEAST_SPAN = 1e-3  # of an image that is black all over
MARGIN_PX = 4  # around a box, where its background is measured


class View(StrictConfig):
    """How a color image is made grey.

    Attributes:
        channel: index of the connexin's channel.
        kind: that channel alone; the same minus the mean of the two others, which takes away
            what glows in all colors; or the brightest of the three.
        is_stretched: whether grey values are divided by the image's range of them.
    """

    channel: int
    kind: Literal["connexin", "connexin_minus_others", "brightest"] = "connexin"
    is_stretched: bool = False

    def of(self, pixels: NDArray[np.uint8]) -> GreyImage:
        """Return the view (H, W) of an image (3, H, W); 8 bits become 0 to 1."""
        image = pixels.astype(np.float32) / np.float32(255)
        if self.kind == "brightest":
            grey = image.max(axis=0)
        else:
            grey = image[self.channel]
            if self.kind == "connexin_minus_others":
                others = (image.sum(axis=0) - grey) / 2
                grey = np.maximum(grey - others, 0)
        if self.is_stretched:
            grey = grey / np.float32(span_of(grey))
        return np.asarray(grey, np.float32)


def span_of(grey: GreyImage) -> float:
    """Return the range of an image's grey values, without the few brightest and darkest."""
    black, white = np.percentile(grey, [BLACK_PERCENTILE, WHITE_PERCENTILE])
    return max(float(white - black), LEAST_SPAN)


def views_for(examples: Sequence[Example]) -> list[View]:
    """Return the views to choose from, not stretched.

    The connexin's channel is where boxes stand out most. Filters are linear, so that stretching
    an image is the same as dividing their response, which methods try without filtering again.
    """
    channel = find_channel(examples)
    return [
        View(channel=channel),
        View(channel=channel, kind="connexin_minus_others"),
        View(channel=channel, kind="brightest"),
    ]


def find_channel(examples: Sequence[Example]) -> int:
    """Return the channel whose brightest pixel in a box exceeds the surroundings' median most."""
    contrasts = np.zeros(3)
    for example in examples:
        height, width = example.pixels.shape[1:]
        for x0, y0, x1, y1 in np.rint(example.truth.boxes).astype(int).tolist():
            box = example.pixels[:, max(0, y0) : y1, max(0, x0) : x1]
            around = example.pixels[
                :,
                max(0, y0 - MARGIN_PX) : min(height, y1 + MARGIN_PX),
                max(0, x0 - MARGIN_PX) : min(width, x1 + MARGIN_PX),
            ]
            if box.size:
                contrasts += box.max(axis=(1, 2)) - np.median(around, axis=(1, 2))
    return int(contrasts.argmax())
