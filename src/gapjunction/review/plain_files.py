"""A dataset of image files that were predicted without one, so that they can be corrected."""

import colorsys
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.dataset.folders import entries
from gapjunction.dataset.names import as_file_name
from gapjunction.dataset.reader import find_datasets
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.rules import CLASS_COLOR
from gapjunction.dataset.writer import write_dataset
from gapjunction.detections_json import stem_of
from gapjunction.errors import ConfigError, DatasetError
from gapjunction.images.pictures import IMAGE_SUFFIXES, read_image_size
from gapjunction.prediction_folder import Manifest, detections_folder_of
from gapjunction.text import normalized

logger = logging.getLogger(__name__)

BESIDE = "reviewed"  # in the output folder of `gapjunction predict`
USUAL_CLASS = "gap_junction"


def are_plain_files(source: Path) -> bool:
    """Tell whether `source` is images that are in no dataset."""
    try:
        find_datasets(source)
    except DatasetError:
        return True
    return False


def dataset_of_files(predictions: Path, source: Path, manifest: Manifest) -> Path:
    """Return the dataset, in a folder of predictions, of the pictures that were predicted.

    It is made the first time, of copies: nothing is written where the images are. They are one
    asset, as nothing tells which of them are of one animal.

    Raises:
        ConfigError: if they are microscope files, of which planes would have to be chosen.
        ImageError: if one cannot be read.
    """
    folder = source if source.is_dir() else source.parent
    name = as_file_name(folder.resolve().name) or "images"
    root = predictions / BESIDE / name
    if root.is_dir():
        return root
    pictures = _pictures(predictions, folder)
    asset = Asset(name, tuple(_image(path) for path in pictures))
    classes = _classes(manifest.class_names or (USUAL_CLASS,))
    write_dataset(Dataset(name, root, classes, (asset,)), root)
    logger.info(
        "made a dataset of the images, all of one asset, in %s; to keep animals for testing, make "
        "one with a folder for each ('gapjunction create'), and name it by --data",
        root,
    )
    return root


def _pictures(predictions: Path, folder: Path) -> list[Path]:
    """Return the files of a folder that were predicted."""
    files = {normalized(path.stem): path for path in entries(folder) if path.is_file()}
    detections = entries(detections_folder_of(predictions))
    stems = [normalized(stem_of(path.name)) for path in detections if path.suffix == ".json"]
    found = [files[stem] for stem in stems if stem in files]
    others = [path for path in found if path.suffix.lower() not in IMAGE_SUFFIXES]
    if others or len(found) < len(stems):
        raise ConfigError(
            predictions,
            expected=f"predictions of pictures ({' '.join(IMAGE_SUFFIXES)}) that are in {folder}",
            found=others[0].name if others else f"{len(found)} of {len(stems)} images there",
            fix="make a dataset of them with 'gapjunction create', predict that, and review it",
            settings=("data",),
        )
    return found


def _image(path: Path) -> AnnotatedImage:
    height, width = read_image_size(path)
    nothing = as_boxes([])
    return AnnotatedImage(path, height, width, nothing, np.zeros(0, np.int64), is_annotated=False)


def _classes(names: Sequence[str]) -> dict[str, str]:
    """Return a color for each class: the usual one, and others around the circle of hues."""
    colors = [CLASS_COLOR]
    for index in range(1, len(names)):
        red, green, blue = colorsys.hsv_to_rgb((0.5 + index / len(names)) % 1, 0.8, 1.0)
        colors.append(f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}")
    return dict(zip(names, colors, strict=True))
