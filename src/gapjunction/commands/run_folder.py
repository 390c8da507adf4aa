"""What a training run leaves behind, and where."""

from datetime import datetime
from pathlib import Path
from typing import Self

from gapjunction.config import StrictConfig
from gapjunction.dataset.plane_choice import ALL_CHANNELS
from gapjunction.errors import CheckpointError
from gapjunction.files import sha256_of
from gapjunction.models.checkpoint import WEIGHTS_NAME, DetectorConfig
from gapjunction.presets import PresetName
from gapjunction.training.config import TrainingConfig

STATE_NAME = "state.pt"
SETTINGS_NAME = "settings.yaml"
SPLITS_NAME = "splits.json"
HISTORY_NAME = "history.csv"
CURVES_NAME = "curves.png"
CARD_NAME = "MODEL_CARD.md"

RUNS = Path("runs")
SHIPPED_PREFIX = "shipped_"  # of folders with the weights that come with the package


class WeightsSource(StrictConfig):
    """The weights that a run started from.

    Attributes:
        path: a file, or a run folder, whose weights file `sha256` is of; absolute.
    """

    path: Path
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the source as it is now.

        Raises:
            CheckpointError: if it is not there.
        """
        file = path / WEIGHTS_NAME if path.is_dir() else path
        if not file.is_file():
            raise CheckpointError(
                file,
                expected="the weights that training starts from",
                found="no such file",
                fix="put it there, on every machine that trains, or choose other --weights",
            )
        return cls(path=path, sha256=sha256_of(file))


class RunSettings(StrictConfig):
    """Everything a run depends on, so that it can be gone on with as it was begun.

    Attributes:
        preset: its name, or that of what was trained instead.
        data: the datasets' folders, absolute.
        data_fingerprint: see `dataset.fingerprint`.
        detector: as built; the threshold is chosen during training.
        weights: what it started from, if not from random weights.
        channel: as asked for; none is found for each asset, "all" is color.
    """

    preset: str
    data: tuple[Path, ...]
    data_fingerprint: str
    training: TrainingConfig
    detector: DetectorConfig
    weights: WeightsSource | None = None
    channel: tuple[str, ...] = ALL_CHANNELS


def new_run_folder(runs: Path, preset: PresetName) -> Path:
    """Return the path for a new run in `runs`, named by the time."""
    return runs / f"train_{datetime.now():%Y%m%d_%H%M%S}_{preset}"


def newest_run(runs: Path, file_name: str = WEIGHTS_NAME) -> Path:
    """Return the run folder in `runs` whose `file_name` was written last; no shipped weights.

    Raises:
        CheckpointError: if there is none.
    """
    written = _written(runs, file_name)
    if not written:
        raise CheckpointError(
            runs,
            expected=f"a run folder with {file_name}",
            found="none in it" if runs.is_dir() else "no such folder",
            fix="train first with 'gapjunction train', or name a run's folder",
        )
    return max(written, key=lambda path: path.stat().st_mtime_ns).parent


def has_runs(runs: Path) -> bool:
    """Tell whether a model was trained in `runs`."""
    return bool(_written(runs, WEIGHTS_NAME))


def _written(runs: Path, file_name: str) -> list[Path]:
    return [
        path
        for path in runs.glob(f"*/{file_name}")
        if not path.parent.name.startswith(SHIPPED_PREFIX)
    ]
