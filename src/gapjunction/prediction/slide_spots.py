"""How many spots stand out in a slide, told from parts of it."""

import numpy as np

from gapjunction.images.region import Region
from gapjunction.prediction.slide_view import SlideView, as_shown
from gapjunction.prediction.spots import LOOK_PX, count_spots
from gapjunction.samples.intensity import measure_intensity
from gapjunction.samples.slide_sample import occupied_share, windows_of

MOST_LOOKS = 16


def count_slide_spots(view: SlideView, part: Region | None) -> int:
    """Return how many spots stand out in a slide, or a part of it, about.

    They are counted in up to 16 windows of 512 px spread over what is stored, which stand for all
    of that. The slide's own range of intensities is the least that a window is stretched to.

    Raises:
        ImageError: if the slide cannot be read.
    """
    level, settings = view.level, view.settings
    windows = windows_of(level, LOOK_PX, MOST_LOOKS)
    if not windows:
        return 0
    least = max(measure_intensity(view.sample, settings.least_span).spans)
    shown = [as_shown(window)[list(view.channels)] for window in windows]
    counts = [count_spots(each, view.scale, least) for each in shown]
    per_px = float(np.mean(counts)) / windows[0][0].size
    share = occupied_share(level)
    area = level.height * level.width
    if part is not None:
        area = round(part.height * part.width / (level.factor_x * level.factor_y))
    num_spots: int = round(per_px * area * share)
    return num_spots
