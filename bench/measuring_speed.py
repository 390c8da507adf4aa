"""Time finding and measuring 1,000 plaques in an image of 2048 x 2048 px with three channels.

Run it with `python -m bench.measuring_speed`. Plaques are Gaussians of many widths on even light.
Seconds are those of the processor, all threads together, so that other work hardly changes them.
"""

import sys
import time

import numpy as np
from numpy.typing import NDArray

from gapjunction.choices import Backend
from gapjunction.measurement.objects import measured_objects
from gapjunction.prediction.model import Model

SEED = 20_261_127
SIDE_PX, NUM_PLAQUES, NUM_CHANNELS = 2048, 1000, 3
STAMP_PX = 10  # to each side of a plaque's middle
UM_PER_PX = 0.103
BACKENDS: tuple[Backend, ...] = ("torch", "onnx")


def main() -> None:
    """Print what each step takes."""
    image = _image(np.random.default_rng(SEED))
    for backend in BACKENDS:
        model = Model.load(device="cpu", backend=backend)
        model.find(image[0, :256, :256], um_per_px=UM_PER_PX)  # the first time prepares more
        begun = time.process_time()
        detections = model.find(image[0], um_per_px=UM_PER_PX).detections
        _tell(f"finding {len(detections):,} with {backend}", begun)
    begun = time.process_time()
    measured_objects(image, detections, UM_PER_PX, outlined=image[0])
    _tell(f"measuring them in {NUM_CHANNELS} channels", begun)


def _tell(what: str, begun: float) -> None:
    sys.stdout.write(f"{what}: {time.process_time() - begun:.1f} s\n")


def _image(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return (C, H, W); plaques are in the first channel."""
    light = np.full((NUM_CHANNELS, SIDE_PX, SIDE_PX), 10.0)
    y, x = np.mgrid[-STAMP_PX : STAMP_PX + 1, -STAMP_PX : STAMP_PX + 1]
    middles = rng.integers(STAMP_PX, SIDE_PX - STAMP_PX, (NUM_PLAQUES, 2))
    for row, column in middles:
        sigma_y, sigma_x = rng.uniform(1, 3, 2)
        stamp = 80 * np.exp(-(y**2) / (2 * sigma_y**2) - x**2 / (2 * sigma_x**2))
        light[
            0,
            row - STAMP_PX : row + STAMP_PX + 1,
            column - STAMP_PX : column + STAMP_PX + 1,
        ] += stamp
    return np.clip(rng.poisson(light), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
