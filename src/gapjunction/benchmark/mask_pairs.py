"""Find the masks of a segmentation benchmark, paired by the image's stem, and their classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.benchmark.chosen_images import ALL_IMAGES, ChosenImages
from gapjunction.benchmark.pairing import files_by_stem, require_same_stems
from gapjunction.dataset.assets import MASK_SUFFIX
from gapjunction.dataset.folders import entries
from gapjunction.dataset.masks import Mask, read_mask
from gapjunction.dataset.metadata import (
    LABEL_FOLDER,
    LABEL_STEM,
    LABEL_SUFFIXES,
    inspect_classes,
    inspect_label_file,
    label_file,
)
from gapjunction.errors import BenchmarkError, DatasetError
from gapjunction.git_lfs import require_pulled
from gapjunction.images.pictures import IMAGE_SUFFIXES, ImageArray, read_picture

LEVELS_UP = 3  # from <dataset>/Assets/<asset>/Segmentation to the dataset


@dataclass(frozen=True, slots=True)
class MaskPair:
    """The mask files of one image."""

    stem: str
    truth_path: Path
    predicted_path: Path

    def read(self, classes: Mapping[str, str]) -> tuple[Mask, Mask]:
        """Read both masks; `classes` is name -> "#RRGGBB".

        Raises:
            BenchmarkError: if their sizes differ.
            ImageError: if one cannot be read.
        """
        truth = read_mask(self.truth_path, classes)
        predicted = read_mask(self.predicted_path, classes)
        if truth.classes.shape != predicted.classes.shape:
            raise BenchmarkError(
                self.predicted_path,
                expected=f"the size of {self.truth_path}, {_size(truth.classes.shape)}",
                found=_size(predicted.classes.shape),
                fix="predict the image at full size",
            )
        return truth, predicted


def pair_masks(
    ground_truth_dir: Path, predictions_dir: Path, chosen: ChosenImages = ALL_IMAGES
) -> list[MaskPair]:
    """Return the masks of both folders, one pair a chosen image, in alphabetical order.

    Raises:
        BenchmarkError: if a folder is missing or empty, if a stem has no or several masks.
    """
    truth = chosen.among(find_image_files(ground_truth_dir, "masks"), ground_truth_dir)
    predicted = chosen.among(find_image_files(predictions_dir, "masks"), predictions_dir)
    require_same_stems(truth, predicted, ground_truth_dir, predictions_dir)
    return [MaskPair(stem, truth[stem], predicted[stem]) for stem in sorted(truth)]


def find_images_of(pairs: Sequence[MaskPair], images_dir: Path | None) -> dict[str, Path]:
    """Return the image file of each pair's stem; empty if `images_dir` is None.

    Raises:
        BenchmarkError: if the folder lacks the image of a pair.
    """
    if images_dir is None:
        return {}
    images = find_image_files(images_dir, "images")
    for pair in pairs:
        if pair.stem not in images:
            raise BenchmarkError(
                images_dir,
                expected="an image for each mask",
                found=f"none for {pair.stem}",
                fix="add it, or leave this folder out",
                settings=("images_dir",),
            )
    return images


def read_image_of(path: Path | None, mask: Mask) -> ImageArray | None:
    """Read the image (C, H, W) that `mask` belongs to; None if `path` is.

    Raises:
        BenchmarkError: if its size is another.
        ImageError: if it cannot be read.
    """
    if path is None:
        return None
    image = read_picture(path)
    if image.shape[1:] != mask.classes.shape:
        raise BenchmarkError(
            path,
            expected=f"the size of its mask, {_size(mask.classes.shape)}",
            found=_size(image.shape[1:]),
            fix="name the folder of the images at full size",
        )
    return image


def find_image_files(folder: Path, kind: str) -> dict[str, Path]:
    """Return the image file of each stem in `folder`, which may end in `_mask`; `kind` names them.

    Raises:
        BenchmarkError: if the folder is missing, holds none, or several of one image.
    """
    if not folder.is_dir():
        raise BenchmarkError(
            folder,
            expected=f"a folder of {kind}",
            found="no such folder",
            fix="check the path; the default ones are relative to the repository's root",
        )
    require_pulled(folder)
    paths = [path for path in entries(folder) if path.suffix.lower() in IMAGE_SUFFIXES]
    files = files_by_stem(folder, paths, lambda name: Path(name).stem.removesuffix(MASK_SUFFIX))
    if not files:
        raise BenchmarkError(
            folder, expected=f"{kind} (*.webp, *.png)", found="none", fix="check the path"
        )
    return files


def find_label_file(label_properties: Path | None, ground_truth_dir: Path) -> Path:
    """Return the label file: the given one, or that of the nearest folder of `ground_truth_dir`.

    `label_properties` may also be a folder that holds it, in Label_Properties/ or directly.

    Raises:
        BenchmarkError: if there is none.
    """
    absolute = ground_truth_dir.absolute()
    around = [absolute, *absolute.parents[:LEVELS_UP]]
    for folder in around if label_properties is None else [label_properties]:
        if label_properties is not None and folder.is_file():
            return folder
        beside = [folder / f"{LABEL_STEM}{suffix}" for suffix in LABEL_SUFFIXES]
        for path in (label_file(folder), *beside):
            if path.is_file():
                return path
    raise BenchmarkError(
        label_properties or ground_truth_dir,
        expected=f"label properties ({LABEL_FOLDER}/{LABEL_STEM}.json) there"
        + (" or up to three folders above" if label_properties is None else ""),
        found="none",
        fix="name the file with the classes and their colors",
        settings=("label_properties",),
    )


def read_classes(path: Path) -> dict[str, str]:
    """Return class name -> "#RRGGBB" of a label file, in label order.

    Raises:
        DatasetError: naming what is wrong with the file first.
    """
    is_in_dataset = path == label_file(path.parent.parent)
    classes, problems = (
        inspect_classes(path.parent.parent) if is_in_dataset else inspect_label_file(path)
    )
    if problems:
        first = problems[0]
        raise DatasetError(
            first.file, item=first.item, expected=first.expected, found=first.found, fix=first.fix
        )
    return classes


def _size(shape: tuple[int, ...]) -> str:
    height, width = shape
    return f"{width} x {height} px"
