"""The images a prediction is asked for, from a dataset, a folder or a single file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.commands.run_folder import SPLITS_NAME
from gapjunction.dataset.assets import entries
from gapjunction.dataset.images import IMAGE_SUFFIXES
from gapjunction.dataset.names import ImageOrigin, unique_names
from gapjunction.dataset.reader import find_datasets, inspect_dataset
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.dataset.splits import Split, read_assignment
from gapjunction.errors import ConfigError, DatasetError, ImageError


@dataclass(frozen=True, slots=True)
class ListedImage:
    """An image to predict; `output_name` is its name, without suffix, among all of them.

    Dataset and asset of a plain image file are empty. `um_per_px` is the side of a pixel, None
    where it is not known.
    """

    origin: ImageOrigin
    output_name: str
    um_per_px: float | None = None


def list_images(
    source: Path, split: Split | None, run_folder: Path, *, annotated_only: bool = False
) -> list[ListedImage]:
    """Return the images that `source` means, in order; those of one split of a run, if given.

    In a folder without datasets these are the image files directly in it. `annotated_only`
    leaves out images of a dataset that nobody looked at.

    Raises:
        ImageError: if there is no image.
        DatasetError: if an image of a dataset cannot be listed, or two would have one name.
        ConfigError: if a split is asked for and the images belong to no dataset.
    """
    roots = _dataset_roots(source)
    if roots:
        found = _images_of_datasets(roots, split, run_folder, annotated_only=annotated_only)
    elif split is not None or annotated_only:
        raise ConfigError(
            "--annotated_only" if split is None else f"--split {split}",
            expected="a dataset as input",
            found=str(source),
            fix="leave the option out, or give a dataset",
        )
    else:
        paths = entries(source) if source.is_dir() else [source]
        found = _named(
            [
                (ImageOrigin("", "", path), None)
                for path in paths
                if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES
            ]
        )
    if not found:
        raise ImageError(
            source,
            expected=f"an image ({', '.join(IMAGE_SUFFIXES)}), a folder of images or a dataset",
            found=_missing(source, split),
            fix="check the path" if split is None else "give the data the model was trained on",
        )
    return found


def _dataset_roots(source: Path) -> list[Path]:
    try:
        return find_datasets(source)
    except DatasetError:
        return []


def _images_of_datasets(
    roots: Sequence[Path], split: Split | None, run_folder: Path, *, annotated_only: bool
) -> list[ListedImage]:
    """Return the wanted images of the datasets; whether annotations are right plays no part.

    Names are given among all images, so that an image has one name in whatever selection.
    """
    assignment = None if split is None else read_assignment(run_folder / SPLITS_NAME)
    listed, is_wanted = [], []
    for root in roots:
        for dataset, asset, image in _listed(root):
            own = None if assignment is None else assignment.splits.get((dataset.name, asset))
            origin = ImageOrigin(dataset.name, asset, image.path)
            listed.append((origin, dataset.um_per_px))
            is_wanted.append(own == split and (image.is_annotated or not annotated_only))
    return [each for each, wanted in zip(_named(listed), is_wanted, strict=True) if wanted]


def _listed(root: Path) -> Iterator[tuple[Dataset, str, AnnotatedImage]]:
    """Yield dataset, asset and image for each image of a dataset; none is left out silently."""
    dataset, problems = inspect_dataset(root)
    for problem in problems:
        if problem.severity == "error" and problem.file.suffix.lower() in IMAGE_SUFFIXES:
            raise DatasetError(
                problem.file,
                item=problem.item,
                expected=problem.expected,
                found=problem.found,
                fix=f"{problem.fix}; run 'gapjunction validate {root}' to see all problems",
            )
    if dataset is not None:
        for asset in dataset.assets:
            for image in asset.images:
                yield dataset, asset.name, image


def _named(listed: Sequence[tuple[ImageOrigin, float | None]]) -> list[ListedImage]:
    """Return images, given with the side of their pixels, with a name for each."""
    names = unique_names([origin for origin, _ in listed])
    return [
        ListedImage(origin, name, um_per_px)
        for (origin, um_per_px), name in zip(listed, names, strict=True)
    ]


def _missing(source: Path, split: Split | None) -> str:
    if not source.exists():
        return "nothing there"
    return "no image" if split is None else f"no image of the {split} split"
