"""What is not a plaque: haze, uneven light, lipofuscin, discs of light, fibers, nuclei."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from bench.second_simulator.patches import (
    Light,
    add_patch,
    draw_beads,
    draw_disc,
    draw_ellipse,
)

HAZE_CELLS = (3, 6, 12, 24, 48)  # across the image, from coarse to fine
# What lipofuscin sends into red, green and blue: it glows in all colors, most in the long ones.
LIPOFUSCIN_COLORS = ((1.0, 0.8, 0.35), (0.85, 1.0, 0.4), (1.0, 0.65, 0.2))


def draw_haze(size: int, rng: Generator) -> Light:
    """Return smooth noise (size, size) in [0, 1], as Perlin's: octaves of half the strength."""
    haze = np.zeros((size, size), np.float32)
    for octave, cells in enumerate(HAZE_CELLS):
        coarse = rng.standard_normal((cells + 3, cells + 3))
        fine = ndimage.zoom(coarse, size / cells, order=3)
        y, x = rng.integers(0, fine.shape[0] - size, 2)
        haze += (0.5**octave * fine[y : y + size, x : x + size]).astype(np.float32)
    haze -= haze.min()
    return np.asarray(haze / haze.max(), np.float32)


def draw_illumination(size: int, vignetting: float, rng: Generator) -> Light:
    """Return the share of light (size, size) that reaches each pixel: most near the middle."""
    center = size * rng.uniform(0.3, 0.7, 2)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    distance = (x - center[0]) ** 2 + (y - center[1]) ** 2
    return np.asarray(1 - vignetting * distance / distance.max(), np.float32)


def add_clump(image: Light, photons: float, blur: float, rng: Generator) -> None:
    """Add a heap of lipofuscin granules to an image (3, H, W), in place."""
    num_granules = int(rng.integers(8, 60))
    x, y = rng.uniform(0, image.shape[-1], 2)
    spread = rng.uniform(0.9, 1.7) * np.sqrt(num_granules)
    squash, angle = rng.uniform(0.4, 1), rng.uniform(0, np.pi)
    color = LIPOFUSCIN_COLORS[int(rng.integers(len(LIPOFUSCIN_COLORS)))]
    blur = float(np.hypot(blur, rng.choice([0.3, 1.0, 2.5])))
    for _ in range(num_granules):
        u, v = rng.normal(0, spread), rng.normal(0, spread * squash)
        at = x + u * np.cos(angle) - v * np.sin(angle), y + u * np.sin(angle) + v * np.cos(angle)
        axes = float(rng.uniform(0.8, 2.6)), float(rng.uniform(0.8, 2.2))
        patch = draw_ellipse(*at, axes, float(rng.uniform(0, np.pi)), 2.5, blur)
        height = photons * rng.lognormal(-0.3, 0.5)
        for channel, share in zip(image, color, strict=True):
            add_patch(channel, patch, height * share)


def add_disc(image: Light, channel: int, photons: float, rng: Generator) -> None:
    """Add light from far above or below the focus to an image (3, H, W), in place."""
    x, y = rng.uniform(0, image.shape[-1], 2)
    patch = draw_disc(x, y, float(rng.uniform(7, 32)), float(rng.uniform(0, 0.5)))
    is_lipofuscin = rng.random() < 0.4  # noqa: PLR2004 - a share
    colors = LIPOFUSCIN_COLORS[0] if is_lipofuscin else np.eye(3)[channel]
    for own, share in zip(image, colors, strict=True):
        add_patch(own, patch, photons * float(share))


def add_astrocyte(fibers: Light, photons: float, blur: float, rng: Generator) -> Light:
    """Add a star of fibers to a channel (H, W), in place; return points on them (N, 2), x y."""
    size = fibers.shape[-1]
    soma = rng.uniform(0, size, 2)
    points = []
    for angle in rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, rng.integers(5, 10)):
        branch = _wander(soma, float(angle), int(rng.integers(80, 260)), rng)
        twig = _wander(branch[len(branch) // 2], angle + rng.normal(0, 0.7), 90, rng)
        points += [branch, twig]
    drawn = np.zeros_like(fibers)
    for path in points:
        _lay(drawn, path, float(rng.uniform(0.6, 1.3)))
    for x, y in soma + rng.normal(0, 5, (6, 2)):
        patch = draw_ellipse(float(x), float(y), (9.0, 7.0), 0.0, 2.0, 2.0)
        add_patch(drawn, patch, 0.35)
    fibers += np.float32(photons) * ndimage.gaussian_filter(drawn, blur)
    return np.concatenate(points).astype(np.float32)


def add_nucleus(channel: Light, photons: float, rng: Generator) -> None:
    """Add a nucleus with darker and brighter parts to a channel (H, W), in place."""
    x, y = rng.uniform(0, channel.shape[-1], 2)
    radius = rng.uniform(24, 44)
    axes = radius, radius * rng.uniform(0.6, 1)
    blur = float(rng.choice([1.5, 3.0, 9.0]))
    patch = draw_ellipse(x, y, axes, float(rng.uniform(0, np.pi)), 6.0, blur)
    add_patch(channel, patch, photons)
    angles, distances = rng.uniform(0, 2 * np.pi, 9), radius * 0.5 * np.sqrt(rng.random(9))
    xs, ys = x + distances * np.cos(angles), y + distances * np.sin(angles)
    grains = draw_beads(
        xs.astype(np.float32), ys.astype(np.float32), rng.random(9).astype(np.float32), 4.0, blur
    )
    add_patch(channel, grains, photons * 0.5)


def _wander(start: NDArray[np.floating], angle: float, steps: int, rng: Generator) -> Light:
    """Return a path (steps, 2) of steps of 1 px whose direction changes little by little."""
    bends = rng.normal(0, 0.07, steps).cumsum()
    directions = angle + ndimage.gaussian_filter1d(bends, 3)
    moves = np.stack([np.cos(directions), np.sin(directions)], axis=1)
    return np.asarray(start + moves.cumsum(axis=0), np.float32)


def _lay(channel: Light, path: Light, width: float) -> None:
    """Add a path (N, 2), x y, that grows thinner and dimmer to its end."""
    size = channel.shape[-1]
    fade = np.linspace(1, 0.25, len(path), dtype=np.float32)
    for side in np.linspace(-width, width, 3):
        x, y = (np.rint(path + side * fade[:, None]).astype(int)).T
        inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
        channel[y[inside], x[inside]] = np.maximum(channel[y[inside], x[inside]], fade[inside])
