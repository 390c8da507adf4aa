"""A confocal microscope by scalar diffraction: from points of light (um) to the light on pixels.

The field near the focus is the Fourier transform of the pupil (Goodman, Introduction to Fourier
Optics, 1968). Defocus is a phase of the pupil, and so is what the unequal refractive indices of
immersion and specimen add to it (Gibson and Lanni 1991). Laser light and the light that passes the
pinhole multiply (Wilson and Sheppard, Theory and Practice of Scanning Optical Microscopy, 1984).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

Floats = NDArray[np.float64]
Light = NDArray[np.float32]

EXCITATION_UM, EMISSION_UM = 0.488, 0.525
REACH_UM = 2.0  # above and below the focus, from where light is followed
STEP_UM = 0.16  # between planes; a third of the depth of field
HALF_SIDE_UM = 5.0  # of the point spread function
FINER = 2  # samples a pixel, as light's frequencies exceed what pixels of 0.1 um can hold
AIRY_DIAMETERS = 1.22  # of an Airy disc, in wavelengths over the numerical aperture
PAD_UM = 2.5  # around the field, whose light reaches into it


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective of oil immersion that looks into mounted tissue.

    Attributes:
        depth_um: of the focus below the coverslip, which blurs as the indices differ.
        pinhole_airy: diameter of the pinhole in those of an Airy disc.
    """

    numerical_aperture: float
    depth_um: float
    pinhole_airy: float
    immersion_index: float = 1.518
    specimen_index: float = 1.47


@dataclass(frozen=True, slots=True, eq=False)
class Transfer:
    """How a microscope images a field of `size_px`, as Fourier transforms of a padded field.

    Attributes:
        heights_um: of the planes (P,), whose middle one is in focus.
        spectra: of each plane's point spread function (P, S, S // 2 + 1).
        pad_px: around the field on each side.
    """

    um_per_px: float
    size_px: int
    pad_px: int
    heights_um: Floats
    spectra: NDArray[np.complex64]

    @property
    def side_px(self) -> int:
        """The side S of the padded field."""
        return int(self.spectra.shape[1])


def build_transfer(objective: Objective, um_per_px: float, size_px: int) -> Transfer:
    """Return how a field is imaged; light of a point in focus sums to 1."""
    half_planes = round(REACH_UM / STEP_UM)
    heights = np.arange(-half_planes, half_planes + 1, dtype=np.float64) * STEP_UM
    psf = confocal_psf(objective, um_per_px, heights)
    pad_px = int(np.ceil(PAD_UM / um_per_px))
    side = fft.next_fast_len(max(size_px + 2 * pad_px, psf.shape[1]), real=True)
    middle = psf.shape[1] // 2
    padded = np.zeros((len(psf), side, side), np.float32)
    padded[:, : psf.shape[1], : psf.shape[2]] = psf
    padded = np.roll(padded, (-middle, -middle), axis=(1, 2))
    spectra = np.stack([fft.rfft2(plane) for plane in padded]).astype(np.complex64)
    return Transfer(um_per_px, size_px, pad_px, heights, spectra)


def confocal_psf(objective: Objective, um_per_px: float, heights_um: Floats) -> Floats:
    """Return the point spread function (P, S, S) at heights (P,); the one in focus sums to 1."""
    step_um = um_per_px / FINER
    half = FINER * int(HALF_SIDE_UM / um_per_px)
    pinhole = _disc(
        objective.pinhole_airy * AIRY_DIAMETERS * EMISSION_UM / objective.numerical_aperture / 2,
        step_um,
    )
    best = _best_focus(objective, half, step_um)
    planes = []
    for height in heights_um + best:
        laser = _intensity(objective, EXCITATION_UM, height, half, step_um)
        emitted = _intensity(objective, EMISSION_UM, height, half, step_um)
        collected = signal.fftconvolve(emitted, pinhole, mode="same")
        planes.append((laser * collected)[::FINER, ::FINER])
    psf = np.stack(planes)
    in_focus = psf[int(np.argmin(np.abs(heights_um)))]
    scaled: Floats = psf / in_focus.sum()
    return scaled


def image_points(points_um: Floats, photons: Floats, transfer: Transfer) -> Light:
    """Return the light (H, W) of points (N, 3), x y z with the focus at z = 0, of photons (N,)."""
    places = points_um[:, :2] / transfer.um_per_px + transfer.pad_px - 0.5
    summed = np.zeros_like(transfer.spectra[0])
    for height, spectrum in zip(transfer.heights_um, transfer.spectra, strict=True):
        near = 1 - np.abs(points_um[:, 2] - height) / STEP_UM
        own = near > 0
        if own.any():
            plane = _lay(places[own], photons[own] * near[own], transfer.side_px)
            summed += fft.rfft2(plane) * spectrum
    return _cropped(fft.irfft2(summed, s=(transfer.side_px,) * 2), transfer)


def image_sheet(sheet: Floats, transfer: Transfer) -> Light:
    """Return the light (H, W) of a sheet (H, W) in focus, whose mirror image continues it."""
    after = transfer.side_px - transfer.size_px - transfer.pad_px
    padded = np.pad(sheet.astype(np.float32), (transfer.pad_px, after), mode="symmetric")
    focal = transfer.spectra[len(transfer.spectra) // 2]
    return _cropped(fft.irfft2(fft.rfft2(padded) * focal, s=padded.shape), transfer)


def _intensity(
    objective: Objective, wavelength_um: float, height_um: float, half: int, step_um: float
) -> Floats:
    """Return |field|^2 (2 half + 1 each) at a height, of a pupil as an aplanatic lens has it."""
    side = 2 * half + 1
    frequency = fft.fftfreq(side, step_um)
    squared = frequency[:, None] ** 2 + frequency**2
    immersion = (objective.immersion_index / wavelength_um) ** 2
    axial = np.sqrt(np.maximum(immersion - squared, 0))
    specimen = (objective.specimen_index / wavelength_um) ** 2
    inside = squared < min((objective.numerical_aperture / wavelength_um) ** 2, specimen)
    axial_there = np.sqrt(np.maximum(specimen - squared, 0))
    path = height_um * axial_there + objective.depth_um * (axial_there - axial)
    apodization = np.sqrt(axial / np.sqrt(immersion))
    pupil = inside * apodization * np.exp(2j * np.pi * path)
    intensity: Floats = np.abs(fft.fftshift(fft.ifft2(pupil))) ** 2
    return intensity


def _best_focus(objective: Objective, half: int, step_um: float) -> float:
    """Return the height of sharpest focus, which unequal indices move; people focus there."""
    shift = objective.depth_um * (objective.specimen_index / objective.immersion_index - 1)
    heights = np.linspace(-1.5, 1.5, 31) - shift
    peaks = [
        float(_intensity(objective, EXCITATION_UM, height, half, step_um)[half, half])
        for height in heights
    ]
    return float(heights[int(np.argmax(peaks))])


def _disc(radius_um: float, step_um: float) -> Floats:
    """Return a disc of ones, at least one sample wide."""
    half = int(radius_um / step_um)
    ticks = np.arange(-half, half + 1) * step_um
    disc: Floats = (ticks[:, None] ** 2 + ticks**2 <= radius_um**2).astype(np.float64)
    return disc


def _lay(places_px: Floats, photons: Floats, side: int) -> Light:
    """Return a plane (side, side) of points (N, 2), x y, each shared among four pixels."""
    corner = np.floor(places_px).astype(int)
    rest = places_px - corner
    plane = np.zeros(side * side)
    for dx in (0, 1):
        for dy in (0, 1):
            share = np.abs(1 - dx - rest[:, 0]) * np.abs(1 - dy - rest[:, 1])
            x, y = corner[:, 0] + dx, corner[:, 1] + dy
            inside = (x >= 0) & (x < side) & (y >= 0) & (y < side)
            index = y[inside] * side + x[inside]
            plane += np.bincount(index, (photons * share)[inside], side * side)
    return plane.reshape(side, side).astype(np.float32)


def _cropped(padded: NDArray[np.floating], transfer: Transfer) -> Light:
    """Return the field without its padding; the transform leaves no light below 0."""
    own = slice(transfer.pad_px, transfer.pad_px + transfer.size_px)
    field: Light = np.maximum(padded[own, own], 0).astype(np.float32)
    return field
