"""Tiles as a page shows them: each channel in its color, between its black and its white."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.images.microscope_scene import RGB_NAMES
from gapjunction.images.pictures import ImageArray

MOST_CHANNELS = 16
RGB_COLORS = ("FF0000", "00FF00", "0000FF")
BRIGHTENING = 0.6  # exponent; plaques of dim fields are seen beside bright ones
QUALITY = 92
PARTS = 5  # of what is said of a channel
LARGEST_VALUE = 65_535


class ChannelView(StrictConfig):
    """How one channel is shown.

    Attributes:
        index: of the channel, from 0.
        black, white: grey values that are shown as nothing, and in full.
        gamma: exponent of what lies between, as a share; below 1 brightens.
        color: RRGGBB.
    """

    index: int = Field(ge=0, lt=MOST_CHANNELS)
    black: float = Field(ge=-1, le=LARGEST_VALUE, allow_inf_nan=False)
    white: float = Field(ge=-1, le=2 * LARGEST_VALUE, allow_inf_nan=False)
    gamma: float = Field(ge=0.05, le=20, allow_inf_nan=False)
    color: str = Field(pattern=r"^[0-9A-Fa-f]{6}$")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that a page offers, with a color to begin with."""

    name: str
    color: str


def channels_of(num_channels: int) -> list[Channel]:
    """Return the channels of an image: grey, or the colors of a picture."""
    if num_channels == 1:
        return [Channel("grey", "FFFFFF")]
    return [Channel(*each) for each in zip(RGB_NAMES, RGB_COLORS, strict=True)]


def usual_views(auto: Sequence[tuple[float, float]]) -> list[ChannelView]:
    """Return how channels are shown where nobody says: between their black and white."""
    return [
        ChannelView(index=i, black=black, white=white, gamma=BRIGHTENING, color=channel.color)
        for i, ((black, white), channel) in enumerate(
            zip(auto, channels_of(len(auto)), strict=True)
        )
    ]


def parse_views(texts: Sequence[str], num_channels: int) -> list[ChannelView]:
    """Return what texts such as "0,12,240,0.6,FFFFFF" say, at most one for each channel.

    Raises:
        ValueError: if one says something else, or is of a channel that there is not.
    """
    if len(texts) > MOST_CHANNELS:
        raise ValueError(f"expected {MOST_CHANNELS} channels at most")
    views = []
    for text in texts:
        parts = text.split(",")
        if len(parts) != PARTS:
            raise ValueError(f"expected index,black,white,gamma,color, found {text[:60]!r}")
        index, black, white, gamma, color = parts
        view = ChannelView.model_validate(
            {"index": index, "black": black, "white": white, "gamma": gamma, "color": color}
        )
        if view.index >= num_channels:
            raise ValueError(f"there is no channel {view.index}")
        views.append(view)
    return views


def shown(region: ImageArray, views: Sequence[ChannelView]) -> NDArray[np.uint8]:
    """Return a region (C, h, w) as RGB (h, w, 3): the sum of the channels that are shown."""
    height, width = region.shape[1:]
    total = np.zeros((height, width, 3), np.uint16)
    for view in views:
        total += _lookup(region.dtype.itemsize, view)[region[view.index]]
    return np.minimum(total, 255).astype(np.uint8)


def encoded(pixels: NDArray[np.uint8], kind: Literal["WEBP", "PNG"] = "WEBP") -> bytes:
    """Return RGB pixels (h, w, 3) as the content of an image file."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(
        stream, kind, **({"quality": QUALITY, "method": 0} if kind == "WEBP" else {})
    )
    return stream.getvalue()


@lru_cache(maxsize=64)
def _lookup(bytes_per_value: int, view: ChannelView) -> NDArray[np.uint16]:
    """Return the color (levels, 3) of each grey value."""
    levels = np.arange(256**bytes_per_value, dtype=np.float64)
    share = np.clip((levels - view.black) / max(view.white - view.black, 1e-6), 0, 1) ** view.gamma
    color = np.array([int(view.color[at : at + 2], 16) for at in (0, 2, 4)], np.float64)
    return np.rint(share[:, None] * color).astype(np.uint16)
