"""Tests for `gapjunction.report.stack_tables`."""

from dataclasses import replace

import pytest

from gapjunction.benchmark.paired_stacks import PairedStack
from gapjunction.benchmark.stack_suite import stack_suite
from gapjunction.report.stack_tables import (
    each_stack_table,
    found_note,
    stack_frame,
    stack_note,
    stack_table,
    truth_note,
)
from plaque_cases import PLACE, plaques_of, still

ONE = plaques_of(still(PLACE, 0, 1))
STACKS = [PairedStack(name, (4, 6), ONE, ONE, is_given=False) for name in "ab"]
SUITE = stack_suite(STACKS, ["x"])


def test_stack_table__metrics__have_a_row_each() -> None:
    lines = stack_table(SUITE).splitlines()
    rows = [line.split("  ")[0] for line in lines]
    assert lines[0].endswith("95 % interval, 2 stacks")
    assert rows[0] == "plaques, each counted once"
    assert {"stacks", "bias per stack (found - true)", "F1", "association recall"} <= set(rows)


def test_each_stack_table__two__have_a_row_each() -> None:
    assert [line[:1] for line in each_stack_table(SUITE).splitlines()[2:]] == ["a", "b"]


@pytest.mark.parametrize("count", [1, 25])
def test_each_stack_table__one_or_many__is_empty(count: int) -> None:
    assert each_stack_table({"stacks": dict.fromkeys(range(count), SUITE["all"])}) == ""


def test_stack_note__stacks__are_what_intervals_are_over() -> None:
    assert stack_note(1) == "No intervals: there is one stack only."
    assert stack_note(2) == "Intervals: jackknife over 2 stacks."


def test_truth_note__linked_given_and_both__is_told() -> None:
    linked, given = STACKS[0], replace(STACKS[1], is_given=True)
    assert truth_note([linked]).startswith("True plaques: annotated boxes")
    assert truth_note([given]) == "True plaques: true_plaques.csv, as simulated."
    assert "of 1 stack; annotated" in truth_note([linked, given])


def test_found_note__linked_reported_and_both__is_told() -> None:
    linked, reported = STACKS[0], replace(STACKS[1], is_reported=True)
    assert found_note([linked]) == "Found plaques: found boxes, linked."
    assert found_note([reported]) == "Found plaques: plaque_boxes.csv, as predicted."
    assert "of 1 stack; found boxes" in found_note([linked, reported])


def test_stack_frame__stacks__are_rows_with_their_slices() -> None:
    rows = stack_frame(STACKS, SUITE).to_dict("records")
    assert [row["stack"] for row in rows] == ["a", "b"]
    assert (rows[0]["slices"], rows[0]["first_slice"], rows[0]["last_slice"]) == (2, 4, 6)
    assert (rows[0]["truth"], rows[0]["f1"]) == ("linked annotations", 1)
