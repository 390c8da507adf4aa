"""`gapjunction benchmark compare`: whether two sets of predictions differ."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from gapjunction.benchmark.asset_groups import AssetGroups, group_images
from gapjunction.benchmark.compare import ComparedSet, MetricDifference, compare_sets
from gapjunction.benchmark.manifest import read_manifest, threshold_to_use
from gapjunction.benchmark.paired_detections import PairedDetections, read_paired_detections
from gapjunction.benchmark.pairing import listed
from gapjunction.commands.benchmark_detection import EXAMPLE
from gapjunction.commands.benchmark_options import (
    GroupsFile,
    JsonFile,
    NumResamples,
    Seed,
    TruthDir,
)
from gapjunction.config import StrictConfig
from gapjunction.errors import BenchmarkError
from gapjunction.files import write_json
from gapjunction.report.detection_tables import comparison_text

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
    json_file: JsonFile = None


@dataclass(frozen=True)
class BenchmarkCompareResult:
    """How A and B differ, metric by metric."""

    differences: Sequence[MetricDifference]
    groups: AssetGroups
    thresholds: tuple[float | None, float | None]

    def __str__(self) -> str:
        a, b = ("all boxes" if each is None else f"score {each:.3f}" for each in self.thresholds)
        counted = f"Counted are, for A, {a}; for B, {b} (or more)."
        return f"{comparison_text(self.differences, self.groups)}\n{counted}"


def run(config: BenchmarkCompareConfig) -> BenchmarkCompareResult:
    """Compare both sets of predictions with the same ground truth, each at its own threshold.

    Raises:
        BenchmarkError: if the folders do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
    """
    folders = (config.predictions_a, config.predictions_b)
    manifests = [read_manifest(folder) for folder in folders]
    thresholds = [
        threshold_to_use(manifest, None, folder)
        for manifest, folder in zip(manifests, folders, strict=True)
    ]
    lowest = [manifest.lowest_score or 0.0 for manifest in manifests]
    if lowest[0] != lowest[1]:
        logger.warning(
            "AP is not compared: boxes were written from a score of %.3f on in A, of %.3f in B; "
            "predict both with the same --min_score",
            *lowest,
        )
    a, b = (read_paired_detections(config.ground_truth_dir, folder) for folder in folders)
    _require_same_images(config, a, b)
    groups = group_images(a.stems, config.groups_file, config.predictions_a, a.assets)
    differences = compare_sets(
        ComparedSet(a, thresholds[0] or 0.0, lowest[0]),
        ComparedSet(b, thresholds[1] or 0.0, lowest[1]),
        groups,
        num_resamples=config.num_resamples,
        rng=np.random.default_rng(config.seed),
    )
    if config.json_file is not None:
        content = {each.metric: asdict(each) for each in differences}
        where = {"a": str(folders[0]), "b": str(folders[1]), "assets_from": groups.source}
        write_json(config.json_file, {"params": where, "differences": content})
    return BenchmarkCompareResult(differences, groups, (thresholds[0], thresholds[1]))


def _require_same_images(
    config: BenchmarkCompareConfig, a: PairedDetections, b: PairedDetections
) -> None:
    """Refuse predictions of different parts of a dataset."""
    if other := sorted(set(a.stems) ^ set(b.stems)):
        raise BenchmarkError(
            config.predictions_b,
            expected=f"predictions of the same images as in {config.predictions_a}",
            found=f"only one has {listed(other)}",
            fix="predict the same images with both",
        )
