"""The images that files of a folder make, with those of its sub-folders."""

from collections.abc import Sequence
from pathlib import Path

from gapjunction.commands.predict.file_tree import FoundFile, Listing
from gapjunction.commands.predict.image_selection import (
    ImageSelection,
    no_image,
    require_no_dataset,
)
from gapjunction.commands.predict.images import as_listed, with_planes
from gapjunction.dataset.names import ImageOrigin
from gapjunction.prediction.listed_image import ListedImage


def list_files(
    source: Path, files: Sequence[FoundFile], wanted: ImageSelection
) -> list[ListedImage]:
    """Return the wanted images that files in a folder make, called after their places in it.

    Raises:
        ImageError: if none can be opened.
        DatasetError: if two images would have one name.
    """
    listed = [
        as_listed(ImageOrigin("", "", source / file.place), file.name, None) for file in files
    ]
    return with_planes(listed, wanted)


def list_tree(source: Path, tree: Listing, wanted: ImageSelection) -> list[ListedImage]:
    """Return the wanted images in a folder and its sub-folders, in order.

    Raises:
        ImageError: if there is no image, or none can be opened.
        DatasetError: if two images would have one name.
        ConfigError: if a split is asked for.
    """
    require_no_dataset(source, wanted)
    files = sorted(file for _, own in tree.parts() for file in own)
    if not files:
        raise no_image(source, wanted)
    return list_files(source, files, wanted)
