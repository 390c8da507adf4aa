"""Gaussians fitted to spots of light, all at once: where each is, and how wide it looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

ROUNDS = 30
LEAST_SIGMA_PX = 0.2
LEAST_HEIGHT = 1e-9  # grey values, as a height is divided by
DAMPING = 1e-3  # of the first step, relative to the curvature
MOST_STEP_PX = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class FittedSpots:
    """Row and column (N,) in px, pixel i from i to i + 1, and standard deviations (N,) in px."""

    y: FloatArray
    x: FloatArray
    sigma: FloatArray


def fit_spots(light: FloatArray, weight: FloatArray, sigma_px: float) -> FittedSpots:
    """Return the round Gaussians that fit crops of light (N, s, s) best, by least squares.

    The middle of each crop is where its spot is looked for. `weight` (N, s, s) is 0 where light
    is of something else; `sigma_px` is what the search begins with. A step that makes a fit worse
    is taken back and tried smaller (Levenberg and Marquardt).
    """
    number, side, _ = light.shape
    at: FloatArray = np.arange(0.5, side, dtype=np.float64)
    height = np.maximum(light[:, side // 2, side // 2], LEAST_HEIGHT)
    start = np.tile([side / 2, side / 2, sigma_px], (number, 1))
    found = np.concatenate([height[:, None], start], axis=1)
    damping = np.full(number, DAMPING)
    error = _error(found, light, weight, at)
    for _ in range(ROUNDS):
        tried = _bounded(found + _step(found, light, weight, at, damping), found, side)
        new_error = _error(tried, light, weight, at)
        is_better = new_error < error
        found = np.where(is_better[:, None], tried, found)
        error = np.where(is_better, new_error, error)
        damping = np.where(is_better, damping / 3, damping * 4)
    return FittedSpots(found[:, 1], found[:, 2], found[:, 3])


def _model(spots: FloatArray, at: FloatArray) -> FloatArray:
    height, y, x, sigma = (each[:, None] for each in spots.T)
    down = np.exp(-((at - y) ** 2) / (2 * sigma**2))
    across = np.exp(-((at - x) ** 2) / (2 * sigma**2))
    model: FloatArray = (height * down)[:, :, None] * across[:, None, :]
    return model


def _error(spots: FloatArray, light: FloatArray, weight: FloatArray, at: FloatArray) -> FloatArray:
    error: FloatArray = (weight * (light - _model(spots, at)) ** 2).sum(axis=(1, 2))
    return error


def _step(
    spots: FloatArray, light: FloatArray, weight: FloatArray, at: FloatArray, damping: FloatArray
) -> FloatArray:
    """Return a step (N, 4) of height, y, x and sigma toward a better fit."""
    model = _model(spots, at)
    height, y, x, sigma = (each[:, None, None] for each in spots.T)
    down, across = at[None, :, None] - y, at[None, None, :] - x
    slopes = np.stack(
        [
            model / height,
            model * down / sigma**2,
            model * across / sigma**2,
            model * (down**2 + across**2) / sigma**3,
        ],
        axis=1,
    )
    weighted = slopes * weight[:, None]
    curvature = np.einsum("naij,nbij->nab", weighted, slopes)
    downhill = np.einsum("naij,nij->na", weighted, light - model)
    diagonal = np.einsum("naa->na", curvature)
    curvature += np.eye(4) * (damping[:, None] * diagonal + 1e-12)[:, None, :]
    step: FloatArray = np.linalg.solve(curvature, downhill[..., None])[..., 0]
    return step


def _bounded(tried: FloatArray, before: FloatArray, side: int) -> FloatArray:
    bounded = tried.copy()
    bounded[:, 0] = np.maximum(tried[:, 0], before[:, 0] / 4)
    moved = np.clip(tried[:, 1:] - before[:, 1:], -MOST_STEP_PX, MOST_STEP_PX)
    bounded[:, 1:3] = np.clip(before[:, 1:3] + moved[:, :2], 0, side)
    bounded[:, 3] = np.clip(before[:, 3] + moved[:, 2], LEAST_SIGMA_PX, side)
    return bounded
