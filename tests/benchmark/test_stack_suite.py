"""Tests for `gapjunction.benchmark.stack_suite`."""

import pytest

from gapjunction.benchmark.paired_stacks import PairedStack
from gapjunction.benchmark.stack_suite import stack_suite
from gapjunction.metrics.stacked_plaques import StackedPlaques
from plaque_cases import ELSEWHERE, PLACE, plaques_of, still

ONE = plaques_of(still(PLACE, 0, 1))
TWO = plaques_of(still(PLACE, 0, 1), still(ELSEWHERE, 0, 1), labels=[0, 1])


def stack(name: str, truth: StackedPlaques, found: StackedPlaques) -> PairedStack:
    return PairedStack(name, (4, 5), truth, found, is_given=False)


STACKS = [stack("a", ONE, ONE), stack("b", ONE, TWO), stack("c", TWO, TWO)]


def test_stack_suite__two_stacks__have_intervals_over_them() -> None:
    """Differences of 0 and 1 have a standard error of 0.5, and t(1) is 12.7062."""
    values = stack_suite(STACKS[:2], ["x"])["all"]
    assert (values["num_stacks"], values["num_truth"], values["num_found"]) == (2, 2, 3)
    assert 0 < values["precision_low"] < values["precision"] < values["precision_high"] < 1
    assert values["bias_low"] == pytest.approx(0.5 - 12.7062 * 0.5)
    assert values["bias_high"] == pytest.approx(0.5 + 12.7062 * 0.5)
    assert "limits_of_agreement_low_low" not in values


def test_stack_suite__one_stack__has_no_intervals() -> None:
    values = stack_suite(STACKS[1:2], ["x"])["all"]
    assert values["precision"] == 0.5
    assert "precision_low" not in values


def test_stack_suite__two_classes__are_compared_apart() -> None:
    classes = stack_suite(STACKS, ["x", "y"])["classes"]
    assert (classes["x"]["f1"], classes["x"]["num_truth"]) == (1, 3)
    assert (classes["y"]["precision"], classes["y"]["recall"]) == (0.5, 1)


def test_stack_suite__stacks__have_their_own_values() -> None:
    stacks = stack_suite(STACKS, ["x", "y"])["stacks"]
    assert {name: values["bias"] for name, values in stacks.items()} == {"a": 0, "b": 1, "c": 0}
