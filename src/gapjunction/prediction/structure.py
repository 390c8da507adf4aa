"""Finds blobs of any size in an image without a network, to say that a detector passed them by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SIDE_PX = 1024  # the middle of an image, so large, is looked at
SMOOTHED_PX = 1.5
NUM_BINS = 256
MIN_CONTRAST = 2.0  # between blobs and ground, in standard deviations of the noise
MIN_SIDE_PX = 6.0
MAX_SIDE_SHARE = 0.25  # of the image; what is larger is ground, or light from elsewhere
MIN_BLOBS = 5


@dataclass(frozen=True, slots=True)
class Blobs:
    """Blobs that stand out from their ground.

    Attributes:
        num: how many.
        side_px: the usual side of one.
        are_dark: they are darker than their ground.
    """

    num: int
    side_px: float
    are_dark: bool


def find_blobs(image: NDArray[np.uint8] | NDArray[np.uint16]) -> Blobs | None:
    """Return the blobs in the middle of an image (C, H, W), None if there are hardly any.

    Blobs and ground are the two sides of Otsu's threshold (Otsu 1979) of the smoothed image; the
    side that takes less of the image is the blobs'.
    """
    pixels = _middle(image).max(axis=0).astype(np.float32)
    smooth = ndimage.gaussian_filter(pixels, SMOOTHED_PX)
    noise = float(np.std(pixels - smooth))
    is_bright = smooth > _otsu(smooth)
    share = is_bright.mean()
    if not 0 < share < 1:
        return None
    contrast = smooth[is_bright].mean() - smooth[~is_bright].mean()
    if contrast < MIN_CONTRAST * noise:
        return None
    are_dark = bool(share > 0.5)  # noqa: PLR2004 - the larger part
    sides = _sides(~is_bright if are_dark else is_bright)
    is_blob = (sides >= MIN_SIDE_PX) & (sides <= MAX_SIDE_SHARE * min(pixels.shape))
    num = int(is_blob.sum())
    return Blobs(num, float(np.median(sides[is_blob])), are_dark) if num >= MIN_BLOBS else None


def _middle(
    image: NDArray[np.uint8] | NDArray[np.uint16],
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    height, width = image.shape[-2:]
    y0, x0 = max(height - SIDE_PX, 0) // 2, max(width - SIDE_PX, 0) // 2
    return image[:, y0 : y0 + SIDE_PX, x0 : x0 + SIDE_PX]


def _otsu(values: NDArray[np.float32]) -> float:
    """Return the threshold between two groups of values that differ most in their means."""
    counts, edges = np.histogram(values, NUM_BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    num_below = np.cumsum(counts)[:-1]
    num_above = counts.sum() - num_below
    sum_below = np.cumsum(counts * middles)[:-1]
    sum_above = (counts * middles).sum() - sum_below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = num_below * num_above * (sum_below / num_below - sum_above / num_above) ** 2
    return float(edges[1:-1][np.argmax(np.nan_to_num(between))])


def _sides(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each connected part of a mask the side of a square as large as its box."""
    labels, _ = ndimage.label(mask)
    found = ndimage.find_objects(labels)
    areas = [(y.stop - y.start) * (x.stop - x.start) for y, x in found]
    return np.sqrt(np.array(areas, np.float64))
