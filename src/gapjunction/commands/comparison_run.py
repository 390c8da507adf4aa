"""What `benchmark compare` does with its numbers: write --json, log to MLflow."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gapjunction.benchmark.asset_groups import AssetGroups
from gapjunction.benchmark.compare import MetricDifference
from gapjunction.benchmark.manifest import PredictionManifest
from gapjunction.commands.benchmark_run import shortened
from gapjunction.files import write_json, written_whole
from gapjunction.provenance import git_commit
from gapjunction.report.detection_tables import comparison_frame
from gapjunction.tracking.runs import RunLink, RunRecord, log_run
from gapjunction.tracking.store import choose_store

if TYPE_CHECKING:
    from gapjunction.commands.benchmark_compare import BenchmarkCompareConfig


def log_comparison(
    config: "BenchmarkCompareConfig",
    manifests: tuple[PredictionManifest, PredictionManifest],
    differences: Sequence[MetricDifference],
    groups: AssetGroups,
) -> RunLink:
    """Write the differences to the JSON file, if one is asked for, and log them to MLflow.

    Raises:
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    commit = git_commit()
    a, b = manifests
    params = {
        "git_commit": shortened(commit),
        "a": str(config.predictions_a),
        "b": str(config.predictions_b),
        "model_version_a": a.model_version,
        "model_version_b": b.model_version,
        "ground_truth_dir": str(config.ground_truth_dir),
        "assets_from": groups.source,
        "num_resamples": str(config.num_resamples),
        "seed": str(config.seed),
    }
    content = {"params": params, "differences": {d.metric: asdict(d) for d in differences}}
    if config.json_file is not None:
        write_json(config.json_file, content)
    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "metrics.json", content)
        with written_whole(Path(folder) / "comparison.csv") as file:
            comparison_frame(differences).to_csv(file, index=False, lineterminator="\n")
        record = RunRecord(
            experiment=config.experiment_name,
            run_name=f"{a.model_version} and {b.model_version} compared",
            metrics=_flat(differences) | {"num_assets": groups.num_assets},
            params=params,
            git_commit=commit,
            artifact_folder=Path(folder),
        )
        return log_run(record, choose_store(config.mlflow_dir))


def _flat(differences: Sequence[MetricDifference]) -> dict[str, float]:
    """Return what has a value as `<metric>_a`, `_b`, `_difference`, `_low`, `_high` and `_p`."""
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
        }
        metrics |= {f"{each.metric}_{n}": value for n, value in values.items() if value is not None}
    return metrics
