"""Time our prediction beside a Laplacian of Gaussian, on the same simulated image, in one run.

Run it with `make bench`. The machine's own speed cancels in the ratio. The detector has random
weights: the network's time does not depend on them.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.models.checkpoint import DetectorConfig, build_detector
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.simulation.generator import draw_subject, simulate_image
from gapjunction.simulation.imaging_model import RAT

SIDE_PX = 1024
REPEATS = 5
SIGMAS_PX = np.geomspace(1.5, 8, 8)  # spots of 4 to 23 px, as in the simulated images
MIN_SCORE = 0.5


def main() -> None:
    """Print seconds an image and the ratio."""
    rng = np.random.default_rng(0)
    subject = draw_subject(RAT, 0, rng)
    image = np.moveaxis(simulate_image(RAT, subject, SIDE_PX, rng).pixels, -1, 0)
    ours, peer = [], []
    detect = _detector()
    for _ in range(REPEATS + 1):  # taken in turn, so that both see the same disturbances
        ours.append(_seconds(lambda: detect(image)))
        peer.append(_seconds(lambda: find_spots(image)))
    ours_s, peer_s = statistics.median(ours[1:]), statistics.median(peer[1:])
    sys.stdout.write(
        f"{SIDE_PX} x {SIDE_PX} px, {torch.get_num_threads()} threads, median of {REPEATS}\n"
        f"compact detector, with boxes      {ours_s:6.2f} s\n"
        f"Laplacian of Gaussian, 8 scales   {peer_s:6.2f} s\n"
        f"ratio                             {ours_s / peer_s:6.2f}\n"
    )


def find_spots(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the peaks (N, 3) of the scale-normalised Laplacian of the brightest channel."""
    grey = image.max(axis=0).astype(np.float32)
    stack = np.stack([-(s**2) * ndimage.gaussian_laplace(grey, s) for s in SIGMAS_PX])
    is_peak = (stack == ndimage.maximum_filter(stack, size=3)) & (stack > stack.std() * 3)
    return np.argwhere(is_peak)


def _detector() -> Callable[[NDArray[np.uint8]], object]:
    torch.manual_seed(0)
    config = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
    detector = build_detector(config).eval()
    settings = PredictionSettings(config.tile_size, config.overlap, MIN_SCORE)
    return lambda image: detect_image(detector, image, settings)


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
