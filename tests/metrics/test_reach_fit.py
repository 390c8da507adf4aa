"""Tests for `gapjunction.metrics.reach_fit`, on errors whose spread is known."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import t as student

from gapjunction.metrics.reach_fit import ENOUGH_ANIMALS, CountError, fit_reach

SD, COUNT = 10.0, 100_000  # so large that both sides of an interval are alike


def animals_of(errors: Sequence[Sequence[float]]) -> list[list[CountError]]:
    """Return animals whose images err by so many standard deviations."""
    return [[CountError(round(COUNT + SD * z), COUNT, SD) for z in own] for own in errors]


def drawn(
    num_animals: int, num_images: int, correlation: float, rng: np.random.Generator
) -> list[list[float]]:
    """Return normal errors, of which those of an animal's images have this correlation."""
    own = rng.normal(0, np.sqrt(correlation), (num_animals, 1))
    errors = own + rng.normal(0, np.sqrt(1 - correlation), (num_animals, num_images))
    return [list(row) for row in errors.tolist()]


def test_relative__count_too_low_or_too_high__says_so() -> None:
    assert CountError(120, 100, 10).relative == pytest.approx(2)
    assert CountError(COUNT - 20, COUNT, 10).relative == pytest.approx(-2, rel=1e-3)


def test_fit_reach__no_animal__is_none() -> None:
    assert fit_reach([]) is None


def test_fit_reach__few_animals__is_students_t_with_one_degree_less_than_animals() -> None:
    reach = fit_reach(animals_of([[1], [1], [-1]]))
    assert reach is not None
    assert reach.image == pytest.approx(student.ppf(0.975, 2), rel=1e-3)
    assert reach.num_animals == 3
    assert reach.between_animals == pytest.approx(1 / 3)


def test_fit_reach__images_that_err_apart__count_as_well() -> None:
    alike, apart = (fit_reach(animals_of([own] * 3)) for own in ([1] * 4, [1, -1, 1, -1]))
    assert alike is not None
    assert apart is not None
    assert apart.within_animals < alike.within_animals == 1
    assert apart.image < alike.image == pytest.approx(student.ppf(0.975, 2), rel=1e-3)


def test_fit_reach__images_of_one_animal__weigh_as_much_as_one_of_another() -> None:
    others = [[1.0]] * ENOUGH_ANIMALS
    many, one = (fit_reach(animals_of([*others, [3.0] * n])) for n in (20, 1))
    assert many is not None
    assert one is not None
    assert many.image == one.image


def test_fit_reach__enough_animals__is_the_error_that_one_in_twenty_exceeds() -> None:
    errors = [[z] for z in np.linspace(0.05, 5, 100)]
    reach = fit_reach(animals_of(errors))
    assert reach is not None
    assert reach.image == pytest.approx(4.8, abs=1e-3)  # 96 of 101


def test_fit_reach__fewest_animals_without_a_distribution__is_the_largest_error() -> None:
    reach = fit_reach(animals_of([[z] for z in np.linspace(0.1, 2, ENOUGH_ANIMALS)]))
    assert reach is not None
    assert reach.image == pytest.approx(2, rel=1e-3)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_fit_reach__images_that_err_alike__are_told(correlation: float) -> None:
    reach = fit_reach(animals_of(drawn(400, 5, correlation, np.random.default_rng(0))))
    assert reach is not None
    assert reach.within_animals == pytest.approx(correlation, abs=0.06)
    # Totals are as unsure as is expected of them, so that they reach as far as images do.
    assert reach.animal == pytest.approx(1.96, abs=0.25)


def test_fit_reach__one_image_an_animal__takes_others_to_err_alike() -> None:
    reach = fit_reach(animals_of([[1], [-1], [2]]))
    assert reach is not None
    assert reach.within_animals == 1


@pytest.mark.parametrize(("num_animals", "num_images"), [(3, 5), (6, 4), (24, 3)])
def test_fit_reach__new_animals__are_within_it_in_about_19_of_20(
    num_animals: int, num_images: int
) -> None:
    rng, held, totals_held = np.random.default_rng(5), [], []
    for _ in range(100):
        reach = fit_reach(animals_of(drawn(num_animals, num_images, 0.4, rng)))
        assert reach is not None
        new = np.array(drawn(40, num_images, 0.4, rng))
        held.append((np.abs(new) < reach.image).mean())
        rho = reach.within_animals
        spread = np.sqrt(rho * num_images**2 + (1 - rho) * num_images)
        totals_held.append((np.abs(new.sum(axis=1)) < reach.animal * spread).mean())
    assert 0.93 < np.mean(held) < 0.985
    assert 0.93 < np.mean(totals_held) < 0.985
