"""From expected photons to 8-bit grey values: shot noise, read noise, gain, offset, clipping."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.simulation.tissue import FloatArray

MAX_GREY = 255
# Expected photons are rounded before they set the noise, so that the last bits of a float, which
# differ between processors, practically never change a pixel.
PHOTON_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Camera:
    """A detector: grey = gain * (photons + read noise) + offset, rounded and clipped to 0..255.

    A negative offset makes the background black, as many confocal microscopes are set.

    Attributes:
        excess_noise: variance of a photon count relative to shot noise; 1 for a camera, more for a
            photomultiplier, which multiplies each photon by another factor.
    """

    gain_grey_per_photon: float = 1.0
    read_noise_photons: float = 1.5
    offset_grey: float = 4.0
    excess_noise: float = 1.0

    def headroom_photons(self) -> float:
        """Return the photons at which a pixel saturates."""
        return (MAX_GREY - self.offset_grey) / self.gain_grey_per_photon

    def shown_photons(self, light: FloatArray, rest: FloatArray) -> FloatArray:
        """Return how much of some expected light shows on top of the `rest`, both in photons.

        What lies above saturation is lost, and so is what it takes to rise above black.
        """
        headroom = np.maximum(self.headroom_photons() - rest, 0)
        hidden = np.maximum(-self.offset_grey / self.gain_grey_per_photon - rest, 0)
        shown: FloatArray = np.maximum(np.minimum(light, headroom) - hidden, 0)
        return shown

    def noise_photons(self, expected_photons: FloatArray) -> FloatArray:
        """Return the standard deviation of shot and read noise together."""
        shot = self.excess_noise * expected_photons
        noise: FloatArray = np.sqrt(shot + self.read_noise_photons**2)
        return noise


def expose(
    expected_photons: FloatArray, camera: Camera, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Take a noisy 8-bit picture of an expected image of any shape."""
    rounded = np.round(expected_photons, PHOTON_DECIMALS)
    photons = _multiplied(rng.poisson(rounded), camera, rng)
    photons = photons + rng.normal(0, camera.read_noise_photons, rounded.shape)
    grey = camera.gain_grey_per_photon * photons + camera.offset_grey
    return np.clip(np.rint(grey), 0, MAX_GREY).astype(np.uint8)


def compose(channels: NDArray[np.uint8], colors: FloatArray) -> NDArray[np.uint8]:
    """Add up channels (C, H, W), each in its color (C, 3) of 0..1, to RGB (H, W, 3)."""
    rgb = np.einsum("chw,ck->hwk", channels.astype(np.float64), colors)
    composite: NDArray[np.uint8] = np.clip(np.rint(rgb), 0, MAX_GREY).astype(np.uint8)
    return composite


def _multiplied(
    counts: NDArray[np.int64], camera: Camera, rng: np.random.Generator
) -> NDArray[np.int64] | FloatArray:
    """Multiply each photon by a random factor of mean 1: the sum of n is gamma distributed."""
    spread = camera.excess_noise - 1
    return counts if spread == 0 else rng.standard_gamma(counts / spread) * spread
