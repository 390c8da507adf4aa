"""Tests for `gapjunction.measurement.ripley`."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from gapjunction.measurement.regions import Region, whole_image
from gapjunction.measurement.ripley import (
    FloatArray,
    ShiftedArea,
    nearest_px,
    random_points,
    ripleys_l,
)

DISC = np.hypot(*(np.mgrid[:128, :128] - 63.5)) < 60


def rectangles_l(points: FloatArray, height: int, width: int, radii: FloatArray) -> FloatArray:
    """Compute L in a rectangle, where the overlap with a shifted one has a closed form."""
    shifts = np.abs(points[:, None] - points[None])[np.triu_indices(len(points), 1)]
    distances = np.hypot(*shifts.T)
    overlap = (width - shifts[:, 0]) * (height - shifts[:, 1])
    weights = height * width / overlap
    num_pairs = len(points) * (len(points) - 1) / 2
    shares = np.array([weights[distances <= r].sum() for r in radii]) / num_pairs
    return np.sqrt(shares * height * width / np.pi)


def thomas_points(rng: np.random.Generator, side: int, sigma: float) -> tuple[FloatArray, float]:
    """Return clusters of about five about Poisson parents, and the density of these."""
    density = 60 / side**2
    margin = 5 * sigma
    whole = side + 2 * margin
    parents = rng.uniform(-margin, side + margin, (rng.poisson(density * whole**2), 2))
    children = [parent + rng.normal(0, sigma, (rng.poisson(5), 2)) for parent in parents]
    points = np.concatenate(children)
    return points[((points >= 0) & (points < side)).all(axis=1)], density


def test_ripleys_l__rectangle__is_that_of_the_closed_form() -> None:
    points = np.random.default_rng(0).uniform(0, 1, (80, 2)) * (200, 120)
    area = ShiftedArea.of(whole_image("all", 120, 200))
    expected = rectangles_l(points, 120, 200, area.radii_px)
    assert ripleys_l(points, area) == pytest.approx(expected, rel=0.003)


def test_ripleys_l__coarse_picture_of_a_large_region__changes_little() -> None:
    points = np.random.default_rng(0).uniform(0, 1, (80, 2)) * (2500, 1500)
    area = ShiftedArea.of(whole_image("all", 1500, 2500))
    assert area.coarseness == 3
    expected = rectangles_l(points, 1500, 2500, area.radii_px)
    assert ripleys_l(points, area) == pytest.approx(expected, rel=0.005)


def test_ripleys_l__chance_in_a_disc_with_its_corner_in_the_image__is_the_radius() -> None:
    """Without a correction of edges, L is 12 % too small at a quarter of the side."""
    region = Region("disc", 30, 10, DISC)
    area, rng = ShiftedArea.of(region), np.random.default_rng(1)
    k = [ripleys_l(random_points(region, 60, rng), area) ** 2 for _ in range(300)]
    assert np.sqrt(np.mean(k, axis=0))[2:] == pytest.approx(area.radii_px[2:], rel=0.03)


def test_ripleys_l__thomas_process__has_its_published_k() -> None:
    """K of a Thomas process is pi r^2 + (1 - exp(-r^2 / 4 sigma^2)) / density of parents."""
    side, sigma = 256, 5.0
    area, rng = ShiftedArea.of(whole_image("all", side, side)), np.random.default_rng(2)
    found, density = [], 0.0
    for _ in range(80):
        points, density = thomas_points(rng, side, sigma)
        found.append(np.pi * ripleys_l(points, area) ** 2)
    radii = area.radii_px
    expected = np.pi * radii**2 + (1 - np.exp(-(radii**2) / (4 * sigma**2))) / density
    assert np.mean(found, axis=0)[1:] == pytest.approx(expected[1:], rel=0.06)


def test_nearest_px__random_points__is_the_least_distance() -> None:
    points = np.array([[0.0, 0], [3, 4], [3, 5]])
    assert pdist(points).min() == 1
    assert nearest_px(points) == pytest.approx((5 + 1 + 1) / 3)


def test_random_points__region_with_a_hole__lie_in_it_alone() -> None:
    pixels = np.ones((20, 30), bool)
    pixels[5:15, 5:25] = False
    region = Region("ring", 100, 50, pixels)
    points = random_points(region, 500, np.random.default_rng(0))
    assert region.holds(points.astype(np.float32)).all()
    assert points.min(axis=0) == pytest.approx([100, 50], abs=0.5)


def test_shifted_area__no_shift__is_the_region_itself() -> None:
    area = ShiftedArea.of(Region("disc", 0, 0, DISC))
    assert area.weights(np.zeros((1, 2))) == pytest.approx([1])
    assert area.area_px2 == DISC.sum()
