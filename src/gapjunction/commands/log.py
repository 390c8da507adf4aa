"""`gapjunction log`: log to MLflow what could not be logged when it was made."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gapjunction.commands.kept_runs import KEPT_NAME, LOGGED_NAME, log_kept
from gapjunction.config import StrictConfig
from gapjunction.errors import TrackingError
from gapjunction.tracking.runs import RunLink
from gapjunction.tracking.store import MlflowDir


class LogConfig(StrictConfig):
    """Settings of `gapjunction log`."""

    run: Path = Field(
        ...,
        description="Folder of a finished training, or of a benchmark that could not be logged.",
        json_schema_extra={"positional": True},
    )
    mlflow_dir: MlflowDir = None


@dataclass(frozen=True, slots=True)
class LogResult:
    """Where a run is logged."""

    logged: RunLink

    def __str__(self) -> str:
        return self.logged.where_to_see()


def run(config: LogConfig) -> LogResult:
    """Log a finished run; a training that is logged already is not logged again.

    Raises:
        TrackingError: if the folder holds no run to log, or it cannot be logged.
        CheckpointError: if the training cannot be read, or has not ended.
        ConfigError: if a file of the run is damaged.
    """
    if (config.run / KEPT_NAME).is_file():
        return LogResult(log_kept(config.run, config.mlflow_dir))
    # Importing torch takes seconds, which a benchmark needs not.
    from gapjunction.runs.folder import SETTINGS_NAME, STATE_NAME  # noqa: PLC0415
    from gapjunction.runs.log import log_finished  # noqa: PLC0415

    if (config.run / STATE_NAME).is_file() and (config.run / SETTINGS_NAME).is_file():
        return LogResult(log_finished(config.run, config.mlflow_dir))
    raise TrackingError(
        config.run,
        expected="the folder of a finished training, or of a benchmark that could not be logged",
        found=_found(config.run),
        fix="check the path",
        settings=("run",),
    )


def _found(folder: Path) -> str:
    if (folder / LOGGED_NAME).is_file():
        return "a benchmark that is logged"
    return "neither" if folder.exists() else "nothing there"
