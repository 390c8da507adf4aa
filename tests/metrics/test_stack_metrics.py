"""Tests for `gapjunction.metrics.stack_metrics`."""

import math
from dataclasses import asdict
from pathlib import Path

import pytest

from gapjunction.metrics.metric_field import metrics_of
from gapjunction.metrics.stack_metrics import StackMetrics, score_stack, stack_metrics
from gapjunction.metrics.stacked_plaques import StackedPlaques
from plaque_cases import ELSEWHERE, PLACE, plaques_of, random_sides, still

NOTHING = plaques_of()
ONE = plaques_of(still(PLACE, 0, 1, 2, 3))
TWO = plaques_of(still(PLACE, 0, 1, 2, 3), still(ELSEWHERE, 0, 1, 2, 3))
OF_PLAQUES = ("precision", "recall", "f1")
OF_BOXES = ("ass_re", "ass_pr", "ass_a", "det_a", "hota")


def measured(*stacks: tuple[StackedPlaques, StackedPlaques]) -> StackMetrics:
    return stack_metrics([score_stack(truth, found) for truth, found in stacks])


def values_of(metrics: StackMetrics, *names: str) -> list[float | None]:
    values = asdict(metrics)
    return [values[name] for name in names]


@pytest.mark.parametrize("seed", range(5))
def test_stack_metrics__perfect__is_1_in_everything(seed: int) -> None:
    truth, _ = random_sides(seed)
    metrics = measured((truth, truth), (TWO, TWO))
    assert values_of(metrics, *OF_PLAQUES, *OF_BOXES, "total_ratio") == pytest.approx([1] * 9)
    assert (metrics.bias, metrics.mae, metrics.mape_percent) == (0, 0, 0)


def test_stack_metrics__plaque_in_two_halves__is_one_too_many() -> None:
    metrics = measured((ONE, plaques_of(still(PLACE, 0, 1), still(PLACE, 2, 3))))
    assert values_of(metrics, *OF_PLAQUES) == pytest.approx([1 / 2, 1, 2 / 3])
    assert values_of(metrics, *OF_BOXES) == pytest.approx([2 / 4, 1, 2 / 4, 1, math.sqrt(2 / 4)])
    assert (metrics.bias, metrics.mape_percent) == (1, 100)


def test_stack_metrics__two_that_swap_half_way__are_counted_right_and_linked_wrong() -> None:
    swapped = plaques_of(
        still(PLACE, 0, 1) | still(ELSEWHERE, 2, 3), still(ELSEWHERE, 0, 1) | still(PLACE, 2, 3)
    )
    metrics = measured((TWO, swapped))
    assert values_of(metrics, *OF_PLAQUES, "bias") == [1, 1, 1, 0]  # volumes overlap by a third
    assert values_of(metrics, *OF_BOXES) == pytest.approx([0.5, 0.5, 1 / 3, 1, math.sqrt(1 / 3)])


def test_stack_metrics__missed_slice__costs_a_box_and_no_plaque() -> None:
    metrics = measured((ONE, plaques_of(still(PLACE, 0, 1, 3))))
    assert values_of(metrics, *OF_PLAQUES) == [1, 1, 1]
    assert values_of(metrics, *OF_BOXES) == pytest.approx([3 / 4, 1, 3 / 4, 3 / 4, 3 / 4])


def test_stack_metrics__two_stacks__counts_differ_by_stack_and_plaques_are_pooled() -> None:
    metrics = measured((TWO, ONE), (ONE, TWO), (TWO, TWO))
    assert (metrics.num_stacks, metrics.num_truth, metrics.num_found) == (3, 5, 5)
    assert values_of(metrics, "bias", "mae") == pytest.approx([0, 2 / 3])
    assert metrics.mape_percent == pytest.approx((50 + 100 + 0) / 3)
    assert values_of(metrics, *OF_PLAQUES) == [4 / 5] * 3
    assert metrics.limits_of_agreement_high == pytest.approx(1.96)  # differences -1, 1 and 0


def test_stack_metrics__nothing_to_find_and_nothing_found__is_right() -> None:
    metrics = measured((NOTHING, NOTHING))
    assert values_of(metrics, *OF_PLAQUES, *OF_BOXES) == [1, 1, 1, None, None, None, 1, 1]
    assert metrics.mape_percent is None


@pytest.mark.parametrize(("truth", "found"), [(ONE, NOTHING), (NOTHING, ONE)])
def test_stack_metrics__one_side_empty__is_0(truth: StackedPlaques, found: StackedPlaques) -> None:
    metrics = measured((truth, found))
    assert values_of(metrics, *OF_PLAQUES, *OF_BOXES) == [0, 0, 0, None, None, None, 0, 0]


def test_stack_metrics__no_stacks__have_counts_of_none() -> None:
    metrics = stack_metrics([])
    assert (metrics.num_stacks, metrics.bias, metrics.f1) == (0, None, 1)


def test_docs__every_metric__is_explained_by_name() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "stacks.md").read_text()
    assert not [each.name for each in metrics_of(StackMetrics) if f"`{each.name}`" not in docs]
