"""`gapjunction benchmark counts`: how far predicted object counts agree with ground truth."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from gapjunction.benchmark.manifest import PredictionManifest, read_manifest, threshold_to_use
from gapjunction.benchmark.paired_counts import PairedCounts, holds_count_files, read_paired_counts
from gapjunction.benchmark.suite import count_suite
from gapjunction.commands.benchmark_run import JsonFile, MlflowDir, log_benchmark, where_to_see
from gapjunction.config import StrictConfig
from gapjunction.errors import BenchmarkError
from gapjunction.files import written_whole
from gapjunction.report.figures import bland_altman_figure, predicted_against_true_figure
from gapjunction.report.tables import count_table, per_image_table
from gapjunction.tracking import RunLink

EXAMPLE = Path("benchmark/data_examples/object_counts")


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
    mlflow_dir: MlflowDir = None
    experiment_name: str = Field(
        "object_counts", min_length=1, description="MLflow experiment to log the run in."
    )
    json_file: JsonFile = None


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
        return where_to_see(self.run)


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
    logged = log_benchmark(
        config,
        manifest,
        suite,
        {"threshold": "none" if threshold is None else str(threshold)},
        partial(_write_artifacts, paired=paired),
    )
    return BenchmarkCountsResult(suite, logged.params, logged.run)


def _threshold(config: BenchmarkCountsConfig, manifest: PredictionManifest) -> float | None:
    if config.threshold is not None and holds_count_files(config.predictions_dir):
        raise BenchmarkError(
            config.predictions_dir,
            item=f"threshold {config.threshold}",
            expected="detection files, whose boxes have scores",
            found="count files",
            fix="leave the threshold out, or give the detection files",
        )
    return threshold_to_use(manifest, config.threshold, config.predictions_dir)


def _write_artifacts(folder: Path, paired: PairedCounts) -> None:
    """Write the table of all images and both figures."""
    with written_whole(folder / "per_image.csv") as table:
        per_image_table(paired).to_csv(table, index=False, lineterminator="\n")
    truth, predicted = paired.truth.sum(axis=1), paired.predicted.sum(axis=1)
    figures = {
        "bland_altman.png": bland_altman_figure(truth, predicted),
        "predicted_against_true.png": predicted_against_true_figure(truth, predicted),
    }
    for name, figure in figures.items():
        with written_whole(folder / name) as file:
            figure.savefig(file)
