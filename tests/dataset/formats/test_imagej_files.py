"""Tests for `gapjunction.dataset.formats.imagej_files`; the rest is in test_imagej."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile

from foreign_files import save_image
from gapjunction.dataset.formats.imagej_files import SCALE_BAR, read_rois, rois_in_tiff
from gapjunction.errors import DatasetError, ImageError


def test_rois_in_tiff__picture_of_another_kind__has_none(tmp_path: Path) -> None:
    assert rois_in_tiff(save_image(tmp_path / "a.png")) is None
    assert rois_in_tiff(save_image(tmp_path / "b.png").rename(tmp_path / "b.tif")) is None


def test_rois_in_tiff__scale_bar__is_none(tmp_path: Path) -> None:
    bar = roifile.ImagejRoi()
    bar.roitype, bar.name = roifile.ROI_TYPE.RECT, SCALE_BAR
    bar.left, bar.top, bar.right, bar.bottom = 1, 2, 9, 4
    pixels, notes = np.zeros((8, 12), np.uint8), {"Overlays": [bar.tobytes()]}
    tifffile.imwrite(tmp_path / "a.tif", pixels, imagej=True, metadata=notes)
    assert rois_in_tiff(tmp_path / "a.tif") is None


def test_read_rois__zip_of_other_files__is_refused_and_not_empty(tmp_path: Path) -> None:
    path = tmp_path / "a_RoiSet.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("more/b.zip", b"content")
    with pytest.raises(DatasetError, match=r"expected selections .*, found more/b\.zip"):
        read_rois(path)


def test_rois_in_tiff__damaged_overlay__is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pixels = np.zeros((4, 4), np.uint8)
    tifffile.imwrite(path, pixels, imagej=True, metadata={"Overlays": [b"Iout"]})
    with pytest.raises(DatasetError, match=r"a.tif: selection 1: expected an ImageJ ROI"):
        rois_in_tiff(path)


def test_rois_in_tiff__damaged_image__is_named(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\0")
    with pytest.raises(ImageError, match=r"a.tif: expected a readable image"):
        rois_in_tiff(tmp_path / "a.tif")
