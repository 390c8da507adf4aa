"""The annotated images of datasets as ground truth of what was predicted in them."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.pairing import listed
from gapjunction.boxes import BoxArray
from gapjunction.dataset.named_images import NamedImage, named_images
from gapjunction.dataset.reader import find_datasets, read_datasets
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.detections import Detections
from gapjunction.errors import BenchmarkError, DatasetError
from gapjunction.git_lfs import require_pulled

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
        um_per_px: the side of a pixel in micrometers, where one holds for all images.
        left_out: the asset of each image that is either annotated or predicted, but not both.
        true_plaques: the file of true plaques of each asset that has one.
    """

    boxes: Mapping[str, NamedBoxes]
    assets: Mapping[str, AssetName]
    image_paths: Mapping[str, Path]
    um_per_px: float | None
    left_out: Mapping[str, AssetName] = field(default_factory=dict)
    true_plaques: Mapping[AssetName, Path] = field(default_factory=dict)


def is_dataset(folder: Path) -> bool:
    """Tell whether `folder` is a dataset, or holds datasets.

    Raises:
        DatasetError: if Git LFS has not brought its files.
    """
    require_pulled(folder)
    try:
        return bool(find_datasets(folder))
    except DatasetError:
        return False


def read_annotations(root: Path) -> GroundTruth:
    """Read all annotated images of datasets.

    Raises:
        DatasetError: if a dataset has errors.
        BenchmarkError: if none is annotated.
    """
    datasets = read_datasets([root])
    images = [each for each in named_images(datasets) if each.image.is_annotated]
    if not images:
        raise BenchmarkError(
            root, expected="annotated images", found="none", fix="annotate some of them"
        )
    return _truth_of(datasets, images)


def read_dataset_truth(
    root: Path, predictions_dir: Path, predicted: Collection[str]
) -> GroundTruth:
    """Read the annotated images of datasets that were predicted, by the names `predict` gives.

    Raises:
        DatasetError: if a dataset has errors.
        BenchmarkError: if an image was predicted that is not in them, or none is annotated.
    """
    datasets = read_datasets([root])
    images = named_images(datasets)
    _require_known({each.name for each in images}, predicted, root, predictions_dir)
    chosen = [each for each in images if each.image.is_annotated and each.name in predicted]
    if not chosen:
        raise BenchmarkError(
            root,
            expected="annotations of the predicted images",
            found="none",
            fix="annotate some of them, or predict others",
        )
    logger.info("%d of %d images of %s were predicted", len(chosen), len(images), root)
    left_out = [each for each in images if each.image.is_annotated != (each.name in predicted)]
    return replace(_truth_of(datasets, chosen), left_out=_assets_of(left_out))


def _truth_of(datasets: Sequence[Dataset], images: Sequence[NamedImage]) -> GroundTruth:
    scales = {dataset.um_per_px for dataset in datasets}
    return GroundTruth(
        {each.name: _boxes_of(each.image, each.dataset.class_names) for each in images},
        _assets_of(images),
        {each.name: each.image.path for each in images},
        scales.pop() if len(scales) == 1 else None,
        true_plaques={
            AssetName(dataset.name, asset.name): asset.true_plaques_path
            for dataset in datasets
            for asset in dataset.assets
            if asset.true_plaques_path is not None
        },
    )


def _assets_of(images: Sequence[NamedImage]) -> dict[str, AssetName]:
    return {each.name: AssetName(each.dataset.name, each.asset.name) for each in images}


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
