"""Images with the outlines of their true and their predicted mask."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gapjunction.dataset.masks import ClassMap
from gapjunction.images.pictures import ImageArray
from gapjunction.overlays.boxed_image import ENLARGE_BELOW, ENLARGEMENT, brightened_rgb

# Light blue and orange of Okabe & Ito's color-blind safe palette; in grey the dashes tell.
TRUTH, PREDICTION = (86, 180, 233), (230, 159, 0)
DASH_PX = 3
WRONG_GREY = 70  # of pixels with the wrong class, where there is no image to show
CAPTION = (("solid: truth", TRUTH), ("dashed: prediction", PREDICTION))
CAPTION_HEIGHT_PX, CAPTION_COLUMN_PX = 16, 90


def mask_overlay(
    truth: ClassMap, predicted: ClassMap, image: ImageArray | None = None
) -> Image.Image:
    """Return the outlines of two class maps (H, W) on the image (C, H, W), brightened.

    Without an image the ground is black, and grey where the two maps differ. Small images are
    enlarged. A caption stands above.
    """
    if image is None:
        wrong = np.where(truth != predicted, WRONG_GREY, 0).astype(np.uint8)
        ground = np.repeat(wrong[..., None], 3, axis=-1)
    else:
        ground = brightened_rgb(image).copy()
    scale = ENLARGEMENT if max(truth.shape) < ENLARGE_BELOW else 1
    ground = ground.repeat(scale, axis=0).repeat(scale, axis=1)
    ground[outline(truth.repeat(scale, axis=0).repeat(scale, axis=1))] = TRUTH
    is_dashed = outline(predicted.repeat(scale, axis=0).repeat(scale, axis=1))
    rows, columns = np.ogrid[: ground.shape[0], : ground.shape[1]]
    is_dashed &= (rows // DASH_PX + columns // DASH_PX) % 2 == 0
    ground[is_dashed] = PREDICTION
    return _captioned(ground)


def outline(classes: ClassMap) -> NDArray[np.bool_]:
    """Mark the pixels (H, W) of a class that have a neighbor (of 4) of another, or of none."""
    padded = np.pad(classes, 1)
    height, width = classes.shape
    is_edge = np.zeros(classes.shape, bool)
    for y, x in ((0, 1), (2, 1), (1, 0), (1, 2)):
        is_edge |= padded[y : y + height, x : x + width] != classes
    return is_edge & (classes > 0)


def _captioned(pixels: NDArray[np.uint8]) -> Image.Image:
    height, width = pixels.shape[:2]
    picture = Image.new("RGB", (width, height + CAPTION_HEIGHT_PX))
    picture.paste(Image.fromarray(pixels), (0, CAPTION_HEIGHT_PX))
    draw = ImageDraw.Draw(picture)
    for column, (text, color) in enumerate(CAPTION):
        draw.text((2 + column * CAPTION_COLUMN_PX, 2), text, fill=color)
    return picture
