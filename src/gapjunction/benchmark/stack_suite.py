"""All metrics of stacks at once, with 95 % intervals over stacks, ready for JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.paired_stacks import PairedStack
from gapjunction.benchmark.suite import MetricValues
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.jackknife import without_each
from gapjunction.metrics.metric_field import metrics_of, names_with_interval
from gapjunction.metrics.metric_intervals import metric_intervals
from gapjunction.metrics.stack_metrics import (
    StackMetrics,
    StackScore,
    score_stack,
    stack_metrics,
)


def stack_suite(stacks: Sequence[PairedStack], class_names: Sequence[str]) -> dict[str, Any]:
    """Return every metric of all classes together, of each class, and of each stack.

    ``{"all": {...}, "classes": {name: {...}}, "stacks": {name: {...}}}``. "all" and classes have
    intervals, `<metric>_low` and `<metric>_high`, if there are two stacks.
    """
    scores = [score_stack(each.truth, each.found) for each in stacks]
    overall = _values_with_intervals(scores)
    if len(class_names) == 1:
        classes = {class_names[0]: overall}
    else:
        classes = {
            name: _values_with_intervals(_scores_of_class(stacks, label))
            for label, name in enumerate(class_names)
        }
    of_stacks = {
        stack.name: asdict(stack_metrics([score]))
        for stack, score in zip(stacks, scores, strict=True)
    }
    return {"all": overall, "classes": classes, "stacks": of_stacks}


def _scores_of_class(stacks: Sequence[PairedStack], label: int) -> list[StackScore]:
    return [score_stack(each.truth.of_class(label), each.found.of_class(label)) for each in stacks]


def _values_with_intervals(scores: Sequence[StackScore]) -> MetricValues:
    def of_stacks(rows: NDArray[np.int64]) -> MetricValues:
        return asdict(stack_metrics([scores[row] for row in rows.tolist()]))

    every = np.arange(len(scores))
    values = of_stacks(every)
    if len(scores) < MIN_ASSETS:
        return values
    without = without_each(every, of_stacks, names_with_interval(StackMetrics))
    return values | metric_intervals(metrics_of(StackMetrics), values, without)
