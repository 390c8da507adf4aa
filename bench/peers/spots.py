"""Laplacian and difference of Gaussians, as scikit-image has them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy import ndimage
from skimage.feature import blob_dog, blob_log, peak_local_max
from skimage.feature.blob import _prune_blobs

from bench.examples import TuningSet
from bench.peers.method import Detect, Method, detections_around, thresholds_to_try
from bench.scoring import f1_distance, f1_iou
from bench.search import search_all, search_by_turns
from bench.views import GreyImage, View, span_of, views_for
from gapjunction.config import StrictConfig
from gapjunction.detections import Detections

SIZE_FACTORS = tuple(np.arange(1.6, 6.1, 0.2).round(1).tolist())
OVERLAPS = (0.1, 0.5)
SIGMAS_PER_OCTAVE = 3
MOST_CANDIDATES = 4000  # in an image, of the strongest
DOG_RATIO = 1.6  # scikit-image's default, and the usual one


class SpotSettings(StrictConfig):
    """Settings of `blob_log` or `blob_dog`, and the side of a box in units of sigma."""

    method: Literal["log", "dog"]
    view: View
    min_sigma: float = 1.4
    max_sigma: float = 5.6
    threshold: float = 0.1
    overlap: float = 0.5
    size_factor: float = Field(default=2 * np.sqrt(2))

    @property
    def num_sigma(self) -> int:
        """The number of scales between the two sigmas, with SIGMAS_PER_OCTAVE."""
        octaves = float(np.log2(self.max_sigma / self.min_sigma))
        return max(2, round(octaves * SIGMAS_PER_OCTAVE) + 1)


def find_blobs(grey: GreyImage, settings: SpotSettings) -> NDArray[np.floating]:
    """Return blobs (N, 3), y x sigma, as scikit-image finds them in a grey image (H, W)."""
    common = {
        "min_sigma": settings.min_sigma,
        "max_sigma": settings.max_sigma,
        "threshold": settings.threshold,
        "overlap": settings.overlap,
    }
    if settings.method == "log":
        return np.asarray(blob_log(grey, num_sigma=settings.num_sigma, log_scale=True, **common))
    return np.asarray(blob_dog(grey, sigma_ratio=DOG_RATIO, **common))


def prepare(settings: SpotSettings) -> Detect:
    """Return a function from an image to what is found in it."""

    def detect(pixels: NDArray[np.uint8]) -> Detections:
        return _to_detections(find_blobs(settings.view.of(pixels), settings), settings)

    return detect


def tune_log(tuning: TuningSet) -> SpotSettings:
    """Return the settings of `blob_log` that suit these images best."""
    return _tune("log", tuning, (1.0, 1.4, 2.0, 2.8), (4.0, 5.6, 8.0))


def tune_dog(tuning: TuningSet) -> SpotSettings:
    """Return the settings of `blob_dog` that suit these images best."""
    return _tune("dog", tuning, (0.7, 1.0, 1.4, 2.0), (3.0, 4.5, 6.5))


def find_candidates(grey: GreyImage, settings: SpotSettings) -> NDArray[np.float32]:
    """Return peaks (N, 4), y x sigma strength, without the threshold, strongest first.

    What `find_blobs` finds is those above the threshold, without those that overlap. It would
    filter the image anew for each threshold, which takes most of its time.
    """
    if settings.method == "log":
        sigmas = np.geomspace(settings.min_sigma, settings.max_sigma, settings.num_sigma)
        cube = [-ndimage.gaussian_laplace(grey, sigma) * sigma**2 for sigma in sigmas]
    else:
        steps = int(np.log(settings.max_sigma / settings.min_sigma) / np.log(DOG_RATIO) + 1)
        sigmas = np.asarray(settings.min_sigma * DOG_RATIO ** np.arange(steps + 1), np.float64)
        blurred = [ndimage.gaussian_filter(grey, sigma) for sigma in sigmas]
        cube = [(fine - coarse) / (DOG_RATIO - 1) for fine, coarse in pairwise(blurred)]
    response = np.stack(cube, axis=-1)
    peaks = peak_local_max(
        response,
        threshold_abs=0,
        exclude_border=False,
        footprint=np.ones((3, 3, 3)),
        num_peaks=MOST_CANDIDATES,
    )
    strengths = response[tuple(peaks.T)]
    found = np.column_stack([peaks[:, :2], sigmas[peaks[:, 2]], strengths]).astype(np.float32)
    return found[np.argsort(-strengths, kind="stable")]


def keep_candidates(
    candidates: NDArray[np.float32], settings: SpotSettings
) -> NDArray[np.floating]:
    """Return the candidates (N, 3), y x sigma, above the threshold that do not overlap."""
    kept = candidates[candidates[:, 3] > settings.threshold, :3]
    return np.asarray(_prune_blobs(kept.copy(), settings.overlap)) if len(kept) else kept


def _tune(
    method: Literal["log", "dog"],
    tuning: TuningSet,
    min_sigmas: Sequence[float],
    max_sigmas: Sequence[float],
) -> SpotSettings:
    truths = [example.truth for example in tuning.examples]

    def improve(settings: SpotSettings) -> tuple[float, SpotSettings]:
        """Choose the threshold, whether images are stretched, and how much blobs may overlap."""
        greys = [settings.view.of(example.pixels) for example in tuning.examples]
        candidates = [find_candidates(grey, settings) for grey in greys]
        spans = [span_of(grey) for grey in greys]
        tried = [
            _choose_threshold(_divided(candidates, spans), truths, _stretched(settings)),
            _choose_threshold(candidates, truths, settings),
        ]
        return max(tried, key=lambda scored: scored[0])

    views = views_for(tuning.examples)
    grid = {"view": views, "min_sigma": min_sigmas, "max_sigma": max_sigmas}
    start = SpotSettings(method=method, view=views[0], max_sigma=max_sigmas[1])
    best = search_by_turns(start, grid, improve)
    blobs = [find_blobs(best.view.of(example.pixels), best) for example in tuning.examples]
    sized = [best.but(size_factor=factor) for factor in SIZE_FACTORS]
    return search_all(sized, lambda own: f1_iou(truths, [_to_detections(b, own) for b in blobs]))


def _choose_threshold(
    candidates: list[NDArray[np.float32]], truths: list[Detections], settings: SpotSettings
) -> tuple[float, SpotSettings]:
    """Return the best threshold and overlap, and their score."""
    thresholds = thresholds_to_try([own[:, 3] for own in candidates], sum(map(len, truths)))
    tried = [
        settings.but(overlap=overlap, threshold=threshold)
        for overlap in OVERLAPS
        for threshold in thresholds
    ]

    def score(own: SpotSettings) -> float:
        return f1_distance(truths, [_kept(each, own) for each in candidates])

    best = search_all(tried, score)
    return score(best), best


def _divided(
    candidates: list[NDArray[np.float32]], spans: list[float]
) -> list[NDArray[np.float32]]:
    """Return candidates as they would be in stretched images."""
    return [
        own * np.array([1, 1, 1, 1 / span], np.float32)
        for own, span in zip(candidates, spans, strict=True)
    ]


def _stretched(settings: SpotSettings) -> SpotSettings:
    view = settings.view.but(is_stretched=True)
    return settings.but(view=view)


def _kept(candidates: NDArray[np.float32], settings: SpotSettings) -> Detections:
    return _to_detections(keep_candidates(candidates, settings), settings)


def _to_detections(blobs: NDArray[np.floating], settings: SpotSettings) -> Detections:
    return detections_around(blobs[:, :2], blobs[:, 2] * settings.size_factor)


LOG = Method("scikit-image LoG", SpotSettings, tune_log, prepare)
DOG = Method("scikit-image DoG", SpotSettings, tune_dog, prepare)
