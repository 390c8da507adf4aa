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
    image: NDArray[np.uint8] | NDArray[np.uint16], found: Detections, colors: Sequence[str]
) -> Image.Image:
    """Return the image (C, H, W), brightened, with each box in the colour of its class."""
    picture = Image.fromarray(brightened_rgb(image))
    scale = ENLARGEMENT if max(picture.size) < ENLARGE_BELOW else 1
    picture = picture.resize((picture.width * scale, picture.height * scale))
    draw = ImageDraw.Draw(picture)
    for (x0, y0, x1, y1), label in zip(found.boxes.tolist(), found.labels.tolist(), strict=True):
        # The line runs around the object, not over it.
        corners = (x0 * scale - 1, y0 * scale - 1, x1 * scale, y1 * scale)
        draw.rectangle(corners, outline=colors[label])
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
