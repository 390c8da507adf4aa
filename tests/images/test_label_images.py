"""Tests for `gapjunction.images.label_images`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from gapjunction.errors import ImageError
from gapjunction.images.label_images import as_labels, read_labels

LABELS = np.array([[0, 1, 1], [0, 2, 200]])


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "uint64"])
def test_read_labels__whole_numbers_in_tiff__are_read(tmp_path: Path, dtype: str) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LABELS.astype(dtype))
    np.testing.assert_array_equal(read_labels(tmp_path / "a.tif"), LABELS)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_read_labels__grey_png__is_read(tmp_path: Path, dtype: str) -> None:
    Image.fromarray(LABELS.astype(dtype)).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), LABELS)


def test_read_labels__palette__is_read_as_its_indices(tmp_path: Path) -> None:
    picture = Image.fromarray(LABELS.astype(np.uint8)).convert("L")
    picture.putpalette([value for index in range(256) for value in (255 - index, 0, index)])
    picture.save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), LABELS)


def test_read_labels__axes_of_length_one__are_passed_over(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LABELS.astype(np.uint16)[None, None], imagej=True)
    np.testing.assert_array_equal(read_labels(tmp_path / "a.tif"), LABELS)


def test_read_labels__one_row__keeps_its_shape(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", LABELS[:1].astype(np.uint16))
    assert read_labels(tmp_path / "a.tif").shape == (1, 3)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (LABELS.astype(np.float32), "float32"),
        (LABELS.astype(np.int16) - 1, "the number -1"),
        (np.zeros((4, 5, 6), np.uint8), r"\(4, 5, 6\)"),
    ],
)
def test_read_labels__no_plane_of_whole_numbers__is_refused(
    tmp_path: Path, values: NDArray[np.generic], found: str
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    with pytest.raises(ImageError, match=f"expected a label image.*{found}"):
        read_labels(tmp_path / "a.tif")


@pytest.mark.parametrize(("name", "found"), [("a.png", "PNG of mode RGB"), ("a.jpg", "JPEG")])
def test_read_labels__color_or_jpeg__is_refused(tmp_path: Path, name: str, found: str) -> None:
    mode = "RGB" if name == "a.png" else "L"
    Image.new(mode, (4, 4)).save(tmp_path / name)
    with pytest.raises(ImageError, match=found):
        read_labels(tmp_path / name)


def test_read_labels__cut_short__is_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.ones((50, 50), np.uint16))
    content = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageError, match="damaged"):
        read_labels(tmp_path / "a.tif")


def test_read_labels__png_without_its_last_rows__is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(1, 255, (200, 200), np.uint8)
    Image.fromarray(noise).save(tmp_path / "whole.png")
    content = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2] + content[-12:])
    with pytest.raises(ImageError, match="damaged"):
        read_labels(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_read_labels__of_another_size__is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    labels = LABELS.astype(np.uint8)
    Image.fromarray(labels).save(tmp_path / name)
    monkeypatch.setattr("gapjunction.images.label_images.refuse_more_than_memory", None)
    with pytest.raises(ImageError, match="expected the image's size, 7 x 5 px, found 3 x 2 px"):
        read_labels(tmp_path / name, (5, 7))


def test_as_labels__mask_with_smooth_edges__is_refused() -> None:
    smoothed = ndimage.gaussian_filter(255.0 * two_cells(), 2.0).round().astype(np.uint8)
    with pytest.raises(ImageError, match="a mask with smooth edges"):
        as_labels(smoothed, "cells")


def test_as_labels__cells_beside_a_large_one__are_taken() -> None:
    labels = 9 * two_cells().astype(np.uint8)
    for number in range(1, 9):
        labels[40:43, 4 * number : 4 * number + 3] = number
    np.testing.assert_array_equal(as_labels(labels, "cells"), labels)


def two_cells() -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:48, :64]
    cells: NDArray[np.bool_] = np.hypot(rows - 18, abs(columns - 32) - 16) < 12
    return cells
