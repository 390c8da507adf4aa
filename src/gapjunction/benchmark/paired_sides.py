"""Pair what people marked with what was found, or with what others marked, image by image.

Either side is a folder of files, one an image, or a dataset; docs/metrics.md says more.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.dataset_truth import (
    NamedBoxes,
    is_dataset,
    read_annotations,
    read_dataset_truth,
)
from gapjunction.benchmark.pairing import (
    detections_folder_of,
    find_files,
    listed,
    require_same_stems,
)

logger = logging.getLogger(__name__)

Content = TypeVar("Content")  # of an image: its boxes, or its counts


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
        assets: the asset of each image, where the ground truth is a dataset; else empty.
        image_paths: the image files that are known, by stem.
        um_per_px: the side of a pixel in micrometres, where the dataset tells one.
    """

    stems: tuple[str, ...]
    truth: tuple[Content, ...]
    found: tuple[Content, ...]
    assets: tuple[AssetName, ...]
    image_paths: Mapping[str, Path]
    um_per_px: float | None


def read_paired_sides(
    ground_truth_dir: Path, predictions_dir: Path, readers: Readers[Content]
) -> PairedSides[Content]:
    """Read both sides.

    Of a dataset as ground truth, the annotated images that were predicted are taken: a prediction
    of one split can be compared with the whole. Of a dataset as the other side, the annotated
    images are what was found. Folders of files must hold the same images.

    Raises:
        BenchmarkError: if a folder is missing or empty, or the images do not fit together.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a file cannot be read.
    """
    found_in, read_found = _found_side(predictions_dir, readers)
    if is_dataset(ground_truth_dir):
        truth = read_dataset_truth(ground_truth_dir, predictions_dir, found_in)
        stems = tuple(sorted(truth.boxes))
        return PairedSides(
            stems,
            tuple(readers.of_boxes(truth.boxes[stem]) for stem in stems),
            tuple(map(read_found, stems)),
            tuple(truth.assets[stem] for stem in stems),
            truth.image_paths,
            truth.um_per_px,
        )
    files = find_files(ground_truth_dir)
    require_same_stems(files, found_in, ground_truth_dir, predictions_dir)
    stems = tuple(sorted(files))
    truths = tuple(readers.of_true_file(files[stem]) for stem in stems)
    return PairedSides(stems, truths, tuple(map(read_found, stems)), (), {}, None)


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


def _found_side(
    predictions_dir: Path, readers: Readers[Content]
) -> tuple[Mapping[str, object], Callable[[str], Content]]:
    """Return what there is of each image, by its name, and how it is read by that name."""
    if is_dataset(predictions_dir):
        boxes = read_annotations(predictions_dir).boxes
        return boxes, lambda stem: readers.of_boxes(boxes[stem])
    files = find_files(detections_folder_of(predictions_dir))
    return files, lambda stem: readers.of_found_file(files[stem])
