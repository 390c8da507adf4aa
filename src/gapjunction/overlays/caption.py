"""A strip below a picture that says what is drawn in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gapjunction.overlays.bar_length import BAR_SHARE, length_text, round_length
from gapjunction.overlays.fonts import font_of_size

# Rises in brightness as in score, and stands out of the blue, cyan and green of stains.
SCORE_COLORS, SHOWN_PART = "plasma", (0.5, 1.0)
TEXT_SHARE, SMALLEST_TEXT_PX, LARGEST_TEXT_PX = 0.018, 11, 24
SCALE_STEPS = 100
GAP = 1.2  # between items, and PAD around them, in heights of the text
PAD = 0.35
DASH_PX = 4
GROUND, TEXT = (0, 0, 0), (235, 235, 235)


class Item(NamedTuple):
    """A part of a caption: its width in px, and what draws it at x, y."""

    width: float
    draw: Callable[[ImageDraw.ImageDraw, float, float], None]


@dataclass(frozen=True, slots=True)
class Caption:
    """What a caption says.

    Attributes:
        counts: words, and the color of the boxes that they are about; None where scores color them.
        lowest_score: the first end of the scale of scores; None where there is no scale.
        has_annotations: whether dashed boxes show what people marked.
        um_per_px: of the picture, for a scale bar; None where it is not known.
    """

    counts: Sequence[tuple[str, str | None]]
    lowest_score: float | None
    has_annotations: bool
    um_per_px: float | None = None


def score_colors(scores: NDArray[np.float32], lowest: float) -> list[str]:
    """Return "#RRGGBB" for each of the scores (N,), from `lowest` to 1."""
    low, high = SHOWN_PART
    span = max(1 - lowest, float(np.finfo(np.float32).eps))
    share = np.clip((scores - lowest) / span, 0, 1)
    return [to_hex(color) for color in colormaps[SCORE_COLORS](low + share * (high - low))]


def captioned(picture: Image.Image, caption: Caption) -> Image.Image:
    """Return the picture with a caption below it, in as many lines as it needs."""
    font = font_for(picture)
    size = round(font.size)
    items = [text_item(words, font, color) for words, color in caption.counts]
    if caption.lowest_score is not None:
        items.append(_score_item(caption.lowest_score, font))
    if caption.has_annotations:
        items.append(_dashes_item(font))
    if caption.um_per_px is not None:
        items.append(bar_item(picture.width, caption.um_per_px, font))
    rows = _rows(items, picture.width, size)
    row_height = size + 2 * round(PAD * size)
    whole = Image.new("RGB", (picture.width, picture.height + row_height * len(rows)), GROUND)
    whole.paste(picture, (0, 0))
    draw = ImageDraw.Draw(whole)
    for number, row in enumerate(rows):
        x = PAD * size
        for item in row:
            item.draw(draw, x, picture.height + (number + 0.5) * row_height)
            x += item.width + GAP * size
    return whole


def font_for(picture: Image.Image) -> ImageFont.FreeTypeFont:
    """Return the font of text below a picture, in a size that suits its own."""
    size = min(max(TEXT_SHARE * picture.width, SMALLEST_TEXT_PX), LARGEST_TEXT_PX)
    return font_of_size(round(size))


def text_item(words: str, font: ImageFont.FreeTypeFont, color: str | None = None) -> Item:
    """Return words, in the color of text if none is given."""

    def draw(on: ImageDraw.ImageDraw, x: float, y: float) -> None:
        on.text((x, y), words, fill=color or TEXT, font=font, anchor="lm")

    return Item(font.getlength(words), draw)


def bar_item(width_px: int, um_per_px: float, font: ImageFont.FreeTypeFont) -> Item:
    """Return a scale bar for a picture of this width, where it hides nothing."""
    length_um = round_length(BAR_SHARE * width_px * um_per_px)
    bar, words = length_um / um_per_px, f"  {length_text(length_um)}"

    def draw(on: ImageDraw.ImageDraw, x: float, y: float) -> None:
        half = max(1, round(font.size / 8))
        on.rectangle((x, y - half, x + bar - 1, y + half - 1), fill=TEXT)
        on.text((x + bar, y), words, fill=TEXT, font=font, anchor="lm")

    return Item(bar + font.getlength(words), draw)


def draw_dashed_box(
    draw: ImageDraw.ImageDraw, corners: tuple[float, float, float, float], color: str
) -> None:
    """Draw a box of dashes, one pixel wide."""
    x0, y0, x1, y1 = (round(value) for value in corners)
    for x in range(x0, x1 + 1, 2 * DASH_PX):
        for y in (y0, y1):
            draw.line((x, y, min(x + DASH_PX - 1, x1), y), fill=color)
    for y in range(y0, y1 + 1, 2 * DASH_PX):
        for x in (x0, x1):
            draw.line((x, y, x, min(y + DASH_PX - 1, y1)), fill=color)


def _rows(items: Sequence[Item], width: int, size: int) -> list[list[Item]]:
    rows: list[list[Item]] = [[]]
    x = PAD * size
    for item in items:
        if rows[-1] and x + item.width > width:
            rows.append([])
            x = PAD * size
        rows[-1].append(item)
        x += item.width + GAP * size
    return rows


def _score_item(lowest: float, font: ImageFont.FreeTypeFont) -> Item:
    """Return the scale of scores, from the lowest to 1."""
    before, after = f"score {lowest:.2f}  ", "  1"
    left, bar = font.getlength(before), 6 * font.size
    colors = score_colors(np.linspace(lowest, 1, SCALE_STEPS, dtype=np.float32), lowest)

    def draw(on: ImageDraw.ImageDraw, x: float, y: float) -> None:
        on.text((x, y), before, fill=TEXT, font=font, anchor="lm")
        for number, color in enumerate(colors):
            place = x + left + number * bar / SCALE_STEPS
            end = place + bar / SCALE_STEPS
            on.rectangle((place, y - font.size / 3, end, y + font.size / 3), fill=color)
        on.text((x + left + bar, y), after, fill=TEXT, font=font, anchor="lm")

    return Item(left + bar + font.getlength(after), draw)


def _dashes_item(font: ImageFont.FreeTypeFont) -> Item:
    words, side = "  annotated", font.size * 0.8

    def draw(on: ImageDraw.ImageDraw, x: float, y: float) -> None:
        draw_dashed_box(on, (x, y - side / 2, x + side, y + side / 2), "#FFFFFF")
        on.text((x + side, y), words, fill=TEXT, font=font, anchor="lm")

    return Item(side + font.getlength(words), draw)
