"""The images of some datasets with a name for each, and the classes of all with their colors."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.dataset.names import ImageOrigin, unique_names
from gapjunction.dataset.reader import read_datasets, relabeled
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.errors import ConfigError
from gapjunction.text import normalized

ALL_IMAGES = "all"


@dataclass(frozen=True, slots=True, eq=False)
class NamedImage:
    """An image of a dataset, with its own name among all images of all datasets.

    Its files are called after `name` wherever images come together: in a conversion, a
    prediction, a benchmark and a report.
    """

    name: str
    dataset: Dataset
    asset: Asset
    image: AnnotatedImage


def named_images(datasets: Sequence[Dataset]) -> list[NamedImage]:
    """Return all images of all datasets, in order.

    Give all datasets whatever images are wanted, so that an image has one name in any selection.

    Raises:
        DatasetError: if two images would have the same name even with dataset and asset in it.
    """
    rows = [
        (dataset, asset, image)
        for dataset in datasets
        for asset in dataset.assets
        for image in asset.images
    ]
    names = unique_names(
        [ImageOrigin(dataset.name, asset.name, image.path) for dataset, asset, image in rows]
    )
    return [NamedImage(name, *row) for name, row in zip(names, rows, strict=True)]


def read_named_images(root: Path) -> tuple[dict[str, str], list[NamedImage]]:
    """Return the merged classes and all images of a dataset, or of a folder of datasets.

    Labels of the images count in the merged classes.

    Raises:
        DatasetError: if a dataset has errors.
    """
    datasets = read_datasets([root])
    classes = merged_classes(datasets)
    return classes, named_images([relabeled(each, tuple(classes)) for each in datasets])


def images_called(
    names: Sequence[str], images: Sequence[NamedImage], setting: str
) -> list[NamedImage]:
    """Return the images that a person means: by own name, stem or file name, or "all" of them.

    Raises:
        ConfigError: if a name is of no image, or of several; it names the setting.
    """
    if ALL_IMAGES in names:
        return list(images)
    by_name: dict[str, list[NamedImage]] = defaultdict(list)
    for each in images:
        for name in {each.name, each.image.stem, each.image.path.name}:
            by_name[normalized(name)].append(each)
    chosen = []
    for name in names:
        found = by_name[normalized(name)]
        if len(found) != 1:
            raise ConfigError(
                f"--{setting} {name}",
                expected="the name of an image of the dataset, or all",
                found=f"{len(found)} images ({found[0].name}, {found[1].name})"
                if found
                else "no image of that name",
                fix="give the name that `gapjunction predict` uses, with the asset in it"
                if found
                else "check the name",
            )
        chosen += found
    return chosen


def merged_classes(datasets: Sequence[Dataset]) -> dict[str, str]:
    """Return all classes as name -> "#RRGGBB", in order of appearance.

    The first dataset that has a class decides its color.
    """
    merged: dict[str, str] = {}
    for dataset in datasets:
        for name, color in dataset.classes.items():
            merged.setdefault(name, color)
    return merged
