"""Regions and cells that a Python user gives for one image: as a file, or as an array."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.choices import EXCLUDED
from gapjunction.images.label_images import Labels, as_labels
from gapjunction.measurement.cell_files import CELL_FILES
from gapjunction.measurement.files_of_images import KindOfFile, require_file
from gapjunction.measurement.region_files import (
    REGION_FILES,
    DrawnRegions,
    read_drawn,
    read_labels_of,
    regions_in,
)
from gapjunction.measurement.regions import Region

# A file, or a label image (H, W) of whole numbers or of bool.
Given = Path | str | NDArray[Any]


def given_regions(
    given: Given, size_px: tuple[int, int], excluded: tuple[str, ...] = EXCLUDED
) -> list[Region]:
    """Return the regions of an image of a size (H, W), less those whose names are `excluded`.

    Raises:
        GapJunctionError: if the file cannot be read as regions, or they do not fit the image.
    """
    if isinstance(given, Path | str):
        return regions_in(read_drawn([_file(given, REGION_FILES)]), *size_px, excluded)
    labels = _labels(given, "regions", size_px)
    return regions_in(DrawnRegions((), (), (labels,)), *size_px, excluded)


def given_cells(given: Given, size_px: tuple[int, int]) -> Labels:
    """Return the label image of the cells of an image of a size (H, W).

    Raises:
        GapJunctionError: if it cannot be read as such, or does not fit the image.
    """
    if isinstance(given, Path | str):
        return read_labels_of(_file(given, CELL_FILES), *size_px)
    return _labels(given, "cells", size_px)


def _file(given: Path | str, kind: KindOfFile) -> Path:
    path = Path(given)
    require_file(path, kind)
    return path


def _labels(given: NDArray[Any], where: str, size_px: tuple[int, int]) -> Labels:
    return as_labels(np.asarray(given), where, size_px)
