"""Pair what people marked with what was found, or with what others marked, image by image.

Either side is a folder of files, one an image, or a dataset; docs/metrics.md says more.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.chosen_images import ALL_IMAGES, ChosenImages
from gapjunction.benchmark.dataset_truth import (
    GroundTruth,
    NamedBoxes,
    is_dataset,
    read_annotations,
    read_dataset_truth,
)
from gapjunction.benchmark.pairing import (
    any_files,
    find_files,
    listed,
    require_same_stems,
)
from gapjunction.errors import BenchmarkError
from gapjunction.prediction_folder import Manifest, detections_folder_of, read_manifest
from gapjunction.text import counted, normalized

logger = logging.getLogger(__name__)

Content = TypeVar("Content")  # of an image: its boxes, or its counts
Place = tuple[str, ...]  # of an image: asset and stem, with the dataset before them if need be

NO_DATASET = GroundTruth({}, {}, {}, None)


@dataclass(frozen=True, slots=True)
class Readers(Generic[Content]):
    """How an image is read: from a file of either side, or from its boxes in a dataset."""

    of_true_file: Callable[[Path], Content]
    of_found_file: Callable[[Path], Content]
    of_boxes: Callable[[NamedBoxes], Content]


@dataclass(frozen=True, slots=True, eq=False)
class PairedSides(Generic[Content]):
    """What both sides say of the same images.

    Attributes:
        stems: the name of each image, in alphabetical order.
        assets: the asset of each image, where one side is a dataset; else empty.
        image_paths: the image files that are known, by stem.
        um_per_px: the side of a pixel in micrometers, where the dataset tells one.
        left_out: the asset of each image that only one side has boxes of, where the ground truth
            is a dataset.
        true_plaques: the file of true plaques of each asset of the ground truth that has one.
    """

    stems: tuple[str, ...]
    truth: tuple[Content, ...]
    found: tuple[Content, ...]
    assets: tuple[AssetName, ...]
    image_paths: Mapping[str, Path]
    um_per_px: float | None
    left_out: Mapping[str, AssetName]
    true_plaques: Mapping[AssetName, Path]


def read_paired_sides(
    ground_truth_dir: Path,
    predictions_dir: Path,
    readers: Readers[Content],
    chosen: ChosenImages = ALL_IMAGES,
) -> PairedSides[Content]:
    """Read both sides of the chosen images.

    Of a dataset as ground truth, the annotated images that were predicted are taken: a prediction
    of one split can be compared with the whole. Of two datasets, the images that are annotated in
    both are taken. Folders of files must hold the same images.

    Raises:
        BenchmarkError: if a folder is missing or empty, or the images do not fit together.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a file cannot be read.
    """
    if holds_annotations(predictions_dir):
        return _read_two_annotators(ground_truth_dir, predictions_dir, readers, chosen)
    found_files = chosen.among(find_files(detections_folder_of(predictions_dir)), predictions_dir)
    if is_dataset(ground_truth_dir):
        truth = read_dataset_truth(ground_truth_dir, predictions_dir, found_files)
        stems = tuple(sorted(truth.boxes))
        truths = tuple(readers.of_boxes(truth.boxes[stem]) for stem in stems)
    else:
        truth = NO_DATASET
        files = chosen.among(find_files(ground_truth_dir), ground_truth_dir)
        require_same_stems(files, found_files, ground_truth_dir, predictions_dir)
        stems = tuple(sorted(files))
        truths = tuple(readers.of_true_file(files[stem]) for stem in stems)
    found = tuple(readers.of_found_file(found_files[stem]) for stem in stems)
    return _paired(stems, truths, found, truth)


def holds_annotations(predictions_dir: Path) -> bool:
    """Tell whether the other side is what a person marked: a dataset, and no predictions."""
    folder = detections_folder_of(predictions_dir)
    return folder == predictions_dir and not any_files(folder) and is_dataset(predictions_dir)


def read_origin(predictions_dir: Path, threshold: float | None) -> Manifest:
    """Return what is known of the predictions; nothing is known of a person's annotations.

    Raises:
        BenchmarkError: if the manifest cannot be read, or a threshold is given for boxes that
            have no scores.
    """
    if not holds_annotations(predictions_dir):
        return read_manifest(predictions_dir)
    if threshold is not None:
        raise BenchmarkError(
            predictions_dir,
            item=f"threshold {threshold}",
            expected="predictions, whose boxes have scores",
            found="a dataset that people annotated",
            fix="leave the threshold out",
        )
    return Manifest(model="a person")


def all_class_names(
    truth: Iterable[Iterable[str]],
    found: Iterable[Iterable[str]],
    predictions_dir: Path,
    consequence: str,
) -> tuple[str, ...]:
    """Return the classes that either side names, sorted; log those that the truth never names."""
    named: set[str] = set().union(*truth)
    also_found: set[str] = set().union(*found)
    if new := sorted(also_found - named):
        message = "%s: ground truth never names the class %s; %s"
        logger.warning(message, predictions_dir, listed(new), consequence)
    return tuple(sorted(named | also_found))


def _read_two_annotators(
    ground_truth_dir: Path, other_dir: Path, readers: Readers[Content], chosen: ChosenImages
) -> PairedSides[Content]:
    """Read the images that are in both, by the names of the first, if that is a dataset too."""
    other = read_annotations(other_dir)
    if not is_dataset(ground_truth_dir):
        files = chosen.among(find_files(ground_truth_dir), ground_truth_dir)
        require_same_stems(files, chosen.among(other.boxes, other_dir), ground_truth_dir, other_dir)
        stems = tuple(sorted(files))
        truths = tuple(readers.of_true_file(files[stem]) for stem in stems)
        found = tuple(readers.of_boxes(other.boxes[stem]) for stem in stems)
        return _paired(stems, truths, found, replace(other, true_plaques={}))
    truth = read_annotations(ground_truth_dir)
    truth = replace(truth, boxes=chosen.among(truth.boxes, ground_truth_dir))
    name_of, other_of = _names_by_place(truth, other)
    places = sorted(name_of.keys() & other_of.keys(), key=lambda place: name_of[place])
    pairs = {name_of[place]: other_of[place] for place in places}
    _require_two_annotators(truth, other, pairs, other_dir)
    logger.info(
        "%s annotated in both; %d only in %s, which is called true below, and %d only in %s, which "
        "is called predicted",
        counted(len(pairs), "image"),
        len(truth.boxes) - len(pairs),
        ground_truth_dir,
        len(other.boxes) - len(pairs),
        other_dir,
    )
    truths = tuple(readers.of_boxes(truth.boxes[name]) for name in pairs)
    found = tuple(readers.of_boxes(other.boxes[name]) for name in pairs.values())
    return _paired(
        tuple(pairs), truths, found, replace(truth, left_out=_left_out(truth, other, pairs))
    )


def _names_by_place(*sides: GroundTruth) -> list[dict[Place, str]]:
    """Return the names of each side's images by asset and stem, and by dataset where that tells.

    Copies of a dataset may have other names, so that these count only where asset and stem are
    not enough.
    """
    whole: list[dict[Place, str]] = [
        {
            (asset.dataset, asset.asset, normalized(side.image_paths[name].stem)): name
            for name, asset in side.assets.items()
            if name in side.boxes
        }
        for side in sides
    ]
    short = [{place[1:]: name for place, name in own.items()} for own in whole]
    is_enough = all(len(few) == len(own) for few, own in zip(short, whole, strict=True))
    return short if is_enough else whole


def _left_out(
    truth: GroundTruth, other: GroundTruth, pairs: Mapping[str, str]
) -> dict[str, AssetName]:
    """Return the asset of each image that is not in both, as the truth calls it if it has it."""
    left_out = {name: own for name, own in truth.assets.items() if name not in pairs}
    used, known = set(pairs.values()), set(truth.assets.values())
    called = {own.asset: own for own in known}
    for name, own in other.assets.items():
        if name not in used:
            left_out[name] = own if own in known else called.get(own.asset, own)
    return left_out


def _require_two_annotators(
    truth: GroundTruth, other: GroundTruth, pairs: Mapping[str, str], other_dir: Path
) -> None:
    if not pairs:
        raise BenchmarkError(
            other_dir,
            expected="annotations of the same images as the ground truth",
            found="no image of the same asset and name",
            fix="compare two datasets of the same images",
        )
    if any(
        truth.image_paths[name].resolve() == other.image_paths[own].resolve()
        for name, own in pairs.items()
    ):
        raise BenchmarkError(
            other_dir,
            expected="another person's annotations, or predictions",
            found="the ground truth itself",
            fix="name the folder of the other person's dataset",
        )


def _paired(
    stems: tuple[str, ...],
    truth: tuple[Content, ...],
    found: tuple[Content, ...],
    dataset: GroundTruth,
) -> PairedSides[Content]:
    """Return both sides with what a dataset tells of their images."""
    assets = tuple(dataset.assets[stem] for stem in stems) if dataset.assets else ()
    return PairedSides(
        stems,
        truth,
        found,
        assets,
        dataset.image_paths,
        dataset.um_per_px,
        dataset.left_out,
        dataset.true_plaques,
    )
