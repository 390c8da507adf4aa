"""`gapjunction benchmark counts`: how far predicted object counts agree with ground truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gapjunction.benchmark.asset_groups import AssetGroups, group_images
from gapjunction.benchmark.chosen_images import ChosenImages
from gapjunction.benchmark.paired_counts import PairedCounts, holds_count_files, read_paired_counts
from gapjunction.benchmark.paired_sides import read_origin
from gapjunction.benchmark.people import People, compare_people
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.benchmark.suite import count_suite
from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.commands.benchmark.config import BenchmarkCountsConfig
from gapjunction.commands.benchmark.log import BenchmarkOutcome, log_benchmark
from gapjunction.errors import BenchmarkError
from gapjunction.files import written_whole
from gapjunction.prediction_folder import Manifest
from gapjunction.report.asset_note import asset_note
from gapjunction.report.bland_altman import bland_altman_figure
from gapjunction.report.figures import predicted_against_true_figure
from gapjunction.report.frames import write_frame
from gapjunction.report.people_table import people_text, people_values
from gapjunction.report.slope_note import skew_note, slope_note
from gapjunction.report.tables import (
    count_frame,
    count_table,
    grouped_count_table,
    per_image_table,
)
from gapjunction.tracking.runs import RunLink

MOST_SHOWN = 20  # assets; the table in MLflow has all


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
    groups: AssetGroups
    people: People | None = None

    def __str__(self) -> str:
        parts = [
            count_table(self.suite),
            grouped_count_table(self.suite) if self.groups.num_assets <= MOST_SHOWN else "",
            slope_note(self.suite["all"]),
            skew_note(self.suite["all"]),
            "" if self.people is None else people_text(self.people),
            asset_note(self.groups),
            self.where(),
        ]
        return "\n\n".join(part for part in parts if part)

    def where(self) -> str:
        """Return how to see the run in MLflow."""
        return self.run.where_to_see()


def run(config: BenchmarkCountsConfig) -> BenchmarkCountsResult:
    """Compare the counts of both folders and log the result to MLflow.

    Raises:
        BenchmarkError: if the folders do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    manifest = read_origin(config.predictions_dir, config.threshold)
    threshold = _threshold(config, manifest)
    paired = read_paired_counts(
        config.ground_truth_dir,
        config.predictions_dir,
        threshold,
        ChosenImages.named_in(config.forced_filenames_path),
        config.label,
    )
    warn_of_seen_assets(manifest, config.predictions_dir, paired.stems, paired.assets)
    groups = group_images(paired.stems, config.groups_file, config.predictions_dir, paired.assets)
    suite = count_suite(paired, groups)
    people = _compare_people(config)
    if people is not None:
        suite["people"] = people_values(people)
    params = {
        "predictions_dir": str(config.predictions_dir),
        "threshold": "none" if threshold is None else str(threshold),
        "assets_from": groups.source,
    }
    write_artifacts = partial(_write_artifacts, paired=paired, groups=groups, suite=suite)
    outcome = BenchmarkOutcome(suite, params, count_table(suite), write_artifacts)
    logged = log_benchmark(config, manifest, outcome)
    return BenchmarkCountsResult(suite, logged.params, logged.run, groups, people)


def _compare_people(config: BenchmarkCountsConfig) -> People | None:
    if not config.people:
        return None
    chosen = ChosenImages.named_in(config.forced_filenames_path)
    return compare_people(
        config.ground_truth_dir, config.people, config.groups_file, chosen, config.label
    )


def _threshold(config: BenchmarkCountsConfig, manifest: Manifest) -> float | None:
    if config.threshold is not None and holds_count_files(config.predictions_dir):
        raise BenchmarkError(
            config.predictions_dir,
            item=f"threshold {config.threshold}",
            expected="detection files, whose boxes have scores",
            found="count files",
            fix="leave the threshold out, or give the detection files",
        )
    return threshold_to_use(manifest, config.threshold, config.predictions_dir)


def _write_artifacts(
    folder: Path, paired: PairedCounts, groups: AssetGroups, suite: Mapping[str, Any]
) -> None:
    """Write the tables of images, assets and datasets, and both figures."""
    tables = {"per_image.csv": per_image_table(paired, groups)}
    if suite["assets"]:
        tables["per_asset.csv"] = count_frame(suite["assets"], "asset")
    if suite["datasets"]:
        tables["per_dataset.csv"] = count_frame(suite["datasets"], "dataset")
    for name, table in tables.items():
        write_frame(folder / name, table)
    truth, predicted = paired.truth.sum(axis=1), paired.predicted.sum(axis=1)
    figures = {
        "bland_altman.png": bland_altman_figure(truth, predicted, groups=groups),
        "predicted_against_true.png": predicted_against_true_figure(truth, predicted),
    }
    for name, figure in figures.items():
        with written_whole(folder / name) as file:
            figure.savefig(file)
