"""Tables of the metrics of stacks: text for the terminal, and rows for a spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gapjunction.benchmark.paired_stacks import PairedStack
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.metric_field import metrics_of
from gapjunction.metrics.stack_metrics import StackMetrics
from gapjunction.prediction_folder import PLAQUE_BOXES_NAME
from gapjunction.report.tables import metric_table, part_table
from gapjunction.text import counted

MOST_SHOWN = 24  # stacks
OF_SEVERAL = ["num_stacks", "limits_of_agreement_low", "limits_of_agreement_high"]


def stack_table(suite: Mapping[str, Any]) -> str:
    """Return all metrics with their intervals as text."""
    num_stacks = suite["all"]["num_stacks"]
    intervals = "no interval" if num_stacks < MIN_ASSETS else "95 % interval"
    heads = ("plaques, each counted once", f"{intervals}, {counted(num_stacks, 'stack')}")
    return metric_table(suite, metrics_of(StackMetrics), heads)


def each_stack_table(suite: Mapping[str, Any]) -> str:
    """Return a row a stack as text, up to `MOST_SHOWN`; empty for more, and for one."""
    is_shown = 1 < len(suite["stacks"]) <= MOST_SHOWN
    return part_table(suite["stacks"], metrics_of(StackMetrics)) if is_shown else ""


def stack_note(num_stacks: int) -> str:
    """Return what the intervals are of, or why there are none."""
    if num_stacks < MIN_ASSETS:
        return "No intervals: there is one stack only."
    return f"Intervals: jackknife over {num_stacks} stacks."


def truth_note(stacks: Sequence[PairedStack]) -> str:
    """Return what the true plaques are."""
    num_given = sum(each.is_given for each in stacks)
    if not num_given:
        return "True plaques: annotated boxes, linked as found ones are."
    if num_given == len(stacks):
        return f"True plaques: {TRUE_PLAQUES_NAME}, as simulated."
    return (
        f"True plaques: {TRUE_PLAQUES_NAME}, as simulated, of {counted(num_given, 'stack')}; "
        f"annotated boxes, linked as found ones are, of {len(stacks) - num_given}."
    )


def found_note(stacks: Sequence[PairedStack]) -> str:
    """Return what the found plaques are."""
    num_reported = sum(each.is_reported for each in stacks)
    if not num_reported:
        return "Found plaques: found boxes, linked."
    if num_reported == len(stacks):
        return f"Found plaques: {PLAQUE_BOXES_NAME}, as predicted."
    return (
        f"Found plaques: {PLAQUE_BOXES_NAME}, as predicted, of {counted(num_reported, 'stack')}; "
        f"found boxes, linked, of {len(stacks) - num_reported}."
    )


def stack_frame(stacks: Sequence[PairedStack], suite: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row for each stack: its slices, and its metrics, but for those of several."""
    return pd.DataFrame(
        [
            {
                "stack": each.name,
                "slices": len(each.numbers),
                "first_slice": each.numbers[0],
                "last_slice": each.numbers[-1],
                "truth": TRUE_PLAQUES_NAME if each.is_given else "linked annotations",
                **suite["stacks"][each.name],
            }
            for each in stacks
        ]
    ).drop(columns=OF_SEVERAL)
