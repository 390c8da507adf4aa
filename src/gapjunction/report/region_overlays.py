"""Images with their regions, and the plaques that were found in them."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from gapjunction.measurement.regions import Region
from gapjunction.overlays.caption import font_for
from gapjunction.overlays.counted_image import Counted, ShownImage, boxed, finished
from gapjunction.report.mask_overlays import outline

# Of Okabe & Ito's color-blind safe palette.
COLORS = ((230, 159, 0), (240, 228, 66), (204, 121, 167), (213, 94, 0), (0, 158, 115))
DARKENED = 0.5  # what no region holds


def region_overlay(shown: ShownImage, counted: Counted, regions: Sequence[Region]) -> Image.Image:
    """Return what `prediction_overlay` returns, and regions with outlines and names in it.

    What lies in no region is darkened.
    """
    picture = boxed(shown, counted)
    height, width = shown.pixels.shape[-2:]
    scale = picture.width // width
    pixels = np.array(picture)
    is_outside = np.ones((height, width), bool)
    for region in regions:
        is_outside &= ~region.window(0, 0, height, width)
    pixels[is_outside.repeat(scale, axis=0).repeat(scale, axis=1)] //= round(1 / DARKENED)
    for number, region in enumerate(regions):
        mask = region.window(0, 0, height, width).repeat(scale, axis=0).repeat(scale, axis=1)
        pixels[outline(mask.astype(np.uint16))] = COLORS[number % len(COLORS)]
    named = Image.fromarray(pixels)
    draw = ImageDraw.Draw(named)
    for number, region in enumerate(regions):
        corner = (region.x0 * scale + 2, region.y0 * scale + 2)
        color = COLORS[number % len(COLORS)]
        draw.text(corner, region.name, fill=color, font=font_for(picture))
    return finished(named, shown, counted)
