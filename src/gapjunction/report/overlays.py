"""Images with the boxes that were found in them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gapjunction.detections import Detections

TOP_PERCENTILE = 99.9
BRIGHTENING = 0.6  # exponent; plaques of dim fields are seen beside bright ones
SAMPLE_STEP = 4
# Small images are shown enlarged, so that a box of one-pixel lines does not hide a 4 px object.
ENLARGE_BELOW = 1200
ENLARGEMENT = 2


def overlay(
    image: NDArray[np.uint8] | NDArray[np.uint16],
    found: Detections,
    colors: Sequence[str],
    max_side_px: int | None = None,
    line_px: int = 1,
) -> Image.Image:
    """Return the image (C, H, W), brightened, with each box in the colour of its class.

    Args:
        image: grey or colour.
        found: the boxes to draw.
        colors: "#RRGGBB" for each label.
        max_side_px: the picture's longer side at most, where it matters.
        line_px: width of the lines in the picture, whatever its size.
    """
    picture = Image.fromarray(brightened_rgb(image))
    side = max(picture.size)
    scale: float = ENLARGEMENT if side < ENLARGE_BELOW else 1
    if max_side_px is not None:
        scale = min(scale, max_side_px / side)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    draw = ImageDraw.Draw(picture)
    for (x0, y0, x1, y1), label in zip(found.boxes.tolist(), found.labels.tolist(), strict=True):
        # The line runs around the object, not over it.
        far = line_px - 1
        corners = (x0 * scale - line_px, y0 * scale - line_px, x1 * scale + far, y1 * scale + far)
        draw.rectangle(corners, outline=colors[label], width=line_px)
    return picture


def brightened_rgb(image: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return (H, W, 3) with the grey values that occur spread over 0 to 255."""
    sample = image[:, ::SAMPLE_STEP, ::SAMPLE_STEP]
    low, high = float(sample.min()), float(np.percentile(sample, TOP_PERCENTILE))
    levels = np.arange(np.iinfo(image.dtype).max + 1)
    share = np.clip((levels - low) / max(high - low, 1.0), 0, 1)
    lookup = np.rint(255 * share**BRIGHTENING).astype(np.uint8)
    shown = lookup[image].transpose(1, 2, 0)
    return np.ascontiguousarray(np.broadcast_to(shown, (*shown.shape[:2], 3)))
