"""Counts spots without a network, to see whether a detector passes many by."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.images.pictures import ImageArray
from gapjunction.samples.intensity import (
    compressed,
    expanded,
    measure_intensity,
    normalize,
    without_color,
)

LOOK_PX = 512  # the middle of an image, so large, is looked at
SMALL_PX, LARGE_PX = 1.0, 3.0  # spreads of the two Gaussians: spots of 3 to 10 px pass
MIN_RISE = 0.2  # above the surroundings, in the range of intensities that a detector is shown
NEIGHBORHOOD_PX = 5
# In a crowd, what surrounds a spot is other spots: the dip to them is what tells it. In what a
# detector is shown, which is compressed, that of bright spots is small: it is taken in light. Spots
# of 6 px and more are looked for in the image at half its size.
MIN_DIP = 0.25
DIP_NEIGHBORHOOD_PX = 7
WITH_DIAGONALS = np.ones((3, 3))


def count_spots(image: ImageArray, scale: float = 1.0, least_span: float = 0.0) -> int:
    """Return how many spots stand out from their surroundings in an image (C, H, W), about.

    They are peaks of a difference of Gaussians (Marr and Hildreth 1980) of intensities as the
    detector is shown them or, where these are more, peaks of light with a dip around them, as in
    crowds; in the size that it is shown them with the factor `scale`. A large image has as many
    more as it is larger than its middle. `least_span` is as in `measure_intensity`.
    """
    height, width = image.shape[-2:]
    y0, x0 = max(height - LOOK_PX, 0) // 2, max(width - LOOK_PX, 0) // 2
    looked_at = without_color(image[:, y0 : y0 + LOOK_PX, x0 : x0 + LOOK_PX])
    intensity = measure_intensity(looked_at, least_span)
    shown = normalize(looked_at, intensity)[: len(looked_at)].max(axis=0)
    smooth = ndimage.gaussian_filter(shown, SMALL_PX / scale)
    coarse = ndimage.gaussian_filter(_halved(shown), SMALL_PX / scale)
    num_spots = max(
        _count_rises(smooth - ndimage.gaussian_filter(shown, LARGE_PX / scale), scale),
        _count_dips(smooth, scale),
        _count_dips(coarse, scale),
    )
    share_looked_at: float = shown.size / (height * width)
    return round(num_spots / share_looked_at)


def _count_rises(rise: NDArray[np.float32], scale: float) -> int:
    is_peak = (_highest_around(rise, scale) == rise) & (rise > MIN_RISE)
    return int(is_peak.sum())


def _count_dips(smooth: NDArray[np.float32], scale: float) -> int:
    """Return how many peaks of (H, W) have a dip around them."""
    is_bright = smooth > compressed(np.array(MIN_DIP, np.float32))
    peaks, _ = ndimage.label((_highest_around(smooth, scale) == smooth) & is_bright, WITH_DIAGONALS)
    places = np.flatnonzero(peaks)
    # Of what is saturated, all is highest: one place stands for it.
    _, firsts = np.unique(peaks.flat[places], return_index=True)
    rows, columns = np.unravel_index(places[firsts], smooth.shape)
    reach = _side(DIP_NEIGHBORHOOD_PX, scale) // 2
    around = sliding_window_view(np.pad(smooth, reach, mode="edge"), (2 * reach + 1,) * 2)
    lowest = around[rows, columns].min(axis=(1, 2), initial=np.inf)
    dips = expanded(smooth[rows, columns]) - expanded(lowest)
    return int((dips > MIN_DIP).sum())


def _highest_around(values: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    highest: NDArray[np.float32] = ndimage.maximum_filter(values, _side(NEIGHBORHOOD_PX, scale))
    return highest


def _side(px: int, scale: float) -> int:
    return max(round(px / scale), 3)


def _halved(shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return means of two by two pixels; a last odd row or column is left out, but a single one."""
    if min(shown.shape) == 1:
        return shown
    height, width = (side // 2 for side in shown.shape)
    even = shown[: 2 * height, : 2 * width]
    rows = even[::2] + even[1::2]
    means: NDArray[np.float32] = (rows[:, ::2] + rows[:, 1::2]) * np.float32(0.25)
    return means
