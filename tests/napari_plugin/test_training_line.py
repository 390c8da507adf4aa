"""Tests for `gapjunction.napari_plugin.training_line`."""

from typing import Any

import pytest

from gapjunction.napari_plugin.training_line import training_line

CURVES = [{"epoch": 1, "train_loss": 2.5, "f1": None}, {"epoch": 2, "train_loss": 1.25, "f1": 0.5}]
SCORES = {"num_images": 4, "f1": 0.5, "count_error": 3.0}


def facts(state: str, **others: Any) -> dict[str, Any]:
    """Return facts as a training tells them, after two epochs."""
    usual = {"step": "training", "of": None, "curves": CURVES, "message": ""}
    return {"state": state, "before": None, "after": None} | usual | others


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (facts("idle"), ""),
        (facts("running"), "training, epoch 2, loss 1.250, F1 0.500"),
        (facts("running", of=10), "training, epoch 2 of 10, loss 1.250, F1 0.500"),
        (facts("running", curves=CURVES[:1]), "training, epoch 1, loss 2.500"),
        (facts("running", curves=[]), "training"),
        (facts("running", step="comparing"), "comparing"),
        (facts("failed", message="no images"), "failed: no images"),
        (facts("cancelled", message="cancelled"), "cancelled"),
        (facts("done"), "done"),
        (
            facts("done", before=SCORES, after=SCORES | {"f1": 0.75, "count_error": 1.0}),
            "done: F1 0.500 before, 0.750 after; count error 3.0 before, 1.0 after, in 4 images "
            "kept for testing",
        ),
    ],
)
def test_training_line__each_state__says_how_far_it_is(told: dict[str, Any], line: str) -> None:
    assert training_line(told) == line
