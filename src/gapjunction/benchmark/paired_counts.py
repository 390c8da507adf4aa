"""Read how many objects people marked and how many were found in the same images.

Each image has a detection file or a count file, which its content tells, or is in a dataset.
docs/metrics.md says more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.box_files import read_boxes_of_image
from gapjunction.benchmark.chosen_images import ALL_IMAGES, ChosenImages, column_of
from gapjunction.benchmark.paired_sides import (
    Readers,
    all_class_names,
    holds_annotations,
    read_paired_sides,
)
from gapjunction.benchmark.pairing import find_files
from gapjunction.detections_json import read_count_file
from gapjunction.errors import DetectionsFileError
from gapjunction.metrics.counts import CountArray
from gapjunction.outside_text import read_json
from gapjunction.prediction_folder import detections_folder_of


@dataclass(frozen=True, slots=True, eq=False)
class PairedCounts:
    """True and predicted object counts (num_images, num_classes) of the same images.

    Attributes:
        stems: the image of each row, in alphabetical order.
        class_names: the class of each column: all that either side names, sorted.
        assets: the asset of each row, where the ground truth is a dataset; else empty.
    """

    stems: tuple[str, ...]
    class_names: tuple[str, ...]
    truth: CountArray
    predicted: CountArray
    assets: tuple[AssetName, ...] = ()


def read_paired_counts(
    ground_truth_dir: Path,
    predictions_dir: Path,
    threshold: float | None,
    chosen: ChosenImages = ALL_IMAGES,
    label: str | None = None,
) -> PairedCounts:
    """Read the counts of both sides, of the chosen images and of one class where one is named.

    Boxes of `predictions_dir` count from the score `threshold` on, all of them if it is None;
    a box without a score always counts, and so does every box of the ground truth. A class
    that only predictions name has a true count of zero, and is logged as a warning. Which images
    are taken, `paired_sides.read_paired_sides` says.

    Raises:
        BenchmarkError: if a folder is missing or empty, if a stem has no or several files, or if
            neither side names the class `label`.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
    """
    readers: Readers[Mapping[str, int]] = Readers(
        of_true_file=lambda path: read_counts(path, None),
        of_found_file=lambda path: read_counts(path, threshold),
        of_boxes=lambda boxes: Counter(boxes.names),
    )
    sides = read_paired_sides(ground_truth_dir, predictions_dir, readers, chosen)
    class_names = all_class_names(
        sides.truth, sides.found, predictions_dir, "its true count is taken as 0"
    )
    if label is not None:
        column_of(label, class_names, ground_truth_dir)
        class_names = (label,)
    return PairedCounts(
        sides.stems,
        class_names,
        _as_array(sides.truth, class_names),
        _as_array(sides.found, class_names),
        sides.assets,
    )


def read_counts(path: Path, threshold: float | None) -> dict[str, int]:
    """Return the number of objects of each class that a detection or a count file states.

    Raises:
        DetectionsFileError: if it is neither, or holds the boxes of another image.
    """
    if _is_count_file(path):
        return _read_some_counts(path)
    detection_file = read_boxes_of_image(path)
    is_object = detection_file.scores >= (0.0 if threshold is None else threshold)
    names = zip(detection_file.label_names, is_object.tolist(), strict=True)
    return dict(Counter(name for name, counts in names if counts))


def holds_count_files(predictions_dir: Path) -> bool:
    """Tell whether any prediction is already counted, so that no threshold can apply to it."""
    if holds_annotations(predictions_dir):
        return False
    return any(map(_is_count_file, find_files(detections_folder_of(predictions_dir)).values()))


def _is_count_file(path: Path) -> bool:
    """Tell a count file, whose values are no lists; of a damaged file the reader tells more."""
    try:
        content = read_json(path, DetectionsFileError)
    except DetectionsFileError:
        return False
    return isinstance(content, dict) and not any(isinstance(v, list) for v in content.values())


def _read_some_counts(path: Path) -> dict[str, int]:
    """Read a count file; refuse an empty one, as nothing tells what was counted."""
    counts = read_count_file(path)
    if not counts:
        raise DetectionsFileError(
            path,
            expected="counts by class, or a list of boxes under the image's stem",
            found="an empty object",
            fix='for no objects write {"gap_junction": 0}, or the stem with an empty list',
        )
    return counts


def _as_array(counts: Iterable[Mapping[str, int]], class_names: tuple[str, ...]) -> CountArray:
    rows = [[of_image.get(name, 0) for name in class_names] for of_image in counts]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(class_names))
