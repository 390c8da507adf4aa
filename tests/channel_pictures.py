"""Made-up pictures with bright squares for puncta, in one channel or several."""

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, as_boxes

SIDE_PX, SPACING_PX, SPOT_PX = 128, 24, 5
BACKGROUND, LIGHT = 20, 150


def noise(*, channels: int = 3, seed: int = 0, side_px: int = SIDE_PX) -> NDArray[np.uint8]:
    """Return a dark, noisy image (C, side, side)."""
    rng = np.random.default_rng(seed)
    grey = rng.normal(BACKGROUND, 2, (channels, side_px, side_px))
    return np.clip(grey, 0, 255).astype(np.uint8)


def spots(num: int, first: int = 0) -> BoxArray:
    """Return boxes (num, 4) on a grid of 25 places."""
    places = [divmod(place, SIDE_PX // SPACING_PX) for place in range(first, first + num)]
    corners = [(8 + x * SPACING_PX, 8 + y * SPACING_PX) for y, x in places]
    return as_boxes([[x, y, x + SPOT_PX, y + SPOT_PX] for x, y in corners])


def with_spots(
    image: NDArray[np.uint8], boxes: BoxArray, channel: int, light: int = LIGHT
) -> NDArray[np.uint8]:
    """Return the image with the boxes lit up in a channel."""
    lit = image.copy()
    for x0, y0, x1, y1 in boxes.astype(int):
        lit[channel, y0:y1, x0:x1] += np.uint8(light)
    return lit


def stained(channel: int, num: int = 20) -> NDArray[np.uint8]:
    """Return a color picture with puncta in a channel, and a large bright disc in another."""
    image = with_spots(noise(), spots(num), channel)
    image[(channel + 1) % 3, 90:, 60:] += np.uint8(120)
    return image
