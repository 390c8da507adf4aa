"""What a training run tells about its epochs, and keeps in its state."""

import pickle
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from gapjunction.calibration import Calibration
from gapjunction.errors import CheckpointError
from gapjunction.training.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class Validation:
    """How good a detector is: `score` decides (higher is better), `metrics` are for the reader.

    `calibration` says what the detector's scores mean.
    """

    score: float
    metrics: dict[str, float]
    calibration: Calibration = field(default_factory=Calibration)


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch did; `losses` are means over its steps, the rate is that of its first."""

    epoch: int
    losses: dict[str, float]
    learning_rate: float
    seconds: float
    validation: Validation


def best_record(records: list[EpochRecord]) -> EpochRecord:
    """Return the record with the highest validation score; the earliest of equals."""
    return max(records, key=lambda record: record.validation.score)


def is_finished(records: list[EpochRecord], config: TrainingConfig) -> bool:
    """Tell whether a run has trained for all its epochs, or waited long enough for a better one."""
    if not records:
        return False
    waited = len(records) - best_record(records).epoch
    return len(records) >= config.max_epochs or waited >= config.patience


def read_records(state_path: Path) -> list[EpochRecord]:
    """Return the records in the state of a run.

    Raises:
        CheckpointError: if the state cannot be read.
    """
    state = read_state(state_path)
    return [record_from(values) for values in state["records"]]


def read_state(state_path: Path) -> dict[str, Any]:
    """Return the state of a run, its tensors on the CPU.

    Raises:
        CheckpointError: if it cannot be read.
    """
    try:
        state: dict[str, Any] = torch.load(state_path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, LookupError, TypeError):
        raise CheckpointError(
            state_path,
            expected="the state of a training run",
            found="a damaged file",
            fix="train anew with another --output",
        ) from None
    return state


def to_values(record: EpochRecord) -> dict[str, Any]:
    """Return a record as plain values, which a state may hold."""
    values = asdict(record)
    values["validation"]["calibration"] = record.validation.calibration.model_dump()
    return values


def record_from(values: dict[str, Any]) -> EpochRecord:
    """Return the record that `to_values` made plain."""
    validation = values["validation"]
    calibration = Calibration(**validation["calibration"])
    return EpochRecord(
        **{**values, "validation": Validation(**{**validation, "calibration": calibration})}
    )
