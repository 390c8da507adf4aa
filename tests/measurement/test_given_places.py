"""Tests for `gapjunction.measurement.given_places`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.errors import DatasetError
from gapjunction.measurement.given_places import given_cells, given_regions

LABELS = np.array([[0, 1, 1], [0, 2, 2]])
SIZE_PX = (2, 3)


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    """Write the labels into a file that is called like nothing else."""
    path = tmp_path / "left.png"
    Image.fromarray(LABELS.astype(np.uint8)).save(path)
    return path


def test_given_regions__file_or_array__are_the_same(mask: Path) -> None:
    for given in (mask, str(mask), LABELS):
        regions = given_regions(given, SIZE_PX, ("2",))
        assert [(region.name, region.num_px) for region in regions] == [("1", 2)]


def test_given_regions__mask_of_true_and_false__is_one() -> None:
    [region] = given_regions(LABELS == 2, SIZE_PX)
    assert (region.name, region.num_px) == ("1", 2)


def test_given_cells__file_or_array__are_the_same(mask: Path) -> None:
    for given in (mask, str(mask), LABELS):
        np.testing.assert_array_equal(given_cells(given, SIZE_PX), LABELS)


@pytest.mark.parametrize(
    ("name", "found"),
    [("", "a folder"), ("no.png", "nothing there"), ("a.txt", r"a file \.txt")],
)
def test_given_regions__no_such_file__is_refused(tmp_path: Path, name: str, found: str) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(DatasetError, match=rf"a mask \(.*, found {found}; check the path"):
        given_regions(tmp_path / name, SIZE_PX)
