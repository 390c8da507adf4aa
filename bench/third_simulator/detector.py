"""A photomultiplier or hybrid detector, which reads each line several times, and its converter.

The gain of a photomultiplier varies from photon to photon: its variance is that of photons times an
excess factor of 1.2 to 1.6 (Pawley, Handbook of Biological Confocal Microscopy, 2006). A hybrid
detector counts. Scanning to and fro can set every other line off by a part of a pixel.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.third_simulator.looks import Look
from bench.third_simulator.microscope import Floats

WHITE = 255
EXCESS = (1.2, 1.6)
READ_PHOTONS = (0.2, 1.0)  # noise of the amplifier, in one pass
DARK_PHOTONS = 0.05
LINE_SHIFT_PX = 0.35
BITS = (8, 12)


@dataclass(frozen=True, slots=True)
class Detector:
    """How light becomes grey values.

    Attributes:
        excess: variance over mean of the signal of photons; 1 of a detector that counts.
        gain: grey values of 255 for each photon of a pass.
        line_shift_px: of odd lines to the right.
        bits: of the converter; 12 are shown as 8.
    """

    excess: float
    read_photons: float
    passes: int
    gain: float
    offset_grey: float
    line_shift_px: float
    bits: int

    def grey(self, photons: Floats) -> Floats:
        """Return the grey values, 0 to 255, of light without noise."""
        shown: Floats = np.clip(self.offset_grey + self.gain * photons, 0, WHITE)
        return shown

    def noise_grey(self, photons: Floats) -> Floats:
        """Return the standard deviation of grey values around those of `grey`."""
        variance = (self.excess * (photons + DARK_PHOTONS) + self.read_photons**2) / self.passes
        noise: Floats = self.gain * np.sqrt(variance)
        return noise

    def record(self, photons: Floats, rng: Generator) -> NDArray[np.uint8]:
        """Return an image (H, W) of light (H, W)."""
        shifted = photons.copy()
        beside = np.roll(photons[1::2], 1, axis=1)
        shifted[1::2] += self.line_shift_px * (beside - photons[1::2])
        counts = rng.poisson(self.passes * (shifted + DARK_PHOTONS)).astype(np.float64)
        if self.excess > 1:
            spread = self.excess - 1
            counts = rng.gamma(np.maximum(counts, 1e-9) / spread, spread)
        counts += rng.normal(0, self.read_photons * self.passes**0.5, counts.shape)
        grey = self.grey(counts / self.passes - DARK_PHOTONS)
        levels = 2**self.bits - 1
        image: NDArray[np.uint8] = np.rint(np.rint(grey / WHITE * levels) / levels * WHITE).astype(
            np.uint8
        )
        return image


def draw_detector(look: Look, brightest_photons: float, rng: Generator) -> Detector:
    """Return a detector set for light as bright as `brightest_photons`, more or less."""
    is_counting = bool(rng.integers(2))
    offset = float(rng.uniform(*look.offset_grey))
    white = brightest_photons * float(rng.uniform(*look.white_share))
    return Detector(
        excess=1.0 if is_counting else float(rng.uniform(*EXCESS)),
        read_photons=0.0 if is_counting else float(rng.uniform(*READ_PHOTONS)),
        passes=int(rng.choice(look.passes)),
        gain=(WHITE - offset) / white,
        offset_grey=offset,
        line_shift_px=float(rng.choice([0.0, rng.uniform(0, LINE_SHIFT_PX)])),
        bits=int(rng.choice(BITS)),
    )
