"""Tests for `gapjunction.benchmark.covariates`."""

import numpy as np
import pytest

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.covariates import columns_of, is_number, numbers_apart, tells_all
from gapjunction.dataset.records import AssetMetadata, Sex
from group_cases import asset


def of(age: float | None = None, sex: Sex | None = None, **further: str) -> AssetMeasures:
    return asset(1, metadata=AssetMetadata(age_months=age, sex=sex, further=further))


@pytest.mark.parametrize(
    ("assets", "expected"),
    [
        ([of(batch="1"), of(batch="2.5"), of()], True),
        ([of(batch="1"), of(batch="b")], False),
        ([of(batch="1"), of(batch="inf")], False),
    ],
)
def test_is_number__texts__are_numbers_if_all_are(
    assets: list[AssetMeasures], *, expected: bool
) -> None:
    assert is_number(assets, "batch") == expected


def test_columns_of__age_and_three_batches__is_a_column_and_one_for_each_but_the_first() -> None:
    assets = [of(3, batch="b"), of(5, batch="a"), of(7, batch="c")]
    columns = columns_of(assets, ["age", "batch"], ["age"], np.zeros(3, np.int64))
    deviation = np.sqrt(8 / 3)
    np.testing.assert_allclose(columns, [[-2 / deviation, 1, 0], [0, 0, 0], [2 / deviation, 0, 1]])


def test_columns_of__rats_and_people__have_ages_in_deviations_of_their_own() -> None:
    assets = [of(3), of(5), of(300), of(700), of(12)]
    columns = columns_of(assets, ["age"], ["age"], np.array([0, 0, 1, 1, 2]))
    np.testing.assert_allclose(columns, [[-1], [1], [-1], [1], [0]])


def test_tells_all__one_is_unknown__is_false() -> None:
    assert tells_all(of(3, "Male"), ["age", "sex"])
    assert not tells_all(of(None, "Male"), ["age", "sex"])


@pytest.mark.parametrize(("oldest", "apart"), [(4, ("age",)), (6, ())])
def test_numbers_apart__ages_of_groups__overlap_or_not(
    oldest: float, apart: tuple[str, ...]
) -> None:
    assert numbers_apart([of(2), of(oldest)], [of(5), of(9)], ["age"]) == apart
