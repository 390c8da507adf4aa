"""The annotated images of datasets as ground truth of what was predicted in them."""

import logging
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.pairing import listed
from gapjunction.boxes import BoxArray
from gapjunction.dataset.names import ImageOrigin, unique_names
from gapjunction.dataset.reader import find_datasets, read_datasets
from gapjunction.dataset.records import AnnotatedImage
from gapjunction.detections import Detections
from gapjunction.errors import BenchmarkError, DatasetError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class NamedBoxes:
    """The boxes of one image: (N, 4) xyxy pixels, scores (N,), and the class name of each."""

    boxes: BoxArray
    scores: NDArray[np.float32]
    names: Sequence[str]

    def as_detections(self, label_of: Mapping[str, int]) -> Detections:
        """Return the boxes with the label of each class name."""
        labels = np.array([label_of[name] for name in self.names], dtype=np.int64)
        return Detections(self.boxes, self.scores, labels)


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What people marked in each image, by the image's name.

    Attributes:
        assets: the asset of each image; empty where nothing tells it.
        image_paths: the image files that are known.
        um_per_px: the side of a pixel in micrometres, where one holds for all images.
    """

    boxes: Mapping[str, NamedBoxes]
    assets: Mapping[str, AssetName]
    image_paths: Mapping[str, Path]
    um_per_px: float | None


def is_dataset(folder: Path) -> bool:
    """Tell whether `folder` is a dataset, or holds datasets."""
    try:
        return bool(find_datasets(folder))
    except DatasetError:
        return False


def read_dataset_truth(
    root: Path, predictions_dir: Path, predicted: Collection[str]
) -> GroundTruth:
    """Read the annotated images of datasets that were predicted, by the names `predict` gives.

    Raises:
        DatasetError: if a dataset has errors.
        BenchmarkError: if an image was predicted that is not in them, or none is annotated.
    """
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
    boxes: dict[str, NamedBoxes] = {}
    assets, paths = {}, {}
    for name, origin, image, classes in zip(names, origins, images, class_names, strict=True):
        if name in predicted and image.is_annotated:
            boxes[name] = _boxes_of(image, classes)
            assets[name], paths[name] = AssetName(origin.dataset, origin.asset), image.path
    if not boxes:
        raise BenchmarkError(
            root,
            expected="annotations of the predicted images",
            found="none",
            fix="annotate some of them, or predict others",
        )
    logger.info("%d of %d images of %s were predicted", len(boxes), len(images), root)
    scales = {dataset.um_per_px for dataset in datasets}
    return GroundTruth(boxes, assets, paths, scales.pop() if len(scales) == 1 else None)


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


def _boxes_of(image: AnnotatedImage, class_names: Sequence[str]) -> NamedBoxes:
    names = [class_names[label] for label in image.labels]
    return NamedBoxes(image.boxes, np.ones(len(image.boxes), np.float32), names)
