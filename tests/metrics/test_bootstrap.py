"""Tests for `gapjunction.metrics.bootstrap`."""

import numpy as np
import pytest
from scipy import stats

from gapjunction.metrics.bootstrap import (
    Interval,
    draw_image_weights,
    interval_of,
    two_sided_p,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_draw_image_weights__images_of_an_asset__are_drawn_together() -> None:
    weights = draw_image_weights(np.array([0, 1, 0, 2]), 50, rng())
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_draw_image_weights__each_asset__counts_once_on_average() -> None:
    weights = draw_image_weights(np.arange(8), 20_000, rng())
    assert weights.mean(axis=0) == pytest.approx(np.ones(8), abs=0.03)
    assert weights.var(axis=0) == pytest.approx(np.full(8, 7 / 8), abs=0.05)  # binomial


def test_draw_image_weights__no_image__is_empty() -> None:
    assert draw_image_weights(np.zeros(0, np.int64), 5, rng()).shape == (5, 0)


def test_interval_of__means_of_resamples__is_that_of_scipy() -> None:
    values = rng().normal(10, 3, 40)
    weights = draw_image_weights(np.arange(40), 20_000, rng())
    ours = interval_of(weights @ values / 40)
    reference = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=1
    ).confidence_interval
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high), abs=0.03)


def test_interval_of__assets_of_like_images__is_wider_than_of_images() -> None:
    values = np.repeat(rng().normal(10, 3, 10), 5)
    of_assets = draw_image_weights(np.repeat(np.arange(10), 5), 2000, rng())
    of_images = draw_image_weights(np.arange(50), 2000, rng())
    widths = []
    for weights in (of_assets, of_images):
        interval = interval_of(weights @ values / 50)
        assert interval is not None
        widths.append(interval.high - interval.low)
    assert widths[0] > 1.8 * widths[1]  # the square root of 5 is 2.2


def test_interval_of__undefined_resamples__are_left_out() -> None:
    assert interval_of(np.array([np.nan, 2.0, 2.0])) == Interval(2, 2)
    assert interval_of(np.array([np.nan])) is None


def test_two_sided_p__worked_by_hand() -> None:
    differences = np.array([-1.0] * 3 + [1.0] * 96)
    assert two_sided_p(differences) == pytest.approx(2 * (3 + 1) / (99 + 1))


@pytest.mark.parametrize(("value", "expected"), [(1.0, 2 / 100), (-1.0, 2 / 100), (0.0, 1.0)])
def test_two_sided_p__all_alike__is_the_least_or_one(value: float, expected: float) -> None:
    assert two_sided_p(np.full(99, value)) == pytest.approx(expected)


def test_two_sided_p__nothing_defined__has_no_value() -> None:
    assert two_sided_p(np.array([np.nan])) is None


def test_two_sided_p__normal_differences__is_near_that_of_the_z_test() -> None:
    values = rng().normal(0.3, 1, 60)
    weights = draw_image_weights(np.arange(60), 20_000, rng())
    z = values.mean() / (values.std() / np.sqrt(60))
    assert two_sided_p(weights @ values / 60) == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.01)
