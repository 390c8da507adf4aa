"""Tests for `gapjunction.report.people_table`."""

from dataclasses import replace

import numpy as np

from gapjunction.benchmark.people import People
from gapjunction.metrics.counts import count_metrics
from gapjunction.metrics.group_effects import Estimate
from gapjunction.metrics.interval import Interval
from gapjunction.metrics.raters import RaterAgreement
from gapjunction.report.people_table import people_text, people_values

PEOPLE = People(
    ("anna", "ben"),
    RaterAgreement(2, 3, Estimate(0.9, Interval(0.8, 0.95)), 4.5),
    {(0, 1): count_metrics(np.array([1, 2, 3]), np.array([2, 3, 4]))},
)
NOTHING = replace(PEOPLE, together=RaterAgreement(2, 0, None, None))


def test_people_text__two__says_how_far_they_agree() -> None:
    sentence, table = people_text(PEOPLE).split("\n\n")
    assert "ICC(A,1) 0.900 (95 % interval 0.800 to 0.950)" in sentence
    assert "coefficient 4.50 objects" in sentence
    assert table.splitlines()[-1].split() == ["ben", "-", "anna", "+1.00", "+1.00", "+1.00"]


def test_people_text__no_value__is_a_dash() -> None:
    assert "ICC(A,1) -, reproducibility coefficient - objects" in people_text(NOTHING)


def test_people_values__json__has_numbers_and_pairs() -> None:
    values = people_values(PEOPLE)
    assert (values["icc_agreement"], values["icc_agreement_low"]) == (0.9, 0.8)
    [pair] = values["pairs"]
    assert (pair["first"], pair["second"], pair["bias"]) == ("anna", "ben", 1)
    assert people_values(NOTHING)["icc_agreement"] is None
