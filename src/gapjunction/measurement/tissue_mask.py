"""Which part of an image shows tissue: what is off the section is dark and reaches the border."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.regions import Region, whole_image

TISSUE = "tissue"
BLOCKS_A_SIDE = 256  # that the longer side is looked at in, at most
SMALLEST_BLOCK_PX = 4  # a side
SMOOTHED_BLOCKS = 1.5  # standard deviation of the Gaussian, in blocks
NUM_BINS, SMOOTHED_BINS = 128, 2.0
MIN_DEPTH = 3.0  # of the valley between dark and bright: the lower of its two peaks by its bottom
MIN_SHARE = 0.04  # of the image; smaller parts are taken for what is around them


def find_tissue(image: ImageArray) -> Region:
    """Return the part of an image (C, H, W) that shows tissue; all of it where none is off.

    Blocks of pixels are told apart by the root of their median, which puncta hardly change. If
    the histogram of the blocks has a valley, what is darker and reaches the border of the image
    lies off the section. Dark parts within tissue, such as vessels, belong to it.
    """
    height, width = image.shape[-2:]
    side = max(-(-max(height, width) // BLOCKS_A_SIDE), SMALLEST_BLOCK_PX)
    medians = np.sqrt(sum(_block_medians(plane, side) for plane in image))
    level = ndimage.gaussian_filter(medians, SMOOTHED_BLOCKS)
    threshold = _valley(level)
    if threshold is None:
        return whole_image(TISSUE, height, width)
    is_off = _parts(level <= threshold, must_reach_border=True)
    is_tissue = _parts(~is_off, must_reach_border=False)
    pixels = is_tissue.repeat(side, axis=0).repeat(side, axis=1)[:height, :width]
    return Region(TISSUE, 0, 0, pixels)


def _block_medians(plane: NDArray[np.uint8] | NDArray[np.uint16], side: int) -> NDArray[np.float64]:
    """Return the median of each block of so many pixels a side; the last ones are filled up."""
    below, beside = -plane.shape[0] % side, -plane.shape[1] % side
    filled = np.pad(plane, ((0, below), (0, beside)), mode="edge")
    rows, columns = filled.shape[0] // side, filled.shape[1] // side
    blocks = filled.reshape(rows, side, columns, side).swapaxes(1, 2)
    flat = blocks.reshape(rows, columns, -1).astype(np.float32)
    medians: NDArray[np.float64] = np.median(flat, axis=-1).astype(np.float64)
    return medians


def _valley(level: NDArray[np.float64]) -> float | None:
    """Return the value at the bottom of the first deep valley of the histogram, if there is one."""
    counts, edges = np.histogram(level, NUM_BINS)
    shown = ndimage.gaussian_filter1d(counts.astype(np.float64), SMOOTHED_BINS, mode="constant")
    highest_below = np.maximum.accumulate(shown)
    highest_above = np.maximum.accumulate(shown[::-1])[::-1]
    is_deep = np.minimum(highest_below, highest_above) >= MIN_DEPTH * shown
    share_below = np.cumsum(counts) / level.size
    is_deep &= (share_below >= MIN_SHARE) & (share_below <= 1 - MIN_SHARE)
    if not is_deep.any():
        return None
    first = int(np.argmax(is_deep))
    length = int(np.argmin(is_deep[first:])) or len(is_deep) - first
    bottom = first + int(np.argmin(shown[first : first + length]))
    return float(edges[bottom + 1])


def _parts(mask: NDArray[np.bool_], *, must_reach_border: bool) -> NDArray[np.bool_]:
    """Return the connected parts of a mask that are large enough, and reach the border if asked."""
    labels, num_parts = ndimage.label(mask)
    sizes = np.bincount(labels.ravel(), minlength=num_parts + 1)
    is_kept = sizes >= MIN_SHARE * mask.size
    if must_reach_border:
        border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        is_kept &= np.isin(np.arange(num_parts + 1), border)
    is_kept[0] = False
    kept: NDArray[np.bool_] = is_kept[labels]
    return kept
