"""What is to be reviewed: the images of datasets, with a person's boxes or a model's."""

import csv
import hashlib
import logging
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gapjunction.benchmark.measured_predictions import paired_files
from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.csv_tables import text_of_cell
from gapjunction.dataset.archives import is_archive
from gapjunction.dataset.assets import DETECTION_FOLDER, annotation_folder
from gapjunction.dataset.named_images import NamedImage, read_named_images
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.detections_json import DETECTION_SUFFIX
from gapjunction.errors import BenchmarkError, ConfigError, DetectionsFileError
from gapjunction.images.slice_names import are_slices, slice_number
from gapjunction.outside_text import read_table
from gapjunction.prediction_folder import (
    Manifest,
    counts_beside,
    holds_predictions,
    read_manifest,
)
from gapjunction.review.plain_files import are_plain_files, dataset_of_files
from gapjunction.review.training import newest_predictions
from gapjunction.text import normalized

logger = logging.getLogger(__name__)

ID_LETTERS = 16
ReviewKind = Literal["dataset", "predictions"]


@dataclass(frozen=True, slots=True)
class Counted:
    """What `counts.csv` says of an image, all classes together."""

    count: int
    low: int
    high: int
    unlikeness: float | None

    @property
    def below(self) -> int:
        """How far the interval reaches below the count."""
        return self.count - self.low

    @property
    def above(self) -> int:
        """How far it reaches above."""
        return self.high - self.count


@dataclass(frozen=True, slots=True, eq=False)
class ReviewImage:
    """An image to review.

    Attributes:
        id: what the page calls it.
        predicted_path: a detection file with scores in a folder of predictions.
        counted: what was predicted of it; None where no table says.
        stack: its asset, where that is a stack; z: the number of the slice in it.
    """

    id: str
    named: NamedImage
    predicted_path: Path | None = None
    counted: Counted | None = None
    stack: str | None = None
    z: int | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.image.path.name

    @property
    def image(self) -> AnnotatedImage:
        """The file and what was marked in it when the review was opened."""
        return self.named.image

    @property
    def dataset(self) -> Dataset:
        """Its dataset, of which the labels count in the classes of all."""
        return self.named.dataset

    @property
    def asset(self) -> Asset:
        """Its asset."""
        return self.named.asset

    @property
    def key(self) -> str:
        """What the journal of its dataset calls it."""
        return normalized(f"{self.asset.name}/{self.name}")

    @property
    def boxes_path(self) -> Path:
        """Its detection file, or where it would be."""
        folder = annotation_folder(self.image.path.parent.parent, DETECTION_FOLDER)
        return self.image.boxes_path or folder / f"{self.image.stem}{DETECTION_SUFFIX}.json"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """All that is reviewed together.

    Attributes:
        root: the dataset, or folder of datasets.
        classes: name -> "#RRGGBB".
        images: by id, in order.
        threshold: boxes of a model count from this score on.
        manifest: of the predictions; one that says nothing where there are none.
    """

    root: Path
    kind: ReviewKind
    classes: Mapping[str, str]
    images: Mapping[str, ReviewImage]
    threshold: float
    manifest: Manifest

    @property
    def datasets(self) -> list[Dataset]:
        """The datasets, each once."""
        return list({each.dataset.root: each.dataset for each in self.images.values()}.values())

    def stack_of(self, image: ReviewImage) -> list[ReviewImage]:
        """Return the slices of the image's stack in order; none where it is in no stack."""
        if image.stack is None:
            return []
        return [each for each in self.images.values() if each.asset is image.asset]


def open_review(source: Path, data: Path | None, threshold: float | None) -> Opened:
    """Read datasets, or a folder of predictions and the datasets that were predicted.

    Datasets for which the page has trained a model come with what that found.

    Raises:
        ConfigError: if a zip file is named, or nothing says what was predicted.
        DatasetError: if a dataset has errors.
        BenchmarkError: if a prediction is of no image of the datasets.
    """
    is_prediction = holds_predictions(source)
    manifest = read_manifest(source) if is_prediction else Manifest()
    root = _predicted_root(source, manifest, data) if is_prediction else source
    _require_fitting(source, root, data, is_prediction=is_prediction)
    trained = None if is_prediction else newest_predictions(root)
    if trained is not None:
        try:
            return open_review(trained, root, threshold)
        except (BenchmarkError, DetectionsFileError) as error:  # such as of an image that is gone
            logger.warning("what the last training found is left out: %s", error)
    classes, named = read_named_images(root)
    files = paired_files(named, root, source) if is_prediction else {}
    counts = _read_counts(source) if is_prediction else {}
    lowest = threshold_to_use(manifest, threshold, source)
    stacks = _stacks(named)
    images = [
        _review_image(each, files.get(each.name), counts.get(each.name), is_slice=is_slice)
        for each, is_slice in zip(named, stacks, strict=True)
    ]
    return Opened(
        root=root,
        kind="predictions" if is_prediction else "dataset",
        classes=classes,
        images={each.id: each for each in images},
        threshold=lowest or 0.0,
        manifest=manifest,
    )


def _review_image(
    named: NamedImage, predicted: Path | None, counted: Counted | None, *, is_slice: bool
) -> ReviewImage:
    return ReviewImage(
        id=image_id(named.dataset.name, named.asset.name, named.image.path.name),
        named=named,
        predicted_path=predicted,
        counted=counted,
        stack=named.asset.name if is_slice else None,
        z=slice_number(named.image.stem) if is_slice else None,
    )


def _stacks(named: Sequence[NamedImage]) -> list[bool]:
    """Tell of each image whether its asset is a stack."""
    assets = {id(each.asset): each.asset for each in named}
    is_stack = {
        key: are_slices([image.stem for image in asset.images]) for key, asset in assets.items()
    }
    return [is_stack[id(each.asset)] for each in named]


def _require_fitting(source: Path, root: Path, data: Path | None, *, is_prediction: bool) -> None:
    """Refuse what cannot be written into, and a second dataset beside the first.

    Raises:
        ConfigError: naming it.
    """
    if is_archive(root):
        expected, fix = "a folder to write into", "unpack it and name the folder"
        raise ConfigError(root, expected=expected, found="a zip file", fix=fix)
    if data is not None and not is_prediction:
        raise ConfigError(
            source,
            expected="predictions, where the dataset that was predicted is named as well",
            found="a dataset",
            fix="leave that out",
            settings=("data",),
        )


def image_id(*names: str) -> str:
    """Return an id of letters and digits for names of any kind: the same each time."""
    return hashlib.sha256(normalized("\0".join(names)).encode()).hexdigest()[:ID_LETTERS]


def _predicted_root(source: Path, manifest: Manifest, data: Path | None) -> Path:
    """Return the datasets that were predicted: those that the user names, else the manifest.

    Of plain image files a dataset is made beside the predictions.
    """
    root = data or (None if manifest.input is None else Path(manifest.input))
    if root is None or not root.exists():
        raise ConfigError(
            source,
            expected="predictions of a dataset, or of images, that are there",
            found="no word of them" if root is None else f"those of {root}",
            fix="name the dataset",
            settings=("data",),
        )
    is_plain = data is None and not is_archive(root) and are_plain_files(root)
    return dataset_of_files(source, root, manifest) if is_plain else root


def _read_counts(predictions_dir: Path) -> dict[str, Counted]:
    """Return what counts.csv says of each image; of an older or damaged table, nothing."""
    path = counts_beside(predictions_dir)
    if path is None:
        return {}
    rows: dict[str, list[Counted]] = defaultdict(list)
    for row in csv.DictReader(read_table(path, BenchmarkError)):
        counted = _counted(row)
        if counted is not None:
            rows[text_of_cell(row.get("image") or "")].append(counted)
    return {name: _all_classes(own) for name, own in rows.items()}


def _counted(row: Mapping[str, str | None]) -> Counted | None:
    try:
        count, low, high = (int(row.get(name) or "") for name in ("count", "low", "high"))
        unlikeness = float(row.get("unlikeness") or "nan")
    except ValueError:
        return None
    return Counted(count, low, high, None if math.isnan(unlikeness) else unlikeness)


def _all_classes(rows: Sequence[Counted]) -> Counted:
    return Counted(
        sum(row.count for row in rows),
        sum(row.low for row in rows),
        sum(row.high for row in rows),
        rows[0].unlikeness,
    )
