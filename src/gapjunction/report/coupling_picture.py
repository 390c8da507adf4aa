"""An image with its cells, and lines between those that share plaques."""

import numpy as np
from PIL import Image, ImageDraw

from gapjunction.images.label_images import Labels
from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.coupling import Coupling
from gapjunction.measurement.region_counts import plaque_centers
from gapjunction.overlays.boxed_image import ENLARGE_BELOW, ENLARGEMENT, brightened_rgb

# Of Okabe & Ito's color-blind safe palette.
BORDER, LINE, ON_BORDER, ELSEWHERE = (110, 110, 110), (230, 159, 0), (240, 228, 66), (86, 180, 233)
PX_PER_PLAQUE, WIDEST_LINE_PX = 2, 12  # of lines
DOT_PX = 2


def coupling_picture(image: ImageArray, labels: Labels, coupling: Coupling) -> Image.Image:
    """Return the image (C, H, W), brightened, with the borders of its cells (H, W) and plaques.

    A line joins the middles of two cells that share plaques, the wider the more they share, with
    their number. Plaques on a border are yellow, others blue.
    """
    scale = ENLARGEMENT if max(labels.shape) < ENLARGE_BELOW else 1
    pixels = brightened_rgb(image).repeat(scale, axis=0).repeat(scale, axis=1)
    large = labels.repeat(scale, axis=0).repeat(scale, axis=1)
    is_border = np.zeros(large.shape, bool)
    is_border[:, 1:] |= large[:, 1:] != large[:, :-1]
    is_border[1:] |= large[1:] != large[:-1]
    pixels[is_border] = BORDER
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    _draw_lines(draw, coupling, scale)
    points = plaque_centers(coupling.image.found, coupling.image.size_px) * scale
    for (x, y), place in zip(points.tolist(), coupling.places, strict=True):
        color = ELSEWHERE if place.pair is None else ON_BORDER
        draw.ellipse((x - DOT_PX, y - DOT_PX, x + DOT_PX, y + DOT_PX), fill=color)
    return picture


def _draw_lines(draw: ImageDraw.ImageDraw, coupling: Coupling, scale: int) -> None:
    middles = {cell.label: (cell.x * scale, cell.y * scale) for cell in coupling.cells}
    for (one, other), number in sorted(coupling.plaques_of_pairs.items()):
        width = min(PX_PER_PLAQUE * number, WIDEST_LINE_PX)
        (x0, y0), (x1, y1) = middles[one], middles[other]
        draw.line((x0, y0, x1, y1), fill=LINE, width=width)
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        draw.text(middle, str(number), fill="white", stroke_width=2, stroke_fill="black")
