"""`gapjunction benchmark detection`: how far predicted boxes agree with ground truth."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gapjunction.benchmark.asset_groups import AssetGroups, group_images
from gapjunction.benchmark.chosen_images import ChosenImages
from gapjunction.benchmark.detection_suite import (
    DetectionSettings,
    DetectionStudy,
    study_detections,
)
from gapjunction.benchmark.paired_detections import PairedDetections, read_paired_detections
from gapjunction.benchmark.paired_sides import read_origin
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.commands.benchmark.config import BenchmarkDetectionConfig
from gapjunction.commands.benchmark.log import BenchmarkOutcome, LoggedBenchmark, log_benchmark
from gapjunction.errors import BenchmarkError
from gapjunction.files import written_whole
from gapjunction.images.pictures import IMAGE_SUFFIXES
from gapjunction.prediction_folder import Manifest
from gapjunction.report.asset_note import asset_note
from gapjunction.report.bland_altman import bland_altman_figure
from gapjunction.report.detection_figures import (
    THRESHOLDS,
    error_figure,
    f1_figure,
    has_different_scores,
    precision_recall_figure,
)
from gapjunction.report.detection_tables import (
    asset_table,
    detection_table,
    detections_per_image,
    threshold_table,
)
from gapjunction.report.error_overlays import choose_worst_images, error_overlay
from gapjunction.report.figures import predicted_against_true_figure
from gapjunction.report.frames import write_frame
from gapjunction.report.score_figures import froc_figure, reliability_figure
from gapjunction.report.score_tables import froc_table, reliability_table
from gapjunction.report.tables import count_frame
from gapjunction.text import normalized
from gapjunction.tracking.runs import RunLink

logger = logging.getLogger(__name__)

NUM_WORST = 4
MOST_SHOWN = 20  # assets; the table in MLflow has all
IMAGES_FOLDER = "images"


@dataclass(frozen=True)
class MeasuredDetections:
    """What a benchmark of detections found.

    Attributes:
        threshold: boxes of this score or more count; None: all.
    """

    config: BenchmarkDetectionConfig
    manifest: Manifest
    threshold: float | None
    study: DetectionStudy


@dataclass(frozen=True)
class BenchmarkDetectionResult:
    """The metrics of one benchmark run, and where it is logged.

    Attributes:
        suite: the metrics, as `benchmark.detection_suite` computes them.
        params: what the run depends on, as logged.
        um_per_px: the pixel size, where it is known.
    """

    suite: dict[str, Any]
    params: dict[str, str]
    run: RunLink
    groups: AssetGroups
    um_per_px: float | None

    def __str__(self) -> str:
        lowest = self.params["threshold"]
        threshold = "All boxes count, whatever their score."
        if lowest != "none":
            threshold = f"Boxes count from score {float(lowest):.3f} on."
        parts = [
            detection_table(self.suite, self.um_per_px),
            asset_table(self.suite) if self.groups.num_assets <= MOST_SHOWN else "",
            f"{threshold}\n{asset_note(self.groups)}",
            self.run.where_to_see(),
        ]
        return "\n\n".join(part for part in parts if part)


def run(config: BenchmarkDetectionConfig) -> BenchmarkDetectionResult:
    """Compare the boxes of both folders and log the result to MLflow.

    Raises:
        BenchmarkError: if the folders do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
        ImageError: if an image to show cannot be read.
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    measured = measure(config)
    logged = log(measured)
    study = measured.study
    return BenchmarkDetectionResult(
        study.suite, logged.params, logged.run, study.groups, study.settings.um_per_px
    )


def measure(config: BenchmarkDetectionConfig) -> MeasuredDetections:
    """Compare the boxes of both folders.

    Raises:
        BenchmarkError: if the folders do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
    """
    manifest = read_origin(config.predictions_dir, config.threshold)
    _warn_of_boxes_not_written(manifest, config.predictions_dir)
    threshold = threshold_to_use(manifest, config.threshold, config.predictions_dir)
    paired = read_paired_detections(
        config.ground_truth_dir,
        config.predictions_dir,
        ChosenImages.named_in(config.forced_filenames_path),
        config.label,
    )
    paired = replace(paired, image_paths={**paired.image_paths, **_images(config, paired)})
    warn_of_seen_assets(manifest, config.predictions_dir, paired.stems, paired.assets)
    groups = group_images(paired.stems, config.groups_file, config.predictions_dir, paired.assets)
    settings = DetectionSettings(
        threshold=threshold or 0.0,
        center_distance_px=config.center_distance_px,
        um_per_px=config.pixel_size_um or paired.um_per_px,
    )
    return MeasuredDetections(
        config, manifest, threshold, study_detections(paired, groups, settings)
    )


def log(measured: MeasuredDetections, parent: RunLink | None = None) -> LoggedBenchmark:
    """Log what was measured to MLflow, under the comparison `parent` if it is a part of one.

    Raises:
        ImageError: if an image to show cannot be read.
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    study, threshold = measured.study, measured.threshold
    params = {
        "predictions_dir": str(measured.config.predictions_dir),
        "threshold": "none" if threshold is None else str(threshold),
        "center_distance_px": str(study.settings.center_distance_px),
        "pixel_size_um": str(study.settings.um_per_px or "unknown"),
        "assets_from": study.groups.source,
    }
    table = detection_table(study.suite, study.settings.um_per_px)
    outcome = BenchmarkOutcome(study.suite, params, table, partial(_write_artifacts, study=study))
    return log_benchmark(measured.config, measured.manifest, outcome, parent)


def _warn_of_boxes_not_written(manifest: Manifest, predictions_dir: Path) -> None:
    lowest, threshold = manifest.lowest_score, manifest.threshold
    if lowest is not None and threshold is not None and lowest >= threshold > 0:
        logger.warning(
            "%s: boxes below the threshold, %.3f, were not written: AP is too low, and the best "
            "threshold means nothing; predict with --min_score 0.05 for both",
            predictions_dir,
            threshold,
        )


def _images(config: BenchmarkDetectionConfig, paired: PairedDetections) -> dict[str, Path]:
    """Return the image files of `images_dir`, or beside the ground truth, by stem.

    Raises:
        BenchmarkError: if `images_dir` has none of the images.
    """
    folder = config.images_dir or config.ground_truth_dir.absolute().parent / IMAGES_FOLDER
    if config.images_dir is None and (paired.image_paths or not folder.is_dir()):
        return {}
    known = set(paired.stems)
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    named = [(normalized(path.stem), path) for path in paths]
    images = {
        stem: path
        for stem, path in named
        if stem in known and path.suffix.lower() in IMAGE_SUFFIXES
    }
    if config.images_dir is not None and not images:
        raise BenchmarkError(
            folder,
            expected=f"images that were predicted, such as {paired.stems[0]}",
            found="others only" if folder.is_dir() else "no such folder",
            fix="name the folder of these images, or leave --images_dir out",
        )
    return images


def _write_artifacts(folder: Path, study: DetectionStudy) -> None:
    """Write the tables of images, assets, thresholds and scores, and all figures."""
    tables = {
        "per_image.csv": detections_per_image(study),
        "thresholds.csv": threshold_table(study.table, THRESHOLDS),
        "froc.csv": froc_table(study.table),
        "reliability.csv": reliability_table(study.table),
    }
    if study.suite["assets"]:
        tables["per_asset.csv"] = count_frame(study.suite["assets"], "asset")
    for name, table in tables.items():
        write_frame(folder / name, table)
    for name, figure in _figures(study):
        with written_whole(folder / name) as file:
            figure.savefig(file)


def _figures(study: DetectionStudy) -> Iterator[tuple[str, Figure]]:
    if has_different_scores(study):
        yield "precision_recall.png", precision_recall_figure(study)
        yield "f1_over_threshold.png", f1_figure(study)
        yield "froc.png", froc_figure(study)
        yield "reliability.png", reliability_figure(study)
    yield "error_kinds.png", error_figure(study)
    truth, found = (
        each.astype(np.int64) for each in (study.counts.num_truth, study.counts.num_found)
    )
    yield (
        "bland_altman.png",
        bland_altman_figure(truth, found, groups=study.groups),
    )
    yield "predicted_against_true.png", predicted_against_true_figure(truth, found)
    for place, image in enumerate(choose_worst_images(study, NUM_WORST), start=1):
        yield f"worst_{place}_{study.paired.stems[image]}.png", error_overlay(study, image)
