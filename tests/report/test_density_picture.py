"""Tests for `gapjunction.report.density_picture`."""

import io

import numpy as np
import pytest

from gapjunction.report.density_picture import density_map, density_picture

MASK = np.ones((64, 64), bool)


def test_density_map__a_point_in_each_pixel__is_one_up_to_the_border() -> None:
    corners = np.stack(np.meshgrid(np.arange(64), np.arange(64)), -1).reshape(-1, 2)
    points = corners.astype(np.float64) + 0.5
    assert density_map(points, MASK) == pytest.approx(np.ones((64, 64)))


def test_density_map__half_a_mask__is_nothing_outside() -> None:
    mask = MASK.copy()
    mask[:, 32:] = False
    density = density_map(np.array([[10.0, 10.0]]), mask)
    assert np.isnan(density[~mask]).all()
    assert np.nanargmax(density) // 64 == 10


def test_density_map__coarse__keeps_the_number_of_plaques() -> None:
    points = np.array([[32.0, 32.0]] * 3)
    assert density_map(points, MASK, 4).sum() * 16 == pytest.approx(3, rel=0.02)


@pytest.mark.long
@pytest.mark.parametrize(
    ("um_per_px", "label", "num_texts"),
    [(0.5, "plaques per mm\u00b2", 1), (None, "plaques per px\u00b2", 0)],
)
def test_density_picture__scale__is_said(
    um_per_px: float | None, label: str, num_texts: int
) -> None:
    figure = density_picture(np.array([[10.0, 10.0]]), MASK, um_per_px, "rat_$1$")
    picture, bar = figure.axes
    assert bar.get_ylabel() == label
    assert len(picture.texts) == num_texts
    figure.savefig(io.BytesIO(), format="png")
