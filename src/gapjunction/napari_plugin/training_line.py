"""How far a training is, in a line."""

from collections.abc import Mapping
from typing import Any

STEPS = {
    "waiting": "waiting",
    "predicting_before": "predicting with the model before, to compare",
    "training": "training",
    "predicting": "predicting with the new model",
    "comparing": "comparing",
}


def training_line(facts: Mapping[str, Any]) -> str:
    """Return how far a training is, from what `Trainings.facts` says; "" where there is none."""
    state, message = facts["state"], str(facts["message"])
    if state == "idle":
        return ""
    if state == "running":
        return STEPS[facts["step"]] + _epoch(facts)
    if state != "done":
        return f"{state}: {message}" if message and message != state else state
    if facts["before"] is None or facts["after"] is None:
        return f"done: {message}" if message else "done"
    before, after = facts["before"], facts["after"]
    return (
        f"done: F1 {before['f1']:.3f} before, {after['f1']:.3f} after; count error "
        f"{before['count_error']:.1f} before, {after['count_error']:.1f} after, in "
        f"{after['num_images']} images kept for testing"
    )


def _epoch(facts: Mapping[str, Any]) -> str:
    if facts["step"] != "training" or not facts["curves"]:
        return ""
    last = facts["curves"][-1]
    of = f" of {facts['of']}" if facts["of"] else ""
    parts = [f", epoch {last['epoch']}{of}"]
    if last["train_loss"] is not None:
        parts.append(f"loss {last['train_loss']:.3f}")
    if last["f1"] is not None:
        parts.append(f"F1 {last['f1']:.3f}")
    return ", ".join(parts)
