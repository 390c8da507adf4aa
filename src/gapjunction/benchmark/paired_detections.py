"""Read annotated and predicted boxes of the same images, paired by the image's stem.

Ground truth is a folder of detection files, or a dataset; docs/metrics.md says more.
"""

import logging
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.pairing import (
    detections_folder_of,
    find_files,
    listed,
    require_key_of_file,
    require_same_stems,
)
from gapjunction.boxes import BoxArray
from gapjunction.dataset.names import ImageOrigin, unique_names
from gapjunction.dataset.reader import find_datasets, read_datasets
from gapjunction.dataset.records import AnnotatedImage
from gapjunction.detections import Detections
from gapjunction.detections_json import DetectionFile, read_detection_file
from gapjunction.errors import BenchmarkError, DatasetError, DetectionsFileError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class PairedDetections:
    """What people marked and what was found in the same images.

    Attributes:
        stems: the name of each image, in alphabetical order.
        class_names: all classes that either side names, sorted; labels count in them.
        truth, found: annotations and detections of each image.
        assets: the asset of each image, where the ground truth is a dataset; else empty.
        image_paths: the image files that are known, by stem.
        um_per_px: the side of a pixel in micrometres, where the dataset tells one.
    """

    stems: tuple[str, ...]
    class_names: tuple[str, ...]
    truth: tuple[Detections, ...]
    found: tuple[Detections, ...]
    assets: tuple[str, ...] = ()
    image_paths: Mapping[str, Path] = field(default_factory=dict)
    um_per_px: float | None = None

    def of_class(self, label: int) -> "PairedDetections":
        """Return the boxes of one class, which keeps its label."""
        return PairedDetections(
            self.stems,
            self.class_names,
            tuple(each[each.labels == label] for each in self.truth),
            tuple(each[each.labels == label] for each in self.found),
            self.assets,
            self.image_paths,
            self.um_per_px,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _NamedBoxes:
    """The boxes of one image with the names of their classes."""

    boxes: BoxArray
    scores: NDArray[np.float32]
    names: Sequence[str]

    def as_detections(self, label_of: Mapping[str, int]) -> Detections:
        labels = np.array([label_of[name] for name in self.names], dtype=np.int64)
        return Detections(self.boxes, self.scores, labels)


@dataclass(frozen=True, slots=True)
class _GroundTruth:
    boxes: Mapping[str, _NamedBoxes]
    assets: Mapping[str, str]
    image_paths: Mapping[str, Path]
    um_per_px: float | None


def read_paired_detections(ground_truth_dir: Path, predictions_dir: Path) -> PairedDetections:
    """Read the boxes of both sides.

    Of a dataset, the annotated images that were predicted are taken: a prediction of one split
    can be compared with the whole. Folders of files must hold the same images.

    Raises:
        BenchmarkError: if a folder is missing or empty, or the images do not fit together.
        DatasetError: if the ground truth is a dataset with errors.
        DetectionsFileError: if a file cannot be read.
    """
    files = find_files(detections_folder_of(predictions_dir))
    if _is_dataset(ground_truth_dir):
        truth = _read_dataset_truth(ground_truth_dir, predictions_dir, files)
    else:
        truth_files = find_files(ground_truth_dir)
        require_same_stems(truth_files, files, ground_truth_dir, predictions_dir)
        truth = _GroundTruth({s: _read(path) for s, path in truth_files.items()}, {}, {}, None)
    stems = tuple(sorted(truth.boxes))
    found = {stem: _read(files[stem]) for stem in stems}
    class_names = _class_names(truth.boxes, found, predictions_dir)
    label_of = {name: label for label, name in enumerate(class_names)}
    return PairedDetections(
        stems,
        class_names,
        tuple(truth.boxes[stem].as_detections(label_of) for stem in stems),
        tuple(found[stem].as_detections(label_of) for stem in stems),
        tuple(truth.assets[stem] for stem in stems) if truth.assets else (),
        truth.image_paths,
        truth.um_per_px,
    )


def _is_dataset(folder: Path) -> bool:
    try:
        return bool(find_datasets(folder))
    except DatasetError:
        return False


def _read_dataset_truth(
    root: Path, predictions_dir: Path, predicted: Collection[str]
) -> _GroundTruth:
    """Read the annotated images of datasets that were predicted, by the names `predict` gives."""
    datasets = read_datasets([root])
    origins: list[ImageOrigin] = []
    images: list[AnnotatedImage] = []
    class_names: list[tuple[str, ...]] = []
    for dataset in datasets:
        for asset in dataset.assets:
            origins += [ImageOrigin(dataset.name, asset.name, i.path) for i in asset.images]
            images += asset.images
            class_names += [dataset.class_names] * len(asset.images)
    names = [unicodedata.normalize("NFC", name) for name in unique_names(origins)]
    _require_known(set(names), predicted, root, predictions_dir)
    boxes: dict[str, _NamedBoxes] = {}
    assets, paths = {}, {}
    for name, origin, image, classes in zip(names, origins, images, class_names, strict=True):
        if name in predicted and image.is_annotated:
            boxes[name] = _boxes_of(image, classes)
            assets[name], paths[name] = f"{origin.dataset}/{origin.asset}", image.path
    if not boxes:
        raise BenchmarkError(
            root,
            expected="annotations of the predicted images",
            found="none",
            fix="annotate some of them, or predict others",
        )
    logger.info("%d of %d images of %s were predicted", len(boxes), len(images), root)
    scales = {dataset.um_per_px for dataset in datasets}
    return _GroundTruth(boxes, assets, paths, scales.pop() if len(scales) == 1 else None)


def _require_known(
    known: Collection[str], predicted: Collection[str], root: Path, predictions_dir: Path
) -> None:
    if unknown := sorted(set(predicted) - set(known)):
        raise BenchmarkError(
            predictions_dir,
            expected=f"predictions of images of {root}",
            found=f"others: {listed(unknown)}",
            fix="give the dataset that was predicted",
        )


def _boxes_of(image: AnnotatedImage, class_names: Sequence[str]) -> _NamedBoxes:
    names = [class_names[label] for label in image.labels]
    return _NamedBoxes(image.boxes, np.ones(len(image.boxes), np.float32), names)


def _read(path: Path) -> _NamedBoxes:
    """Read a detection file; memory for its records is given back at once."""
    content = read_detection_file(path)
    require_key_of_file(content.stem, path)
    _require_sides(content, path)
    return _NamedBoxes(content.boxes, content.scores, content.label_names)


def _require_sides(content: DetectionFile, path: Path) -> None:
    for index, record in enumerate(content.records):
        if record.bbox_width < 0 or record.bbox_height < 0:
            raise DetectionsFileError(
                path,
                item=f"box {index}",
                expected="a width and a height of 0 or more",
                found=f"{record.bbox_width} x {record.bbox_height}",
                fix="correct the box",
            )


def _class_names(
    truth: Mapping[str, _NamedBoxes], found: Mapping[str, _NamedBoxes], predictions_dir: Path
) -> tuple[str, ...]:
    named = {name for boxes in truth.values() for name in boxes.names}
    also_found = {name for boxes in found.values() for name in boxes.names}
    if new := sorted(also_found - named):
        logger.warning(
            "%s: ground truth never names the class %s; all its detections are false",
            predictions_dir,
            listed(new),
        )
    return tuple(sorted(named | also_found))
