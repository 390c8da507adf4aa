"""Images with their regions, and the plaques that were found in them."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.regions import Region
from gapjunction.report.mask_overlays import outline
from gapjunction.report.overlays import overlay

# Of Okabe & Ito's colour-blind safe palette, without the light blue of gap junctions.
COLORS = ((230, 159, 0), (240, 228, 66), (204, 121, 167), (213, 94, 0), (0, 158, 115))
DARKENED = 0.5  # what no region holds


def region_overlay(
    image: ImageArray, found: Detections, colors: Sequence[str], regions: Sequence[Region]
) -> Image.Image:
    """Return the image (C, H, W) with boxes, and regions with outlines and names.

    What lies in no region is darkened.
    """
    picture = overlay(image, found, colors)
    height, width = image.shape[-2:]
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
        draw.text(corner, region.name, fill=COLORS[number % len(COLORS)])
    return named
