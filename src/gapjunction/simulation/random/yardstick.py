"""How large and bright the plaques of a model look: the measure of what must not look like one."""

from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from gapjunction.simulation.imaging_model import ImagingModel
from gapjunction.simulation.optics import Optics
from gapjunction.simulation.tissue import Tissue

FIELD_PX = 512.0  # how many things a field holds is said for a square field of this side
FWHM_PER_SIGMA = 2.355  # full width at half maximum of a Gaussian


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What plaques look like in an image.

    Attributes:
        width_px: of the widest plaques, across, point spread function included.
        length_px: of the longest plaques.
        sigma_px: standard deviation of the point spread function in focus, pixel included.
        peak_photons: the brightest pixel of a median plaque in focus.
        headroom_photons: what the camera can show above the even light and the haze.
    """

    um_per_px: float
    width_px: float
    length_px: float
    sigma_px: float
    peak_photons: float
    headroom_photons: float


def measure_plaques(model: ImagingModel) -> Yardstick:
    """Return the measures of the plaques of a model."""
    sigma_px = blur_px(model.optics, model.emission_nm[0])
    um_per_px, blur = model.optics.um_per_px, FWHM_PER_SIGMA * sigma_px
    haze_photons = model.tissue.neuropil_concentration * model.plaque_photons
    base_photons = model.background_photons + haze_photons
    return Yardstick(
        um_per_px=um_per_px,
        width_px=float(np.hypot(model.tissue.plaque_width_um[1] / um_per_px, blur)),
        length_px=float(np.hypot(model.tissue.plaque_length_limits_um[1] / um_per_px, blur)),
        sigma_px=sigma_px,
        peak_photons=model.plaque_photons * peak_share(model.tissue, sigma_px * um_per_px),
        headroom_photons=max(model.camera.headroom_photons() - base_photons, 0.0),
    )


def blur_px(optics: Optics, emission_nm: float) -> float:
    """Return the standard deviation of the blur in focus: optics and the pixel together."""
    sigma_px = float(optics.sigma_um(emission_nm, np.zeros(1))[0]) / optics.um_per_px
    # A pixel of side 1 adds the variance of a uniform distribution, 1/12.
    return float(np.hypot(sigma_px, 12**-0.5))


def peak_share(tissue: Tissue, sigma_um: float) -> float:
    """Return the brightest pixel of a median plaque, relative to one too wide to be blurred."""
    width_um = min(float(np.mean(tissue.plaque_width_um)), tissue.plaque_length_um)
    sides = np.array([width_um, tissue.plaque_length_um])
    return float(erf(sides / (2 * np.sqrt(2) * sigma_um)).prod())
