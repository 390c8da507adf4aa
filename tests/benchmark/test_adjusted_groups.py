"""Tests for `gapjunction.benchmark.adjusted_groups`."""

from collections.abc import Sequence

import pytest

from gapjunction.benchmark.adjusted_groups import AdjustedComparison, AdjustedStudy
from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.group_study import study_groups
from gapjunction.benchmark.question import Question
from gapjunction.dataset.records import AssetMetadata, Sex
from gapjunction.metrics.adjusted_ratio import AdjustedRatio
from group_cases import asset

COUNTS = (11, 8, 14, 12, 30, 19, 25, 28)  # four healthy, then four ill ones
SEXES: tuple[Sex, ...] = ("Male", "Female", "Male", "Female") * 2
AGES = (2, 3, 5, 4, 6, 3, 5, 4)


def assets_of(
    counts: Sequence[float] = COUNTS,
    ages: Sequence[float | None] = AGES,
    sexes: Sequence[Sex | None] = SEXES,
    dataset: str = "rats",
) -> list[AssetMeasures]:
    return [
        asset(
            count,
            dataset=dataset,
            metadata=AssetMetadata(
                diagnosis="epilepsy" if number > 3 else "healthy", age_months=age, sex=sex
            ),
        )
        for number, (count, age, sex) in enumerate(zip(counts, ages, sexes, strict=True))
    ]


def adjusted(
    assets: Sequence[AssetMeasures], *covariates: str, by: tuple[str, ...] = ("diagnosis",)
) -> AdjustedStudy:
    question = Question(by, covariates=covariates)
    study = study_groups(assets, question, num_drawn=1000, seed=0).adjusted
    assert study is not None
    return study


def first_of(study: AdjustedStudy) -> AdjustedComparison:
    return study.comparisons[0]


def ratio_of(study: AdjustedStudy) -> AdjustedRatio:
    found = first_of(study).adjusted
    assert isinstance(found, AdjustedRatio)
    return found


def test_adjust_comparisons__plaques_by_age_alone__leave_no_ratio() -> None:
    """The ill are older, and have as many as healthy ones of their age would."""
    ages = [1, 2, 3, 4, 4, 5, 6, 7]
    counts = [100 * 1.2**age * (1.01 if age % 2 else 1) for age in ages]
    found = ratio_of(adjusted(assets_of(counts, ages), "age"))
    assert found.ratio == pytest.approx(1, abs=0.02)


def test_adjust_comparisons__age_and_sex__are_a_number_and_a_category() -> None:
    study = adjusted(assets_of(), "age", "sex")
    assert study.numbers == ("age",)
    assert first_of(study).covariates == ("age", "sex")
    assert ratio_of(study).freedom < 8 - 4 + 1e-9


def test_adjust_comparisons__age_of_one_is_unknown__leaves_it_out() -> None:
    ages = [None, *AGES[1:]]
    found = first_of(adjusted(assets_of(ages=ages), "age"))
    assert (found.num_first, found.num_second) == (3, 4)


def test_adjust_comparisons__two_datasets__have_levels_of_their_own() -> None:
    rats, people = assets_of(), assets_of([50 * n for n in COUNTS], dataset="people")
    found = adjusted([*rats, *people], "age")
    assert ratio_of(found).ratio == pytest.approx(ratio_of(adjusted(rats, "age")).ratio)


def test_adjust_comparisons__a_dataset_with_one_group__takes_no_part() -> None:
    healthy = assets_of([900] * 8, dataset="people")[:4]
    found = first_of(adjusted([*assets_of(), *healthy], "age"))
    assert (found.num_first, found.num_second) == (4, 4)


def test_adjust_comparisons__several_factors__are_not_adjusted_for_themselves() -> None:
    study = adjusted(assets_of(), "sex", by=("diagnosis", "sex"))
    assert {each.factor for each in study.comparisons} == {"diagnosis"}


def test_adjust_comparisons__two_comparisons__are_corrected_for_their_number() -> None:
    study = adjusted(assets_of(), "age", by=("diagnosis", "sex"))
    found = [
        each.adjusted for each in study.comparisons if isinstance(each.adjusted, AdjustedRatio)
    ]
    smallest = min(each.p_value for each in found)
    assert len(found) > 1
    assert min(each.p_holm or 1 for each in study.comparisons) == pytest.approx(
        len(found) * smallest
    )


@pytest.mark.parametrize(
    ("assets", "obstacle"),
    [
        (assets_of([0, *COUNTS[1:]]), "zero"),
        (assets_of(ages=[1, 2, 3, 4, None, None, None, 5]), "few"),
        (assets_of(ages=[3] * 4 + [5] * 4), "inseparable"),
        (assets_of(ages=[3] * 8), "redundant"),
    ],
)
def test_adjust_comparisons__nothing_to_tell__says_why(
    assets: list[AssetMeasures], obstacle: str
) -> None:
    assert first_of(adjusted(assets, "age")).adjusted == obstacle


def test_adjust_comparisons__ages_do_not_overlap__says_so() -> None:
    found = first_of(adjusted(assets_of(ages=[1, 2, 3, 2, 7, 8, 9, 7]), "age"))
    assert found.apart == ("age",)
