"""`gapjunction benchmark stacks`: how far plaques counted once agree with ground truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.benchmark.asset_groups import group_images
from gapjunction.benchmark.chosen_images import ChosenImages
from gapjunction.benchmark.paired_detections import read_paired_detections
from gapjunction.benchmark.paired_sides import read_origin
from gapjunction.benchmark.paired_stacks import PairedStack, pair_stacks
from gapjunction.benchmark.predicted_plaques import read_reported_plaques
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.benchmark.stack_suite import stack_suite
from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.commands.benchmark.config import BenchmarkStacksConfig
from gapjunction.commands.benchmark.log import BenchmarkOutcome, log_benchmark
from gapjunction.files import written_whole
from gapjunction.images.slice_names import slice_rule
from gapjunction.report.bland_altman import bland_altman_figure
from gapjunction.report.figures import predicted_against_true_figure
from gapjunction.report.frames import write_frame
from gapjunction.report.stack_tables import (
    each_stack_table,
    found_note,
    stack_frame,
    stack_note,
    stack_table,
    truth_note,
)
from gapjunction.tracking.runs import RunLink


@dataclass(frozen=True)
class BenchmarkStacksResult:
    """The metrics of one benchmark run, and where it is logged.

    Attributes:
        suite: the metrics, as `benchmark.stack_suite.stack_suite` returns them.
        params: what the run depends on, as logged.
        notes: what true plaques, found plaques and intervals are.
    """

    suite: dict[str, Any]
    params: dict[str, str]
    run: RunLink
    notes: str

    def __str__(self) -> str:
        parts = [
            stack_table(self.suite),
            each_stack_table(self.suite),
            self.notes,
            self.run.where_to_see(),
        ]
        return "\n\n".join(part for part in parts if part)


def run(config: BenchmarkStacksConfig) -> BenchmarkStacksResult:
    """Compare the plaques of both sides, and log the result to MLflow.

    Boxes are linked where plaques are not known.

    Raises:
        BenchmarkError: if the folders do not fit together, or nothing is a stack.
        ConfigError: if the rule of slice names is no such rule.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a file cannot be read.
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    names = slice_rule(config.slice_names)
    manifest = read_origin(config.predictions_dir, config.threshold)
    threshold = threshold_to_use(manifest, config.threshold, config.predictions_dir)
    paired = read_paired_detections(
        config.ground_truth_dir,
        config.predictions_dir,
        ChosenImages.named_in(config.forced_filenames_path),
        config.label,
    )
    groups = group_images(paired.stems, config.groups_file, config.predictions_dir, paired.assets)
    reported = read_reported_plaques(config.predictions_dir, manifest, config.threshold)
    stacks = pair_stacks(paired, groups, threshold, names, config.ground_truth_dir, reported)
    warn_of_seen_assets(manifest, config.predictions_dir, paired.stems, paired.assets)
    suite = stack_suite(stacks, paired.class_names)
    params = {
        "predictions_dir": str(config.predictions_dir),
        "threshold": "none" if threshold is None else str(threshold),
        "slice_names": config.slice_names,
        "assets_from": groups.source,
    }
    write_artifacts = partial(_write_artifacts, stacks=stacks, suite=suite)
    outcome = BenchmarkOutcome(suite, params, stack_table(suite), write_artifacts)
    logged = log_benchmark(config, manifest, outcome)
    notes = f"{truth_note(stacks)}\n{found_note(stacks)}\n{stack_note(len(stacks))}"
    return BenchmarkStacksResult(suite, logged.params, logged.run, notes)


def _write_artifacts(folder: Path, stacks: Sequence[PairedStack], suite: Mapping[str, Any]) -> None:
    """Write the table of stacks, and both figures of their counts."""
    write_frame(folder / "per_stack.csv", stack_frame(stacks, suite))
    truth = np.array([each.truth.num_plaques for each in stacks], np.int64)
    found = np.array([each.found.num_plaques for each in stacks], np.int64)
    figures = {
        "bland_altman.png": bland_altman_figure(truth, found, "stack"),
        "predicted_against_true.png": predicted_against_true_figure(truth, found, "stack"),
    }
    for name, figure in figures.items():
        with written_whole(folder / name) as file:
            figure.savefig(file)
