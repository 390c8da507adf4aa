"""White top-hat, Otsu's threshold and connected components, as scikit-image has them."""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops_table
from skimage.morphology import disk, white_tophat
from skimage.segmentation import watershed

from bench.examples import TuningSet
from bench.peers.method import Detect, Method, scored_one
from bench.scoring import f1_distance, f1_iou
from bench.search import search_all, search_by_turns
from bench.views import GreyImage, View, views_for
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

RADII_PX = (4, 6, 9, 13)
BLURS_PX = (0.0, 0.7, 1.0, 1.4)
OTSU_FACTORS = (0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.45, 1.75, 2.1, 2.6, 3.2)
MIN_AREAS_PX = (1, 3, 5, 8, 12, 18)
MAX_AREAS_PX = (100, 200, 400, 100_000)
PADS_PX = (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
MIN_PEAK_DISTANCE_PX = 2


class TophatSettings(StrictConfig):
    """Settings of the steps, in their order.

    Attributes:
        blur_px: standard deviation of a Gaussian before the top-hat; 0 for none.
        radius_px: of the top-hat's disc: wider things are background.
        otsu_factor: what Otsu's threshold of the image is multiplied by; 1 is Otsu's own.
        is_split: whether a watershed divides components that have several peaks.
        min_area_px, max_area_px: what is smaller or larger is no object; square px.
        pad_px: what boxes are made larger by, on each side.
    """

    view: View
    blur_px: float = 0.7
    radius_px: int = 9
    otsu_factor: float = 1.0
    is_split: bool = False
    min_area_px: int = 5
    max_area_px: int = 400
    pad_px: float = 0.0


def prepare(settings: TophatSettings) -> Detect:
    """Return a function from an image to what is found in it."""

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        flat = flatten(settings.view.of(pixels), settings)
        return _select(measure_components(flat, threshold_otsu(flat), settings), settings)

    return detect


def flatten(grey: GreyImage, settings: TophatSettings) -> GreyImage:
    """Return a grey image (H, W) without what is wider than the disc."""
    smooth = ndimage.gaussian_filter(grey, settings.blur_px) if settings.blur_px else grey
    footprint = disk(settings.radius_px, decomposition="sequence")
    return np.asarray(white_tophat(smooth, footprint), np.float32)


def measure_components(
    flat: GreyImage, otsu: float, settings: TophatSettings
) -> NDArray[np.float32]:
    """Return the components (N, 5), box in xyxy pixels and area, above the threshold."""
    mask = flat > otsu * settings.otsu_factor
    if settings.is_split:
        peaks = peak_local_max(flat, min_distance=MIN_PEAK_DISTANCE_PX, labels=label(mask))
        markers = np.zeros(flat.shape, np.int32)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        components = watershed(-flat, markers, mask=mask)
    else:
        components = label(mask)
    table = regionprops_table(components, properties=("bbox", "area"))
    order = ("bbox-1", "bbox-0", "bbox-3", "bbox-2", "area")
    return np.column_stack([table[name] for name in order]).astype(np.float32)


def tune(tuning: TuningSet) -> TophatSettings:
    """Return the settings that suit these images best."""
    truths = [example.truth for example in tuning.examples]

    def improve(settings: TophatSettings) -> tuple[float, TophatSettings]:
        """Choose the threshold and the limits of area."""
        flats = [flatten(settings.view.of(e.pixels), settings) for e in tuning.examples]
        otsus = [float(threshold_otsu(flat)) for flat in flats]
        best = (-1.0, settings)
        for factor in OTSU_FACTORS:
            asked = settings.but(otsu_factor=factor)
            components = [
                measure_components(*pair, asked) for pair in zip(flats, otsus, strict=True)
            ]
            best = max(best, _choose_areas(components, truths, asked), key=lambda own: own[0])
        return best

    # Otsu's threshold moves with the image's range: stretching it would change nothing.
    views = views_for(tuning.examples)
    grid = {
        "view": views,
        "radius_px": RADII_PX,
        "blur_px": BLURS_PX,
        "is_split": (False, True),
    }
    best = search_by_turns(TophatSettings(view=views[0]), grid, improve)
    padded = [best.but(pad_px=pad) for pad in PADS_PX]
    return search_all(
        padded,
        lambda own: f1_iou(truths, [prepare(own)(example.pixels) for example in tuning.examples]),
    )


def _choose_areas(
    components: list[NDArray[np.float32]], truths: list[Detections], settings: TophatSettings
) -> tuple[float, TophatSettings]:
    """Return the best limits of area, and their score."""
    limits = [
        settings.but(min_area_px=least, max_area_px=most)
        for least, most in product(MIN_AREAS_PX, MAX_AREAS_PX)
    ]

    def score(own: TophatSettings) -> float:
        found = [_select(each, own) for each in components]
        num_found, num_truth = sum(map(len, found)), sum(map(len, truths))
        if num_found > 5 * num_truth:  # F1 is below 1/3 then: not worth the pairing
            return 0.0
        return f1_distance(truths, found)

    best = search_all(limits, score)
    return score(best), best


def _select(components: NDArray[np.float32], settings: TophatSettings) -> Detections:
    areas = components[:, 4]
    kept = (areas >= settings.min_area_px) & (areas <= settings.max_area_px)
    pad = np.array([-1, -1, 1, 1], np.float32) * np.float32(settings.pad_px)
    return scored_one(components[kept, :4] + pad)


TOPHAT = Method("white top-hat + Otsu", TophatSettings, tune, prepare)
