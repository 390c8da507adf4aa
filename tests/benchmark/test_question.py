"""Tests for `gapjunction.benchmark.question`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.groups import FACTORS
from gapjunction.benchmark.question import Question, require_answerable
from gapjunction.errors import BenchmarkError
from group_cases import two_groups

ASSETS = two_groups([1, 2], [3, 4])


def test_question__factors__have_the_planned_one_first_and_once() -> None:
    assert Question().factors == FACTORS
    assert Question(("age", "sex"), "sex").factors == ("sex", "age")
    assert Question(primary="dose").factors == ("dose", *FACTORS)


def test_require_answerable__what_no_asset_tells__is_an_error_that_names_what_they_tell() -> None:
    require_answerable(Question(primary="diagnosis"), ASSETS, Path("data"))
    with pytest.raises(BenchmarkError, match="block litter: expected"):
        require_answerable(Question(block="litter"), ASSETS, Path("data"))
    with pytest.raises(BenchmarkError, match="covariate age: expected"):
        require_answerable(Question(covariates=("age",)), ASSETS, Path("data"))
    with pytest.raises(BenchmarkError, match=r"by dose: .*, which tell diagnosis; add it"):
        require_answerable(Question(("dose",)), ASSETS, Path("data"))


def test_require_answerable__covariate_is_all_that_is_compared_by__is_an_error() -> None:
    question = Question(("diagnosis",), covariates=("diagnosis",))
    with pytest.raises(BenchmarkError, match="groups of diagnosis alone"):
        require_answerable(question, ASSETS, Path("data"))
