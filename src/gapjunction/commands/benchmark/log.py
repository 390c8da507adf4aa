"""What every benchmark does with its numbers: say what ran, write files, log to MLflow."""

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gapjunction.benchmark.suite import flat_metrics
from gapjunction.commands.benchmark.options import PredictionsBenchmarkConfig
from gapjunction.commands.kept_runs import log_or_keep
from gapjunction.files import write_json, written_whole
from gapjunction.prediction_folder import Manifest
from gapjunction.provenance import UNKNOWN, git_commit
from gapjunction.temporary_folders import temporary_folder
from gapjunction.tracking.runs import VERSION_TAG, RunLink, RunRecord

logger = logging.getLogger(__name__)

COMMIT_DIGITS = 5
METRICS_NAME = "metrics.json"
WORST = "worst_[0-9]_*.png"  # pictures of images, of which another benchmark has others


@dataclass(frozen=True, slots=True)
class BenchmarkOutcome:
    """What a benchmark found.

    Attributes:
        suite: the metrics as ``{"all": {...}, "classes": {class name: {...}}}``.
        params: what they depend on, beside what every benchmark logs.
        table: the metrics as the terminal shows them.
        write_artifacts: fills the given folder; `metrics.json` is there already.
    """

    suite: Mapping[str, Any]
    params: Mapping[str, str]
    table: str
    write_artifacts: Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class LoggedBenchmark:
    """What a benchmark depends on, as logged, and where it is logged."""

    params: dict[str, str]
    run: RunLink


def log_benchmark(
    config: PredictionsBenchmarkConfig,
    manifest: Manifest,
    outcome: BenchmarkOutcome,
    parent: RunLink | None = None,
) -> LoggedBenchmark:
    """Write JSON file and output folder, as far as they are asked for, and log the run to MLflow.

    Args:
        config: the benchmark's settings.
        manifest: where the predictions come from.
        outcome: what was found.
        parent: the comparison that the run is a part of.

    Raises:
        TrackingError: if the run cannot be logged; it is kept, and JSON file and output are
            there all the same.
    """
    if config.model_version is not None:
        stated = dict(manifest) | {"model_version": config.model_version}
        manifest = Manifest.model_validate(stated)
    commit = git_commit()
    params = {**_params(config, manifest, commit), **outcome.params}
    content = {"params": params, **outcome.suite}
    if config.json_file is not None:
        write_json(config.json_file, content)
    with temporary_folder() as folder:
        write_json(folder / METRICS_NAME, content)
        outcome.write_artifacts(folder)
        keep_results(folder, config.output)
        link = log_or_keep(
            RunRecord(
                experiment=config.experiment_name,
                run_name=f"{manifest.model_version} on {Path(params['dataset']).name}",
                metrics=flat_metrics(outcome.suite),
                params=params,
                git_commit=commit,
                tags={VERSION_TAG: manifest.model_version},
                artifact_folder=folder,
                parent_run_id=None if parent is None else parent.run_id,
                note=run_note(outcome.table),
            ),
            config.mlflow_dir,
        )
    return LoggedBenchmark(params, link)


def run_note(table: str) -> str:
    """Return the description of a run, Markdown: its main table, and where the others are."""
    return f"```\n{table}\n```\nFigures and tables are among the artifacts."


def keep_results(folder: Path, output: Path | None) -> None:
    """Copy tables, figures and metrics to the output folder, if one is asked for; say where."""
    if output is None:
        return
    output.mkdir(parents=True, exist_ok=True)
    for earlier in output.glob(WORST):
        earlier.unlink()
    for file in sorted(folder.iterdir()):
        with written_whole(output / file.name) as partial:
            shutil.copyfile(file, partial)
    logger.info("tables and figures are in %s", output)


def _params(config: PredictionsBenchmarkConfig, manifest: Manifest, commit: str) -> dict[str, str]:
    """Name the code, the model and the dataset, or at least the folder compared with."""
    is_named = manifest.dataset != UNKNOWN
    stated = {
        "dataset_version": config.dataset_version,
        "label": config.label,
        "forced_filenames_path": config.forced_filenames_path,
    }
    return {
        "git_commit": shortened(commit),
        "model": manifest.model,
        "model_version": manifest.model_version,
        "dataset": manifest.dataset if is_named else str(config.ground_truth_dir),
        "predictions_git_commit": shortened(manifest.git_commit),
        "ground_truth_dir": str(config.ground_truth_dir),
        **{name: str(value) for name, value in stated.items() if value is not None},
    }


def shortened(commit: str) -> str:
    """Return the start of a commit, enough to tell it from others."""
    return commit if commit == UNKNOWN else commit[:COMMIT_DIGITS]
