"""`gapjunction benchmark compare`: whether two sets of predictions differ."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.compare import ComparedSet, MetricDifference, compare_sets
from gapjunction.benchmark.pairing import listed
from gapjunction.commands import benchmark_detection
from gapjunction.commands.benchmark_detection import (
    EXAMPLE,
    BenchmarkDetectionConfig,
    MeasuredDetections,
)
from gapjunction.commands.benchmark_options import (
    ExperimentName,
    GroupsFile,
    JsonFile,
    NumResamples,
    Seed,
    TruthDir,
)
from gapjunction.commands.comparison_run import log_comparison
from gapjunction.config import StrictConfig
from gapjunction.errors import BenchmarkError
from gapjunction.report.detection_tables import comparison_text
from gapjunction.tracking.runs import RunLink
from gapjunction.tracking.store import MlflowDir

logger = logging.getLogger(__name__)


class BenchmarkCompareConfig(StrictConfig):
    """Settings of `gapjunction benchmark compare`."""

    predictions_a: Path = Field(
        ...,
        description="First set of predictions (A): a folder as for `benchmark detection`.",
        json_schema_extra={"positional": True},
    )
    predictions_b: Path = Field(
        ...,
        description="Second set of predictions (B), of the same images.",
        json_schema_extra={"positional": True},
    )
    ground_truth_dir: TruthDir = EXAMPLE / "ground_truth"
    groups_file: GroupsFile = None
    num_resamples: NumResamples = 2000
    seed: Seed = 0
    mlflow_dir: MlflowDir = None
    experiment_name: ExperimentName = "detection"
    json_file: JsonFile = None


@dataclass(frozen=True)
class BenchmarkCompareResult:
    """How A and B differ, metric by metric."""

    differences: Sequence[MetricDifference]
    groups: AssetGroups
    thresholds: tuple[float | None, float | None]
    run: RunLink

    def __str__(self) -> str:
        a, b = ("all boxes" if each is None else f"score {each:.3f}" for each in self.thresholds)
        counted = f"Counted are, for A, {a}; for B, {b} (or more)."
        text = comparison_text(self.differences, self.groups)
        return f"{text}\n{counted}\n\n{self.run.where_to_see()}"


def run(config: BenchmarkCompareConfig) -> BenchmarkCompareResult:
    """Compare both sets of predictions with the same ground truth, each at its own threshold.

    The comparison is logged to MLflow, and under it a run for each set with all its metrics.

    Raises:
        BenchmarkError: if the folders do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
        ImageError: if an image to show cannot be read.
        TrackingError: if a run cannot be logged; the JSON file is there all the same.
    """
    a, b = (
        benchmark_detection.measure(_config_of(config, folder))
        for folder in (config.predictions_a, config.predictions_b)
    )
    _require_same_images(config, a, b)
    _warn_of_cut_lists(a, b)
    groups = a.study.groups
    differences = compare_sets(
        _compared(a),
        _compared(b),
        groups,
        num_resamples=config.num_resamples,
        rng=np.random.default_rng(config.seed),
    )
    logged = log_comparison(config, (a.manifest, b.manifest), differences, groups)
    for measured in (a, b):
        benchmark_detection.log(measured, parent=logged)
    return BenchmarkCompareResult(differences, groups, (a.threshold, b.threshold), logged)


def _config_of(config: BenchmarkCompareConfig, predictions_dir: Path) -> BenchmarkDetectionConfig:
    return BenchmarkDetectionConfig(
        ground_truth_dir=config.ground_truth_dir,
        predictions_dir=predictions_dir,
        groups_file=config.groups_file,
        seed=config.seed,
        mlflow_dir=config.mlflow_dir,
        experiment_name=config.experiment_name,
    )


def _compared(measured: MeasuredDetections) -> ComparedSet:
    return ComparedSet(measured.study, measured.manifest.lowest_score or 0.0)


def _warn_of_cut_lists(a: MeasuredDetections, b: MeasuredDetections) -> None:
    lowest = [each.manifest.lowest_score or 0.0 for each in (a, b)]
    if lowest[0] != lowest[1]:
        logger.warning(
            "AP is not compared: boxes were written from a score of %.3f on in A, of %.3f in B; "
            "predict both with the same --min_score",
            *lowest,
        )


def _require_same_images(
    config: BenchmarkCompareConfig, a: MeasuredDetections, b: MeasuredDetections
) -> None:
    """Refuse predictions of different parts of a dataset."""
    if other := sorted(set(a.study.paired.stems) ^ set(b.study.paired.stems)):
        raise BenchmarkError(
            config.predictions_b,
            expected=f"predictions of the same images as in {config.predictions_a}",
            found=f"only one has {listed(other)}",
            fix="predict the same images with both",
        )
