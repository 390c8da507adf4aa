"""`gapjunction benchmark counts`: how far predicted object counts agree with ground truth."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from gapjunction.benchmark.manifest import PredictionManifest, read_manifest
from gapjunction.benchmark.pairing import PairedCounts, holds_count_files, read_paired_counts
from gapjunction.benchmark.suite import count_suite, flat_metrics
from gapjunction.config import StrictConfig
from gapjunction.errors import BenchmarkError
from gapjunction.files import write_json, written_whole
from gapjunction.provenance import UNKNOWN, git_commit
from gapjunction.report.figures import bland_altman_figure, predicted_against_true_figure
from gapjunction.report.tables import count_table, per_image_table
from gapjunction.tracking import RunLink, RunRecord, choose_store, log_run

EXAMPLE = Path("benchmark/data_examples/object_counts")
COMMIT_DIGITS = 5


class BenchmarkCountsConfig(StrictConfig):
    """Settings of `gapjunction benchmark counts`."""

    ground_truth_dir: Path = Field(
        EXAMPLE / "ground_truth",
        description="Folder of detection or count files made by people, one JSON file an image.",
    )
    predictions_dir: Path = Field(
        EXAMPLE / "predictions",
        description="Folder of predicted detection or count files with the same stems, "
        "or the output folder of `gapjunction predict`.",
    )
    threshold: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="Lowest score that counts as an object. Without it, that of manifest.json "
        "beside the predictions is taken, and without that every box counts.",
    )
    mlflow_dir: Path | None = Field(
        None,
        description="Folder for MLflow's database and files. Without it, the store that plain "
        "`mlflow ui` shows in this folder, or the one MLFLOW_TRACKING_URI names.",
    )
    experiment_name: str = Field(
        "object_counts", min_length=1, description="MLflow experiment to log the run in."
    )
    json_file: Path | None = Field(
        None,
        description="File to write all metrics to, as one JSON object.",
        json_schema_extra={"option": "--json"},
    )


@dataclass(frozen=True)
class BenchmarkCountsResult:
    """The metrics of one benchmark run, and where it is logged.

    Attributes:
        suite: the metrics, as `benchmark.suite.count_suite` returns them.
        params: what the run depends on, as logged.
    """

    suite: dict[str, Any]
    params: dict[str, str]
    run: RunLink

    def __str__(self) -> str:
        return f"{count_table(self.suite)}\n\n{self.where()}"

    def where(self) -> str:
        """Return how to see the run in MLflow."""
        logged = f"Logged as MLflow run {self.run.run_id}. To see it:"
        show = [f"  {self.run.ui_command}"] if self.run.ui_command else []
        return "\n".join([logged, *show, f"  {self.run.page}"])


def run(config: BenchmarkCountsConfig) -> BenchmarkCountsResult:
    """Compare the counts of both folders and log the result to MLflow.

    Raises:
        BenchmarkError: if the folders do not fit together.
        DetectionsFileError: if a file cannot be read.
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    manifest = read_manifest(config.predictions_dir)
    threshold = _threshold(config, manifest)
    paired = read_paired_counts(config.ground_truth_dir, config.predictions_dir, threshold)
    suite = count_suite(paired)
    commit = git_commit()
    params = {
        "git_commit": _shortened(commit),
        "model": manifest.model,
        "model_version": manifest.model_version,
        "dataset": _dataset(config, manifest),
        "threshold": "none" if threshold is None else str(threshold),
        "predictions_git_commit": _shortened(manifest.git_commit),
        "ground_truth_dir": str(config.ground_truth_dir),
        "predictions_dir": str(config.predictions_dir),
    }
    if config.json_file is not None:
        write_json(config.json_file, {"params": params, **suite})
    store = choose_store(config.mlflow_dir)
    with tempfile.TemporaryDirectory() as folder:
        _write_artifacts(Path(folder), paired, {"params": params, **suite})
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
    return BenchmarkCountsResult(suite, params, link)


def _threshold(config: BenchmarkCountsConfig, manifest: PredictionManifest) -> float | None:
    if config.threshold is None:
        return manifest.threshold
    if holds_count_files(config.predictions_dir):
        raise BenchmarkError(
            config.predictions_dir,
            item=f"threshold {config.threshold}",
            expected="detection files, whose boxes have scores",
            found="count files",
            fix="leave the threshold out, or give the detection files",
        )
    if manifest.lowest_score is not None and config.threshold < manifest.lowest_score:
        raise BenchmarkError(
            config.predictions_dir,
            item=f"threshold {config.threshold}",
            expected=f"at least {manifest.lowest_score}, the lowest score that was written",
            found=str(config.threshold),
            fix="predict again with --min_score",
        )
    return config.threshold


def _dataset(config: BenchmarkCountsConfig, manifest: PredictionManifest) -> str:
    """Name the dataset that was predicted, or at least the folder it was compared with."""
    return str(config.ground_truth_dir) if manifest.dataset == UNKNOWN else manifest.dataset


def _shortened(commit: str) -> str:
    return commit if commit == UNKNOWN else commit[:COMMIT_DIGITS]


def _write_artifacts(folder: Path, paired: PairedCounts, metrics: dict[str, Any]) -> None:
    """Write the metrics, the table of all images and both figures."""
    write_json(folder / "metrics.json", metrics)
    with written_whole(folder / "per_image.csv") as partial:
        per_image_table(paired).to_csv(partial, index=False, lineterminator="\n")
    truth, predicted = paired.truth.sum(axis=1), paired.predicted.sum(axis=1)
    figures = {
        "bland_altman.png": bland_altman_figure(truth, predicted),
        "predicted_against_true.png": predicted_against_true_figure(truth, predicted),
    }
    for name, figure in figures.items():
        with written_whole(folder / name) as partial:
            figure.savefig(partial)
