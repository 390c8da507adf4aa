"""Spot detection of big-fish: a Laplacian of Gaussian at one scale."""

import numpy as np
from bigfish.detection import detect_spots, local_maximum_detection
from bigfish.stack import log_filter
from numpy.typing import NDArray

from bench.examples import TuningSet
from bench.peers.method import Detect, Method, detections_around, thresholds_to_try
from bench.scoring import f1_distance, f1_iou
from bench.search import search_all, search_by_turns
from bench.views import GreyImage, View, span_of, views_for
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

KERNELS_PX = (1.0, 1.3, 1.7, 2.2, 2.8, 3.6)
DISTANCES_PX = (1, 2, 3, 5)
SIDES_PX = tuple(np.arange(3, 14.1, 0.5).tolist())


class BigfishSettings(StrictConfig):
    """Settings of `detect_spots`, and the side of all boxes, as spots have no size.

    Attributes:
        threshold: None leaves it to big-fish, which finds one for each image.
    """

    view: View
    log_kernel_size: float = 1.7
    minimum_distance: int = 2
    threshold: float | None = None
    side_px: float = 6.0


def prepare(settings: BigfishSettings) -> Detect:
    """Return a function from an image to what is found in it."""

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        spots = detect_spots(
            settings.view.of(pixels),
            threshold=settings.threshold,
            log_kernel_size=settings.log_kernel_size,
            minimum_distance=settings.minimum_distance,
        )
        return detections_around(spots, settings.side_px)

    return detect


def tune(tuning: TuningSet) -> BigfishSettings:
    """Return the settings that suit these images best."""
    truths = [example.truth for example in tuning.examples]

    def improve(settings: BigfishSettings) -> tuple[float, BigfishSettings]:
        """Choose the threshold, and whether images are stretched."""
        greys = [settings.view.of(example.pixels) for example in tuning.examples]
        peaks = [find_peaks(grey, settings) for grey in greys]
        divided = [own / [1, 1, span_of(grey)] for own, grey in zip(peaks, greys, strict=True)]
        stretched = settings.view.but(is_stretched=True)
        tried = [
            _choose_threshold(divided, truths, settings.but(view=stretched)),
            _choose_threshold(peaks, truths, settings),
        ]
        return max(tried, key=lambda scored: scored[0])

    def score(settings: BigfishSettings) -> float:
        try:
            found = [prepare(settings)(example.pixels) for example in tuning.examples]
        except ValueError:  # where its automatic threshold finds no bend in the curve of counts
            return 0.0
        return f1_distance(truths, found)

    views = views_for(tuning.examples)
    grid = {"view": views, "log_kernel_size": KERNELS_PX, "minimum_distance": DISTANCES_PX}
    best = search_by_turns(BigfishSettings(view=views[0]), grid, improve)
    best = search_all([best, best.but(threshold=None)], score)
    sized = [best.but(side_px=side) for side in SIDES_PX]
    spots = [prepare(best)(example.pixels).boxes for example in tuning.examples]
    middles = [(boxes[:, 1::-1] + boxes[:, 3:1:-1]) / 2 - 0.5 for boxes in spots]
    return search_all(
        sized,
        lambda own: f1_iou(truths, [detections_around(yx, own.side_px) for yx in middles]),
    )


def _choose_threshold(
    peaks: list[NDArray[np.float64]], truths: list[Detections], settings: BigfishSettings
) -> tuple[float, BigfishSettings]:
    """Return the best threshold and its score."""
    thresholds = thresholds_to_try([own[:, 2] for own in peaks], sum(map(len, truths)))

    def score(threshold: float) -> float:
        kept = [each[each[:, 2] > threshold, :2] for each in peaks]
        return f1_distance(truths, [detections_around(yx, settings.side_px) for yx in kept])

    best = max(thresholds, key=score)
    return score(best), settings.but(threshold=best)


def find_peaks(grey: GreyImage, settings: BigfishSettings) -> NDArray[np.float64]:
    """Return all peaks (N, 3), y x strength, of which `detect_spots` keeps the strong ones."""
    response = log_filter(grey, settings.log_kernel_size)
    is_peak = local_maximum_detection(response, settings.minimum_distance)
    y, x = np.nonzero(is_peak & (response > 0))
    return np.column_stack([y, x, response[y, x]]).astype(np.float64)


BIGFISH = Method("big-fish", BigfishSettings, tune, prepare)
