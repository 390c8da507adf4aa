"""A whole simulated field of view: the light, the camera, and the true boxes."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from bench.second_simulator.kinds import Kind
from bench.second_simulator.patches import Light, add_patch
from bench.second_simulator.plaques import FreeSpace, draw_places, draw_plaque
from bench.second_simulator.tissue import (
    add_astrocyte,
    add_clump,
    add_disc,
    add_nucleus,
    draw_haze,
    draw_illumination,
)
from gapjunction.boxes import BoxArray, as_boxes

READ_NOISE_PHOTONS = 2.0
BLEED = 0.04  # of each channel's light in the two others
CONTRAST_SPREAD = 0.45  # of the logarithm of plaques' heights
CLEAR_CONTRAST, FAINT_CONTRAST = 8.0, 2.2  # between them people disagree
FAINT_BLUR_PX = (4.0, 8.0)
OTHER_LIGHT_SHARE = 0.3  # of a plaque's height, from other things around it
TRIES = 6  # for each plaque
BOX_LEVEL = (0.33, 0.47)  # of a plaque's own peak, where an annotator draws its box
SMOOTH_PX = 40.0  # wider light is background
FOCUS_SPREAD_PX = 0.4  # of clear plaques' own blur
FULL_SIZE_PX = 1024  # the size that the numbers of things are for

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """An image (3, H, W), 8 bits, and the boxes (N, 4) of its clear plaques, xyxy pixels."""

    pixels: NDArray[np.uint8]
    boxes: BoxArray


@dataclass(frozen=True, slots=True)
class Exposure:
    """How one field was taken.

    Attributes:
        blur_px: standard deviation of the point spread function.
        haze_photons: mean of the light from everywhere, per pixel.
        noise_photons: standard deviation of the noise in that light.
        height_photons: median of the plaques' peaks.
    """

    blur_px: float
    haze_photons: float
    noise_photons: float
    height_photons: float

    @classmethod
    def draw(cls, kind: Kind, rng: Generator) -> "Exposure":
        """Return an exposure from the ranges of a kind."""
        blur, haze = float(rng.uniform(*kind.blur_px)), float(rng.uniform(*kind.haze_photons))
        noise = float(np.sqrt(haze + READ_NOISE_PHOTONS**2))
        return cls(blur, haze, noise, noise * float(rng.uniform(*kind.contrast)))


def simulate_field(kind: Kind, size: int, rng: Generator, *, has_plaques: bool = True) -> Field:
    """Return one field of `size` x `size` pixels."""
    share = (size / FULL_SIZE_PX) ** 2
    exposure = Exposure.draw(kind, rng)
    light = _draw_haze(kind, size, exposure, rng)
    fibers = _add_tissue(light, kind, exposure, rng)
    plaque_light = light[kind.plaque_channel]
    boxes: list[Box] = []
    if has_plaques:
        count = max(1, round(share * rng.integers(*kind.num_plaques)))
        boxes = _add_plaques(plaque_light, count, fibers, exposure, rng)
        num_faint = round(share * rng.integers(*kind.num_faint))
        _add_faint(plaque_light, num_faint, exposure.noise_photons, rng)
    light *= draw_illumination(size, float(rng.uniform(*kind.vignetting)), rng)
    light = (1 - 2 * BLEED) * light + BLEED * (light.sum(axis=0) - light)
    return Field(_expose(light, exposure, rng), as_boxes(boxes))


def _draw_haze(kind: Kind, size: int, exposure: Exposure, rng: Generator) -> Light:
    """Return the light (3, H, W) from everywhere; the plaques' channel has most."""
    depth = float(rng.uniform(*kind.haze_depth))
    shares = np.where(np.arange(3) == kind.plaque_channel, 1, rng.uniform(0.3, 0.9, 3))
    channels = [
        exposure.haze_photons * share * (1 + depth * (2 * draw_haze(size, rng) - 1))
        for share in shares
    ]
    return np.stack(channels).astype(np.float32)


def _add_tissue(light: Light, kind: Kind, exposure: Exposure, rng: Generator) -> Light:
    """Add all but plaques to the light (3, H, W), in place; return points (N, 2) on fibers."""
    share: float = (light.shape[-1] / FULL_SIZE_PX) ** 2
    height = exposure.height_photons

    def draw_number(limits: tuple[int, int]) -> int:
        drawn = int(rng.integers(limits[0], limits[1] + 1))
        return round(share * drawn)

    fiber_channel = 1 if kind.plaque_channel == 0 else 0
    points = [
        add_astrocyte(light[fiber_channel], 1.5 * height, exposure.blur_px, rng)
        for _ in range(draw_number(kind.num_astrocytes))
    ]
    for _ in range(draw_number(kind.num_nuclei)):
        add_nucleus(light[2], float(rng.uniform(0.6, 2)) * height, rng)
    for _ in range(draw_number(kind.num_clumps)):
        add_clump(light, height * float(rng.uniform(0.4, 1.6)), exposure.blur_px, rng)
    for _ in range(draw_number(kind.num_discs)):
        add_disc(light, kind.plaque_channel, height * float(rng.uniform(0.1, 0.5)), rng)
    return np.concatenate(points) if points else np.zeros((0, 2), np.float32)


def _add_plaques(
    channel: Light, count: int, fibers: Light, exposure: Exposure, rng: Generator
) -> list[Box]:
    """Add up to `count` clear plaques to a channel (H, W), in place; return their boxes."""
    space = FreeSpace(channel - ndimage.gaussian_filter(channel, SMOOTH_PX))
    level = float(rng.uniform(*BOX_LEVEL))
    least_photons = CLEAR_CONTRAST * exposure.noise_photons
    boxes: list[Box] = []
    for x, y in draw_places(len(channel), count * TRIES, fibers, rng):
        blur = float(np.hypot(exposure.blur_px, abs(rng.normal(0, FOCUS_SPREAD_PX))))
        patch = draw_plaque(float(x), float(y), blur, rng)
        height = exposure.height_photons * rng.lognormal(0, CONTRAST_SPREAD)
        photons = max(height, least_photons)
        box = patch.box_above(level)
        if space.take(box, OTHER_LIGHT_SHARE * photons):
            add_patch(channel, patch, photons)
            boxes.append(box)
        if len(boxes) == count:
            break
    return boxes


def _add_faint(channel: Light, count: int, noise: float, rng: Generator) -> None:
    """Add plaques that nobody would mark, too blurred or too dim, to a channel in place."""
    for x, y in rng.uniform(0, len(channel), (count, 2)):
        is_blurred = rng.random() < 0.5  # noqa: PLR2004 - a share
        blur = float(rng.uniform(*FAINT_BLUR_PX)) if is_blurred else 1.2
        contrast = float(rng.uniform(1, 3 if is_blurred else FAINT_CONTRAST))
        add_patch(channel, draw_plaque(float(x), float(y), blur, rng), contrast * noise)


def _expose(light: Light, exposure: Exposure, rng: Generator) -> NDArray[np.uint8]:
    """Return what an 8-bit camera makes of photons (3, H, W), with one black and one white."""
    photons = rng.poisson(light) + rng.normal(0, READ_NOISE_PHOTONS, light.shape)
    black = exposure.haze_photons * rng.uniform(0, 0.5)
    white = exposure.haze_photons + exposure.height_photons * rng.uniform(1.2, 3.0)
    return np.clip(255 * (photons - black) / (white - black), 0, 255).astype(np.uint8)
