"""A stack seen from above, colored by depth, with the plaques that were linked in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gapjunction.dataset.names import as_file_name
from gapjunction.images.pictures import ImageArray
from gapjunction.overlays.boxed_image import brightened_rgb
from gapjunction.overlays.caption import Item, bar_item, font_for, text_item
from gapjunction.stacks.linking import Plaque
from gapjunction.text import counted

DEPTH_COLORS, BRIGHT_PART = "turbo", (0.1, 0.9)  # its ends are too dark to be seen on black
SCALE_PX, MARGIN_PX = 12, 3  # height of the scale of depth; around its text
ENLARGE_BELOW, ENLARGEMENT = 1200, 2


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """The maximum of a stack along z.

    Attributes:
        grey: (H, W), the brightest channel of the brightest slice.
        numbers: (H, W), of the slice that it is from.
        first, last: numbers of the stack's slices.
    """

    grey: NDArray[np.uint8] | NDArray[np.uint16]
    numbers: NDArray[np.int64]
    first: int
    last: int

    def share(self, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how deep slices lie: 0 for the first, 1 for the last."""
        return (numbers - self.first) / max(self.last - self.first, 1)


def project(slices: Iterable[tuple[int, ImageArray]]) -> Projection:
    """Return the projection of slices (C, H, W), each with its number; one at a time is held.

    Raises:
        ValueError: if there is none, or if two differ in size.
    """
    grey: NDArray[np.uint8] | NDArray[np.uint16] | None = None
    numbers = np.zeros(0, np.int64)
    seen: list[int] = []
    for number, image in slices:
        plane = image.max(axis=0)
        seen.append(number)
        if grey is None:
            grey, numbers = plane.copy(), np.full(plane.shape, number, np.int64)
            continue
        if plane.shape != grey.shape:
            raise ValueError(f"expected slices of {grey.shape}, got one of {plane.shape}")
        is_brighter = plane > grey
        grey[is_brighter], numbers[is_brighter] = plane[is_brighter], number
    if grey is None:
        raise ValueError("expected at least one slice")
    return Projection(grey, numbers, min(seen), max(seen))


def stack_overlay(
    projection: Projection, plaques: Sequence[Plaque], um_per_px: float | None = None
) -> Image.Image:
    """Return the projection, its colors telling the depth, with a box around each plaque.

    A box holds those of all slices, in the color of the plaque's best slice. Below are the scale
    of depth and the number of plaques; a scale bar is there where the side of a pixel is known.
    """
    hue = _colors(projection.share(projection.numbers))
    light = brightened_rgb(projection.grey[None])
    picture = Image.fromarray(np.rint(hue * light).astype(np.uint8))
    factor = ENLARGEMENT if max(picture.size) < ENLARGE_BELOW else 1
    picture = picture.resize((picture.width * factor, picture.height * factor))
    draw = ImageDraw.Draw(picture)
    for plaque in plaques:
        low, high = plaque.boxes[:, :2].min(axis=0), plaque.boxes[:, 2:].max(axis=0)
        (x0, y0), (x1, y1) = (low * factor - 1).tolist(), (high * factor).tolist()
        depth = projection.share(plaque.numbers[[plaque.best]])
        draw.rectangle((x0, y0, x1, y1), outline=_as_rgb(_colors(depth)[0]))
    font = font_for(picture)
    items = [text_item(counted(len(plaques), "plaque"), font)]
    if um_per_px is not None:
        items.append(bar_item(picture.width, um_per_px / factor, font))
    return _with_scale(picture, projection, items)


def stack_overlay_name(dataset: str, asset: str) -> str:
    """Return what the picture of a stack is called; a stack of no dataset has "" for one."""
    return f"{as_file_name('_'.join(filter(None, (dataset, asset))))}.png"


def _with_scale(picture: Image.Image, projection: Projection, items: Sequence[Item]) -> Image.Image:
    """Return the picture with a scale below it, from the first slice to the last, and items."""
    font = font_for(picture)
    text_px = round(font.size) + 2 * MARGIN_PX
    whole = Image.new("RGB", (picture.width, picture.height + SCALE_PX + text_px))
    whole.paste(picture, (0, 0))
    ramp = _colors(np.linspace(0, 1, picture.width))[None]
    strip = np.rint(255 * ramp).astype(np.uint8).repeat(SCALE_PX, axis=0)
    whole.paste(Image.fromarray(strip), (0, picture.height))
    draw, middle = ImageDraw.Draw(whole), picture.height + SCALE_PX + text_px / 2
    right = picture.width - MARGIN_PX
    draw.text((MARGIN_PX, middle), f"slice {projection.first}", anchor="lm", font=font)
    draw.text((right, middle), f"slice {projection.last}", anchor="rm", font=font)
    for number, item in enumerate(items, start=1):
        center = picture.width * number / (len(items) + 1)
        item.draw(draw, center - item.width / 2, middle)
    return whole


def _colors(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colors (..., 3), 0 to 1, of depths (...), from 0 to 1."""
    low, high = BRIGHT_PART
    colors: NDArray[np.float64] = colormaps[DEPTH_COLORS](low + depth * (high - low))[..., :3]
    return colors


def _as_rgb(color: NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = np.rint(255 * color).astype(int).tolist()
    return red, green, blue
