"""What every benchmark does with its numbers: say what ran, write --json, log to MLflow."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gapjunction.benchmark.manifest import PredictionManifest
from gapjunction.benchmark.suite import flat_metrics
from gapjunction.files import write_json
from gapjunction.provenance import UNKNOWN, git_commit
from gapjunction.tracking import RunLink, RunRecord, choose_store, log_run

COMMIT_DIGITS = 5


class BenchmarkConfig(Protocol):
    """The settings that all benchmarks have."""

    @property
    def ground_truth_dir(self) -> Path:
        """The folder of what people marked."""

    @property
    def predictions_dir(self) -> Path:
        """The folder of what was found."""

    @property
    def experiment_name(self) -> str:
        """The MLflow experiment to log in."""

    @property
    def mlflow_dir(self) -> Path | None:
        """The folder of the MLflow store; None: the default store."""

    @property
    def json_file(self) -> Path | None:
        """The file to write all metrics to, if any."""


@dataclass(frozen=True, slots=True)
class LoggedBenchmark:
    """What a benchmark depends on, as logged, and where it is logged."""

    params: dict[str, str]
    run: RunLink


def log_benchmark(
    config: BenchmarkConfig,
    manifest: PredictionManifest,
    suite: Mapping[str, Any],
    own_params: Mapping[str, str],
    write_artifacts: Callable[[Path], None],
) -> LoggedBenchmark:
    """Write the metrics to the JSON file, if one is asked for, and log the run to MLflow.

    Args:
        config: the benchmark's settings.
        manifest: where the predictions come from.
        suite: the metrics as ``{"all": {...}, "classes": {class name: {...}}}``.
        own_params: parameters beside those that every benchmark logs.
        write_artifacts: fills the given folder; `metrics.json` is there already.

    Raises:
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    commit = git_commit()
    params = {**_params(config, manifest, commit), **own_params}
    content = {"params": params, **suite}
    if config.json_file is not None:
        write_json(config.json_file, content)
    store = choose_store(config.mlflow_dir)
    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "metrics.json", content)
        write_artifacts(Path(folder))
        link = log_run(
            RunRecord(
                experiment=config.experiment_name,
                run_name=f"{manifest.model_version} on {Path(params['dataset']).name}",
                metrics=flat_metrics(suite),
                params=params,
                git_commit=commit,
                artifact_folder=Path(folder),
            ),
            store,
        )
    return LoggedBenchmark(params, link)


def where_to_see(run: RunLink) -> str:
    """Return how to see the run in MLflow, as lines of text."""
    logged = f"Logged as MLflow run {run.run_id}. To see it:"
    show = [f"  {run.ui_command}"] if run.ui_command else []
    return "\n".join([logged, *show, f"  {run.page}"])


def _params(config: BenchmarkConfig, manifest: PredictionManifest, commit: str) -> dict[str, str]:
    """Name the code, the model and the dataset, or at least the folder compared with."""
    is_named = manifest.dataset != UNKNOWN
    return {
        "git_commit": _shortened(commit),
        "model": manifest.model,
        "model_version": manifest.model_version,
        "dataset": manifest.dataset if is_named else str(config.ground_truth_dir),
        "predictions_git_commit": _shortened(manifest.git_commit),
        "ground_truth_dir": str(config.ground_truth_dir),
        "predictions_dir": str(config.predictions_dir),
    }


def _shortened(commit: str) -> str:
    return commit if commit == UNKNOWN else commit[:COMMIT_DIGITS]
