"""Counts spots without a network, to see whether a detector passes many by."""

from scipy import ndimage

from gapjunction.images.pictures import ImageArray
from gapjunction.samples.intensity import measure_intensity, normalize, without_color

LOOK_PX = 512  # the middle of an image, so large, is looked at
SMALL_PX, LARGE_PX = 1.0, 3.0  # spreads of the two Gaussians: spots of 3 to 10 px pass
MIN_RISE = 0.2  # above the surroundings, in the range of intensities that a detector is shown
NEIGHBORHOOD_PX = 5


def count_spots(image: ImageArray, scale: float = 1.0, least_span: float = 0.0) -> int:
    """Return how many spots stand out from their surroundings in an image (C, H, W), about.

    They are peaks of a difference of Gaussians (Marr and Hildreth 1980) of intensities as the
    detector is shown them, in the size that it is shown them with the factor `scale`. A large
    image has as many more as it is larger than its middle. `least_span` is as in
    `measure_intensity`.
    """
    height, width = image.shape[-2:]
    y0, x0 = max(height - LOOK_PX, 0) // 2, max(width - LOOK_PX, 0) // 2
    looked_at = without_color(image[:, y0 : y0 + LOOK_PX, x0 : x0 + LOOK_PX])
    shown = normalize(looked_at, measure_intensity(looked_at, least_span))[: len(looked_at)]
    brightest = shown.max(axis=0)
    rise = ndimage.gaussian_filter(brightest, SMALL_PX / scale)
    rise -= ndimage.gaussian_filter(brightest, LARGE_PX / scale)
    neighborhood = max(round(NEIGHBORHOOD_PX / scale), 3)
    is_peak = (ndimage.maximum_filter(rise, neighborhood) == rise) & (rise > MIN_RISE)
    share_looked_at: float = brightest.size / (height * width)
    return round(int(is_peak.sum()) / share_looked_at)
