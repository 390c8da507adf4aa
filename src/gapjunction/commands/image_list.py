"""The images a prediction is asked for, from a dataset, a folder or a single file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.commands.run_folder import SPLITS_NAME
from gapjunction.dataset.assets import entries
from gapjunction.dataset.images import IMAGE_SUFFIXES
from gapjunction.dataset.names import ImageOrigin, unique_names
from gapjunction.dataset.reader import find_datasets, inspect_dataset
from gapjunction.dataset.splits import Split, read_assignment
from gapjunction.errors import ConfigError, DatasetError, ImageError


@dataclass(frozen=True, slots=True)
class ListedImage:
    """An image to predict; `output_name` is its name, without suffix, among all of them.

    Dataset and asset of a plain image file are empty.
    """

    origin: ImageOrigin
    output_name: str


def list_images(
    source: Path, split: Split | None, run_folder: Path, *, annotated_only: bool = False
) -> list[ListedImage]:
    """Return the images that `source` means, in order; those of one split of a run, if given.

    In a folder without datasets these are the image files directly in it. `annotated_only`
    leaves out images of a dataset that nobody looked at.

    Raises:
        ImageError: if there is no image.
        ConfigError: if a split is asked for and the images belong to no dataset.
    """
    roots = _dataset_roots(source)
    if roots:
        origins = _images_of_datasets(roots, split, run_folder, annotated_only=annotated_only)
    elif split is not None or annotated_only:
        raise ConfigError(
            "--annotated_only" if split is None else f"--split {split}",
            expected="a dataset as input",
            found=str(source),
            fix="leave the option out, or give a dataset",
        )
    else:
        paths = entries(source) if source.is_dir() else [source]
        origins = [
            ImageOrigin("", "", path)
            for path in paths
            if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES
        ]
    if not origins:
        raise ImageError(
            source,
            expected=f"an image ({', '.join(IMAGE_SUFFIXES)}), a folder of images or a dataset",
            found=_missing(source, split),
            fix="check the path" if split is None else "give the data the model was trained on",
        )
    names = unique_names(origins)
    return [ListedImage(origin, name) for origin, name in zip(origins, names, strict=True)]


def _dataset_roots(source: Path) -> list[Path]:
    try:
        return find_datasets(source)
    except DatasetError:
        return []


def _images_of_datasets(
    roots: Sequence[Path], split: Split | None, run_folder: Path, *, annotated_only: bool
) -> list[ImageOrigin]:
    """Return all images of the datasets; annotations, and whether they are right, play no part."""
    datasets = [inspect_dataset(root)[0] for root in roots]
    assignment = None if split is None else read_assignment(run_folder / SPLITS_NAME)
    return [
        ImageOrigin(dataset.name, asset.name, image.path)
        for dataset in datasets
        if dataset is not None
        for asset in dataset.assets
        if assignment is None or assignment.splits.get((dataset.name, asset.name)) == split
        for image in asset.images
        if image.is_annotated or not annotated_only
    ]


def _missing(source: Path, split: Split | None) -> str:
    if not source.exists():
        return "nothing there"
    return "no image" if split is None else f"no image of the {split} split"
