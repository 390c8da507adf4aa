"""`gapjunction benchmark segmentation`: how well predicted masks agree with ground truth."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.benchmark.asset_groups import AssetGroups, group_images
from gapjunction.benchmark.chosen_images import ChosenImages, column_of
from gapjunction.benchmark.mask_pairs import (
    MaskPair,
    find_images_of,
    find_label_file,
    pair_masks,
    read_classes,
    read_image_of,
)
from gapjunction.benchmark.suite import segmentation_suite
from gapjunction.commands.benchmark.config import BenchmarkSegmentationConfig
from gapjunction.commands.benchmark.log import BenchmarkOutcome, log_benchmark
from gapjunction.dataset.masks import ClassMap
from gapjunction.files import written_whole
from gapjunction.metrics.segmentation import (
    PixelCounts,
    confusion_matrix,
    stacked,
    worst_images,
)
from gapjunction.prediction_folder import read_manifest
from gapjunction.report.asset_note import asset_note
from gapjunction.report.frames import write_frame
from gapjunction.report.mask_overlays import mask_overlay
from gapjunction.report.segmentation_figures import iou_per_class_figure
from gapjunction.report.segmentation_tables import (
    per_image_segmentation_table,
    segmentation_table,
)
from gapjunction.terminal import tracked
from gapjunction.tracking.runs import RunLink

logger = logging.getLogger(__name__)

NUM_OVERLAYS = 5
OVERLAY_NAME_LENGTH = 100  # characters of a stem; some file systems take 255 bytes


@dataclass(frozen=True)
class ShownMasks:
    """The masks of all images, the color of each class, and the images themselves by stem.

    Attributes:
        only: the place of the one class to show; None for all.
    """

    pairs: Sequence[MaskPair]
    classes: Mapping[str, str]
    images: Mapping[str, Path]
    only: int | None


@dataclass(frozen=True)
class BenchmarkSegmentationResult:
    """The metrics of one benchmark run, and where it is logged.

    Attributes:
        suite: the metrics, as `benchmark.suite.segmentation_suite` returns them.
        params: what the run depends on, as logged.
    """

    suite: dict[str, Any]
    params: dict[str, str]
    run: RunLink
    groups: AssetGroups

    def __str__(self) -> str:
        table, note = segmentation_table(self.suite), asset_note(self.groups)
        return f"{table}\n\n{note}\n\n{self.run.where_to_see()}"


def run(config: BenchmarkSegmentationConfig) -> BenchmarkSegmentationResult:
    """Compare the masks of both folders and log the result to MLflow.

    Raises:
        BenchmarkError: if the folders, the sizes or the label file do not fit together.
        DatasetError: if the label file cannot be used.
        ImageError: if a mask or image cannot be read, or shows something that is no class.
        TrackingError: if the run cannot be logged; the JSON file is there all the same.
    """
    manifest = read_manifest(config.predictions_dir)
    pairs = pair_masks(
        config.ground_truth_dir,
        config.predictions_dir,
        ChosenImages.named_in(config.forced_filenames_path),
    )
    images = find_images_of(pairs, config.images_dir)
    label_file = find_label_file(config.label_properties, config.ground_truth_dir)
    classes = read_classes(label_file)
    only = None if config.label is None else column_of(config.label, tuple(classes), label_file)
    masks = ShownMasks(pairs, classes, images, only)
    pixels = _count_pixels(pairs, classes)
    pixels = pixels if only is None else pixels.of_class(only)
    groups = group_images(pixels.stems, config.groups_file, config.predictions_dir, ())
    suite = segmentation_suite(pixels, groups)
    params = {
        "predictions_dir": str(config.predictions_dir),
        "label_properties": str(label_file),
        "classes": ", ".join(pixels.class_names),
        "assets_from": groups.source,
    }
    write_artifacts = partial(_write_artifacts, pixels=pixels, masks=masks, groups=groups)
    outcome = BenchmarkOutcome(suite, params, segmentation_table(suite), write_artifacts)
    logged = log_benchmark(config, manifest, outcome)
    return BenchmarkSegmentationResult(suite, logged.params, logged.run, groups)


def _count_pixels(pairs: Sequence[MaskPair], classes: Mapping[str, str]) -> PixelCounts:
    """Read pair after pair and keep their confusion matrices; tell what lossy files lost."""
    matrices, num_lossy, num_unknown_px = [], 0, 0
    for pair in tracked(pairs, "Comparing masks", len(pairs)):
        truth, predicted = pair.read(classes)
        matrices.append(confusion_matrix(truth.classes, predicted.classes, len(classes)))
        for mask in (truth, predicted):
            num_lossy += mask.num_unknown_px > 0
            num_unknown_px += mask.num_unknown_px
    if num_unknown_px:
        logger.warning(
            "%s pixels in %d masks have the color of no class after lossy compression, and count "
            "as background; export masks without loss for exact numbers",
            f"{num_unknown_px:,}",
            num_lossy,
        )
    stems = tuple(pair.stem for pair in pairs)
    return PixelCounts(stems, tuple(classes), stacked(matrices, len(classes)))


def _write_artifacts(
    folder: Path, pixels: PixelCounts, masks: ShownMasks, groups: AssetGroups
) -> None:
    """Write the table of all images, the figure, and the worst images with both outlines."""
    write_frame(folder / "per_image.csv", per_image_segmentation_table(pixels, groups))
    with written_whole(folder / "iou_per_class.png") as file:
        iou_per_class_figure(pixels).savefig(file)
    for rank, row in enumerate(worst_images(pixels, NUM_OVERLAYS), start=1):
        pair = masks.pairs[row]
        truth, predicted = pair.read(masks.classes)
        image = read_image_of(masks.images.get(pair.stem), truth)
        picture = mask_overlay(
            _only_class(truth.classes, masks.only),
            _only_class(predicted.classes, masks.only),
            image,
        )
        with written_whole(_overlay_path(folder, rank, pair.stem)) as file:
            picture.save(file)


def _only_class(classes: ClassMap, only: int | None) -> ClassMap:
    """Return a class map (0 is background) with the class in place `only` alone, or as it is."""
    return classes if only is None else np.where(classes == only + 1, classes, 0)


def _overlay_path(folder: Path, rank: int, stem: str) -> Path:
    return folder / f"worst_{rank}_{stem[:OVERLAY_NAME_LENGTH]}.png"
