"""Tests for `gapjunction.measurement.cell_files`."""

from pathlib import Path

import pytest

from gapjunction.errors import DatasetError
from gapjunction.measurement.cell_files import cells_of_images
from gapjunction.measurement.files_of_images import NamedImage

IMAGES = [NamedImage("rat", Path("rat.tif")), NamedImage("dog", Path("dog.tif"))]


def test_cells_of_images__file_of_cellpose__is_the_image_s(tmp_path: Path) -> None:
    path = tmp_path / "rat_cp_masks.tif"
    path.touch()
    assert cells_of_images(tmp_path, IMAGES) == {"rat": path}


def test_cells_of_images__two_of_one_image__are_refused(tmp_path: Path) -> None:
    for name in ("rat.tif", "rat_labels.png"):
        (tmp_path / name).touch()
    with pytest.raises(DatasetError, match=r"expected one label image of the cells of rat"):
        cells_of_images(tmp_path, IMAGES)
