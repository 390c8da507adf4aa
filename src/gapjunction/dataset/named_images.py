"""The images of some datasets with a name for each, and the classes of all with their colors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.dataset.names import ImageOrigin, unique_names
from gapjunction.dataset.reader import read_datasets, relabeled
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset


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

    @property
    def origin(self) -> ImageOrigin:
        """The image file and where it belongs."""
        return _origin(self.dataset, self.asset, self.image)


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
    names = unique_names([_origin(*row) for row in rows])
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


def merged_classes(datasets: Sequence[Dataset]) -> dict[str, str]:
    """Return all classes as name -> "#RRGGBB", in order of appearance.

    The first dataset that has a class decides its color.
    """
    merged: dict[str, str] = {}
    for dataset in datasets:
        for name, color in dataset.classes.items():
            merged.setdefault(name, color)
    return merged


def _origin(dataset: Dataset, asset: Asset, image: AnnotatedImage) -> ImageOrigin:
    return ImageOrigin(dataset.name, asset.name, image.path)
