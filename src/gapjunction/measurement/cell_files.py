"""Which label images of cells belong to which image."""

from collections.abc import Sequence
from pathlib import Path

from gapjunction.errors import DatasetError
from gapjunction.images.label_images import LABEL_SUFFIXES
from gapjunction.measurement.files_of_images import KindOfFile, NamedImage, files_of_images

CELL_FILES = KindOfFile(
    noun="a label image of cells",
    suffixes=LABEL_SUFFIXES,
    endings=("_cp_masks", "_masks", "_mask", "_labels", "_label", "_cells"),  # Cellpose's first
    setting="cells",
)


def cells_of_images(source: Path, images: Sequence[NamedImage]) -> dict[str, Path]:
    """Return the label image of each image that has one, by its name.

    Raises:
        DatasetError: if there is none, one fits no image, or an image has several.
    """
    found = files_of_images(source, images, CELL_FILES)
    for name, paths in found.items():
        if len(paths) > 1:
            raise DatasetError(
                paths[1],
                expected=f"one label image of the cells of {name}",
                found=f"{paths[0].name} as well",
                fix="keep one of them",
                settings=(CELL_FILES.setting,),
            )
    return {name: paths[0] for name, paths in found.items()}
