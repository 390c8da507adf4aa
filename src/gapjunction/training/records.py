"""What a training run tells about its epochs, and keeps in its state."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from gapjunction.calibration import Calibration
from gapjunction.errors import CheckpointError
from gapjunction.models.torch_files import UNREADABLE
from gapjunction.outside_files import require_plain
from gapjunction.shortage import is_out_of_memory
from gapjunction.training.config import TrainingConfig

NEXT_TO_NOTHING = 0.1  # of the score
CLEAR_GAIN = 0.02  # in score or error, which are shares
TOLERATED_LOSS = 0.5  # of such a gain, in the other one


@dataclass(frozen=True, slots=True)
class Validation:
    """How good a detector is; `metrics` are for the reader.

    Attributes:
        score: what is to be maximized, such as F1.
        error: what must not grow meanwhile, such as that of the counts.
        calibration: what the detector's scores mean.
        by_asset: asset -> name -> value.
        losses: on tiles of the images that judge, as training has them.
    """

    score: float
    metrics: dict[str, float]
    calibration: Calibration = field(default_factory=Calibration)
    error: float = 0.0
    by_asset: dict[str, dict[str, float]] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch did; `losses` are means over its steps, the rate is that of its first.

    Epoch 0 is what training starts from: it has no losses and a rate of 0.
    """

    epoch: int
    losses: dict[str, float]
    learning_rate: float
    seconds: float
    validation: Validation

    def named_values(self) -> dict[str, float]:
        """Return losses, validation and learning rate as a table of epochs names them."""
        return {
            **{f"loss_{name}": value for name, value in self.losses.items()},
            **{f"val_loss_{name}": value for name, value in self.validation.losses.items()},
            **{f"val_{name}": value for name, value in self.validation.metrics.items()},
            "learning_rate": self.learning_rate,
        }


def is_better(later: Validation, start: Validation) -> bool:
    """Tell whether a detector is better than the start by more than luck would have it.

    Both score and error are better; or one of them is by 0.02 or more, and the other is worse by
    no more than half of that. A start that finds next to nothing, such as random weights,
    has right counts by accident only: then any higher score is better.
    """
    if start.score < NEXT_TO_NOTHING:
        return later.score > start.score
    gains = later.score - start.score, start.error - later.error
    if min(gains) > 0:
        return True
    return max(gains) >= CLEAR_GAIN and min(gains) >= -TOLERATED_LOSS * max(gains)


def best_record(records: list[EpochRecord]) -> EpochRecord:
    """Return the record with the highest validation score; the earliest of equals.

    The first is the start: only those that are better than it can take its place.
    """
    start = records[0]
    better = [each for each in records if is_better(each.validation, start.validation)]
    return max(better, key=lambda record: record.validation.score, default=start)


def is_finished(records: list[EpochRecord], config: TrainingConfig) -> bool:
    """Tell whether a run has trained for all its epochs, or waited long enough for a better one."""
    if not records:
        return False
    epoch = records[-1].epoch
    return epoch >= config.max_epochs or epoch - best_record(records).epoch >= config.patience


def read_records(state_path: Path) -> list[EpochRecord]:
    """Return the records in the state of a run.

    Raises:
        CheckpointError: if the state cannot be read.
    """
    state = read_state(state_path)
    try:
        return [record_from(values) for values in state["records"]]
    except (LookupError, TypeError, ValueError):
        raise _damaged(state_path) from None


def read_state(state_path: Path) -> dict[str, Any]:
    """Return the state of a run, its tensors on the CPU.

    Raises:
        CheckpointError: if it cannot be read.
    """
    try:
        require_plain(state_path, CheckpointError)
        state: dict[str, Any] = torch.load(state_path, map_location="cpu", weights_only=True)
    except (*UNREADABLE, OSError) as error:
        if is_out_of_memory(error):
            raise
        raise _damaged(state_path) from None
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


def _damaged(state_path: Path) -> CheckpointError:
    return CheckpointError(
        state_path,
        expected="the state of a training run",
        found="a damaged file",
        fix="train anew with another output",
        settings=("output",),
    )
