"""Images with the boxes that were found in them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gapjunction.boxes import BoxArray
from gapjunction.detections import Detections
from gapjunction.overlays.caption import draw_dashed_box

TOP_PERCENTILE, GROUND_PERCENTILE = 99.9, 10.0
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
    annotations: BoxArray | None = None,
) -> Image.Image:
    """Return the image (C, H, W), brightened, with boxes.

    Args:
        image: grey or color.
        found: the boxes to draw.
        colors: "#RRGGBB" for each box.
        max_side_px: the picture's longer side at most, where it matters.
        line_px: width of the lines in the picture, whatever its size.
        annotations: boxes (N, 4) to draw dashed and white, below the others.
    """
    picture = Image.fromarray(brightened_rgb(image))
    side = max(picture.size)
    scale: float = ENLARGEMENT if side < ENLARGE_BELOW else 1
    if max_side_px is not None:
        scale = min(scale, max_side_px / side)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    draw = ImageDraw.Draw(picture)
    for box in () if annotations is None else annotations.tolist():
        draw_dashed_box(draw, _around(box, scale, 1), "#FFFFFF")
    for box, color in zip(found.boxes.tolist(), colors, strict=True):
        draw.rectangle(_around(box, scale, line_px), outline=color, width=line_px)
    return picture


def _around(box: Sequence[float], scale: float, line_px: int) -> tuple[float, float, float, float]:
    """Return the corners of a line that runs around an object, not over it."""
    x0, y0, x1, y1 = box
    far = line_px - 1
    return x0 * scale - line_px, y0 * scale - line_px, x1 * scale + far, y1 * scale + far


def brightened_rgb(image: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return (H, W, 3) with the grey values that occur spread over 0 to 255.

    Of color, each channel's own ground is black: brightened, it would lie on all as a grey veil.
    """
    sample = image[:, ::SAMPLE_STEP, ::SAMPLE_STEP]
    high = float(np.percentile(sample, TOP_PERCENTILE))
    is_color = len(image) > 1
    low = np.percentile(sample, GROUND_PERCENTILE if is_color else 0, axis=(1, 2))
    levels = np.arange(np.iinfo(image.dtype).max + 1)
    share = np.clip((levels - low[:, None]) / np.maximum(high - low, 1.0)[:, None], 0, 1)
    lookups = np.rint(255 * share**BRIGHTENING).astype(np.uint8)
    shown = np.stack([lookup[own] for lookup, own in zip(lookups, image, strict=True)], axis=-1)
    return np.ascontiguousarray(np.broadcast_to(shown, (*shown.shape[:2], 3)))
