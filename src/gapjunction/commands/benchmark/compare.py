"""`gapjunction benchmark compare`: whether two sets of predictions differ."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.compare import (
    COMPARED,
    ComparedSet,
    ComparisonPlan,
    MetricDifference,
    compare_sets,
)
from gapjunction.benchmark.pairing import listed
from gapjunction.choices import ComparedMetric
from gapjunction.commands.benchmark import detection
from gapjunction.commands.benchmark.config import BenchmarkCompareConfig, BenchmarkDetectionConfig
from gapjunction.commands.benchmark.detection import MeasuredDetections
from gapjunction.commands.benchmark.log import METRICS_NAME, keep_results, run_note, shortened
from gapjunction.commands.kept_runs import log_or_keep
from gapjunction.errors import BenchmarkError
from gapjunction.files import write_json
from gapjunction.prediction_folder import Manifest
from gapjunction.provenance import git_commit
from gapjunction.report.detection_tables import comparison_frame, comparison_text
from gapjunction.report.frames import write_frame
from gapjunction.temporary_folders import temporary_folder
from gapjunction.tracking.runs import RunLink, RunRecord

logger = logging.getLogger(__name__)


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
        detection.measure(_config_of(config, folder, side))
        for side, folder in (("a", config.predictions_a), ("b", config.predictions_b))
    )
    _require_same_images(config, a, b)
    _warn_of_cut_lists(a, b)
    groups = a.study.groups
    differences = compare_sets(
        _compared(a),
        _compared(b),
        groups,
        _plan(config),
        np.random.default_rng(config.seed),
    )
    logged = log_comparison(config, (a.manifest, b.manifest), differences, groups)
    for measured in (a, b):
        detection.log(measured, parent=logged)
    return BenchmarkCompareResult(differences, groups, (a.threshold, b.threshold), logged)


def _plan(config: BenchmarkCompareConfig) -> ComparisonPlan:
    """Return what is compared."""
    margins: dict[ComparedMetric, float] = {}
    if config.margin is not None:
        margins |= {"f1_iou50": config.margin, "ap50": config.margin}
    if config.count_margin is not None:
        margins["count_mae"] = config.count_margin
    metrics = COMPARED if config.metric is None else (config.metric,)
    return ComparisonPlan(metrics, margins, config.num_swaps)


def _config_of(
    config: BenchmarkCompareConfig, predictions_dir: Path, side: str
) -> BenchmarkDetectionConfig:
    return BenchmarkDetectionConfig(
        ground_truth_dir=config.ground_truth_dir,
        predictions_dir=predictions_dir,
        forced_filenames_path=config.forced_filenames_path,
        label=config.label,
        groups_file=config.groups_file,
        mlflow_dir=config.mlflow_dir,
        experiment_name=config.experiment_name,
        output=None if config.output is None else config.output / side,
    )


def _compared(measured: MeasuredDetections) -> ComparedSet:
    return ComparedSet.of(measured.study, measured.manifest.lowest_score or 0.0)


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


def log_comparison(
    config: BenchmarkCompareConfig,
    manifests: tuple[Manifest, Manifest],
    differences: Sequence[MetricDifference],
    groups: AssetGroups,
) -> RunLink:
    """Write JSON file and output folder, as far as they are asked for, and log to MLflow.

    Raises:
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    commit = git_commit()
    a, b = manifests
    stated = {
        "label": config.label,
        "forced_filenames_path": config.forced_filenames_path,
        "metric": config.metric,
        "margin": config.margin,
        "count_margin": config.count_margin,
    }
    params = {
        "git_commit": shortened(commit),
        "a": str(config.predictions_a),
        "b": str(config.predictions_b),
        "model_version_a": a.model_version,
        "model_version_b": b.model_version,
        "ground_truth_dir": str(config.ground_truth_dir),
        "assets_from": groups.source,
        "num_swaps": str(config.num_swaps),
        "seed": str(config.seed),
        **{name: str(value) for name, value in stated.items() if value is not None},
    }
    content = {"params": params, "differences": {d.metric: asdict(d) for d in differences}}
    if config.json_file is not None:
        write_json(config.json_file, content)
    with temporary_folder() as folder:
        write_json(folder / METRICS_NAME, content)
        write_frame(folder / "comparison.csv", comparison_frame(differences))
        keep_results(folder, config.output)
        record = RunRecord(
            experiment=config.experiment_name,
            run_name=f"{a.model_version} and {b.model_version} compared",
            metrics=_flat(differences) | _num_assets(groups),
            params=params,
            git_commit=commit,
            artifact_folder=folder,
            note=run_note(comparison_text(differences, groups)),
        )
        return log_or_keep(record, config.mlflow_dir)


def _num_assets(groups: AssetGroups) -> dict[str, float]:
    return {} if groups.num_known is None else {"num_assets": groups.num_known}


def _flat(differences: Sequence[MetricDifference]) -> dict[str, float]:
    """Return what has a value as `<metric>_a`, `_b`, `_difference`, `_p` and so on."""
    metrics: dict[str, float] = {}
    for each in differences:
        interval = each.interval
        values = {
            "a": each.a,
            "b": each.b,
            "difference": each.difference,
            "difference_low": None if interval is None else interval.low,
            "difference_high": None if interval is None else interval.high,
            "p": each.p_value,
            "p_holm": each.p_holm,
            "p_equivalent": each.p_equivalent,
        }
        metrics |= {f"{each.metric}_{n}": value for n, value in values.items() if value is not None}
    return metrics
