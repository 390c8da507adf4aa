"""A figure of what a page shows: the pixels, the boxes over them, and a scale bar."""

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gapjunction.overlays.bar_length import BAR_SHARE, length_text, round_length
from gapjunction.review.entries import Box, BoxState
from gapjunction.review.pyramid import Pyramid
from gapjunction.review.tiles import ChannelView, encoded, shown

MOST_SIDE = 2400  # px of the figure
COLORS: dict[BoxState, str] = {  # Okabe and Ito's
    "model": "#56B4E9",
    "accepted": "#009E73",
    "person": "#E69F00",
    "changed": "#D55E00",
}
BAR_PX, MARGIN_PX = 6, 16
FONT, FONT_PX = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 18


@dataclass(frozen=True, slots=True)
class View:
    """A part of an image in pixels of the full size."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What is drawn.

    Attributes:
        pixels: RGB (H, W, 3).
        px: pixels of the figure for each of the image.
        bar_um: length of the scale bar, and 0 without one.
    """

    pixels: NDArray[np.uint8]
    view: View
    px: float
    boxes: Sequence[Box]
    bar_um: float
    um_per_px: float

    @property
    def bar_px(self) -> float:
        """Length of the bar in pixels of the figure."""
        return self.bar_um / self.um_per_px * self.px if self.bar_um else 0.0

    def rectangle(self, box: Box) -> tuple[float, float, float, float]:
        """Return where a box is in the figure."""
        x0, y0, x1, y1 = box.box
        sides = (x0 - self.view.x0, y0 - self.view.y0, x1 - self.view.x0, y1 - self.view.y0)
        left, top, right, bottom = (side * self.px for side in sides)
        return left, top, right, bottom


def draw_figure(
    pyramid: Pyramid,
    view: View,
    views: Sequence[ChannelView],
    boxes: Sequence[Box],
    um_per_px: float | None,
) -> Figure:
    """Return the figure of a part of an image, in the finest level that is not too large.

    Raises:
        ValueError: if the part is not in the image.
    """
    height, width = pyramid.size(pyramid.num_levels - 1)
    x0, x1 = max(view.x0, 0), min(view.x1, width)
    y0, y1 = max(view.y0, 0), min(view.y1, height)
    if x0 >= x1 or y0 >= y1:
        raise ValueError("the view shows nothing of the image")
    steps = math.ceil(math.log2(max((x1 - x0) / MOST_SIDE, (y1 - y0) / MOST_SIDE, 1)))
    level = max(pyramid.num_levels - 1 - steps, 0)
    by = 2 ** (pyramid.num_levels - 1 - level)
    top, left = y0 // by, x0 // by
    bottom, right = max(y1 // by, top + 1), max(x1 // by, left + 1)
    pixels = shown(pyramid.region(level, top, bottom, left, right), views)
    enlarged = max(1, MOST_SIDE // 2 // max(pixels.shape[:2]))
    pixels = pixels.repeat(enlarged, 0).repeat(enlarged, 1)
    part = View(left * by, top * by, right * by, bottom * by)
    seen = [box for box in boxes if _is_in(box, part)]
    length = 0.0 if um_per_px is None else round_length(BAR_SHARE * (part.x1 - part.x0) * um_per_px)
    return Figure(pixels, part, enlarged / by, seen, length, um_per_px or 1.0)


def as_png(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    picture = Image.fromarray(figure.pixels)
    draw = ImageDraw.Draw(picture)
    for box in figure.boxes:
        draw.rectangle(figure.rectangle(box), outline=COLORS[box.state], width=2)
    if figure.bar_px:
        right, bottom = picture.width - MARGIN_PX, picture.height - MARGIN_PX
        draw.rectangle(
            (right - figure.bar_px, bottom - BAR_PX, right, bottom), fill="white", outline="black"
        )
        place = (right - figure.bar_px / 2, bottom - BAR_PX - 2)
        font = ImageFont.truetype(FONT, FONT_PX)  # Pillow's own has no µ
        draw.text(
            place,
            length_text(figure.bar_um),
            fill="white",
            anchor="mb",
            stroke_width=1,
            stroke_fill="black",
            font=font,
        )
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG, of which boxes and scale bar can be changed."""
    height, width = figure.pixels.shape[:2]
    content = base64.b64encode(encoded(figure.pixels, "PNG")).decode()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">',
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{content}"/>',
        *(_svg_box(figure, box) for box in figure.boxes),
    ]
    if figure.bar_px:
        x, y = width - MARGIN_PX - figure.bar_px, height - MARGIN_PX - BAR_PX
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{figure.bar_px:.1f}" height="{BAR_PX}" '
            'fill="white" stroke="black"/>'
            f'<text x="{x + figure.bar_px / 2:.1f}" y="{y - 4}" fill="white" stroke="black" '
            'stroke-width="0.3" font-family="sans-serif" font-size="18" text-anchor="middle">'
            f"{length_text(figure.bar_um)}</text>"
        )
    return "\n".join([*parts, "</svg>\n"])


def _svg_box(figure: Figure, box: Box) -> str:
    left, top, right, bottom = figure.rectangle(box)
    dashes = ' stroke-dasharray="6 3"' if box.state == "model" else ""
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}" fill="none" stroke={quoteattr(COLORS[box.state])} '
        f'stroke-width="2"{dashes}/>'
    )


def _is_in(box: Box, part: View) -> bool:
    x0, y0, x1, y1 = box.box
    return x0 < part.x1 and x1 > part.x0 and y0 < part.y1 and y1 > part.y0
