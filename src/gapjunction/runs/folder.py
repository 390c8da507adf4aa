"""What a training run leaves behind, and where."""

from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import Field

from gapjunction.choices import PresetName
from gapjunction.config import StrictConfig
from gapjunction.errors import CheckpointError
from gapjunction.files import sha256_of
from gapjunction.images.plane_choice import ALL_CHANNELS
from gapjunction.models.checkpoint import CARD_NAME, WEIGHTS_NAME, DetectorConfig
from gapjunction.training.config import TrainingConfig

STATE_NAME = "state.pt"
SETTINGS_NAME = "settings.yaml"
SPLITS_NAME = "splits.json"
HISTORY_NAME = "history.csv"
CURVES_NAME = "curves.png"
FOLDS_NAME = "folds"  # states of cross-validation, until the run has ended
REHEARSAL_NAME = "rehearsal"  # simulated images, until the run has ended

RUNS = Path("runs")
START_LINE = "epoch: 0"  # in the card of a run that is no better than what it started from
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
                fix="put it there, on every machine that trains, or choose other weights",
                settings=("weights",),
            )
        return cls(path=path, sha256=sha256_of(file))


class RunSettings(StrictConfig):
    """Everything a run depends on, so that it can be gone on with as it was begun.

    Attributes:
        preset: its name, or that of what was trained instead.
        data: the datasets' folders, absolute.
        data_fingerprint: see `dataset.fingerprint`.
        detector: as built, with scores and threshold of the weights that it starts from.
        weights: what it started from, if not from random weights.
        channel: as asked for; none is found for each asset, "all" is color.
        start_channel, start_stain: what the weights that it starts from take of images with
            several channels; no channel where nothing says what their scores mean.
        num_folds: of cross-validation; 1 where the assets for validation judge alone.
        rehearse: tiles of simulated images that join each tile in a step.
    """

    preset: str
    data: tuple[Path, ...]
    data_fingerprint: str
    training: TrainingConfig
    detector: DetectorConfig
    weights: WeightsSource | None = None
    channel: tuple[str, ...] = ALL_CHANNELS
    start_channel: tuple[str, ...] | None = None
    start_stain: tuple[float, ...] | None = None
    num_folds: int = Field(default=1, ge=1)
    rehearse: float = Field(default=0.0, ge=0)


def new_run_folder(runs: Path, preset: PresetName) -> Path:
    """Return the path for a new run in `runs`, named by the time."""
    return runs / f"train_{datetime.now():%Y%m%d_%H%M%S}_{preset}"


def newest_run(runs: Path, file_name: str = WEIGHTS_NAME) -> Path:
    """Return the run folder in `runs` whose `file_name` was written last.

    Shipped weights are passed over and, where weights are looked for, runs that are no better
    than what they started from.

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
    """Tell whether a model was trained in `runs` that is better than what it started from."""
    return bool(_written(runs, WEIGHTS_NAME))


def _written(runs: Path, file_name: str) -> list[Path]:
    return [
        path
        for path in runs.glob(f"*/{file_name}")
        if not path.parent.name.startswith(SHIPPED_PREFIX)
        and (file_name != WEIGHTS_NAME or _is_better_than_its_start(path.parent))
    ]


def _is_better_than_its_start(folder: Path) -> bool:
    """Tell whether the weights in a run folder are those of an epoch, not of the start.

    The model card says so; a model without one is somebody's choice.
    """
    card = folder / CARD_NAME
    return not (card.is_file() and START_LINE in card.read_text(encoding="utf-8").splitlines())
