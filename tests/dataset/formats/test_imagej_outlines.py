"""Tests for `gapjunction.dataset.formats.imagej_outlines`."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import roifile

from gapjunction.dataset.formats.area_outlines import AreaOutline
from gapjunction.dataset.formats.imagej_outlines import read_imagej_outlines
from gapjunction.errors import DatasetError


def polygon(*corners: tuple[float, float], name: str = "cortex") -> roifile.ImagejRoi:
    roi = roifile.ImagejRoi.frompoints(np.array(corners, np.float32), name=name)
    roi.roitype = roifile.ROI_TYPE.POLYGON
    return roi


def box(kind: roifile.ROI_TYPE, name: str = "") -> roifile.ImagejRoi:
    roi = roifile.ImagejRoi()
    roi.roitype, roi.name = kind, name
    roi.left, roi.top, roi.right, roi.bottom = 10, 20, 30, 50
    return roi


def outlines(folder: Path, *rois: roifile.ImagejRoi) -> list[AreaOutline]:
    path = folder / "image_RoiSet.zip"
    with zipfile.ZipFile(path, "w") as out:
        for number, roi in enumerate(rois):
            out.writestr(f"{number}.roi", roi.tobytes())
    return list(read_imagej_outlines(path))


def test_read_imagej_outlines__polygon__has_its_corners_and_name(tmp_path: Path) -> None:
    corners = [(1.0, 2.0), (9.0, 2.0), (5.0, 8.0)]
    (found,) = outlines(tmp_path, polygon(*corners))
    assert found.name == "cortex"
    assert [each.tolist() for each in found.parts[0]] == [[list(each) for each in corners]]


def test_read_imagej_outlines__class_property__is_its_class(tmp_path: Path) -> None:
    roi = box(roifile.ROI_TYPE.RECT)
    roi.props = "class: vessel\n"
    assert outlines(tmp_path, roi)[0].class_name == "vessel"


def test_read_imagej_outlines__rectangle__has_four_corners(tmp_path: Path) -> None:
    (found,) = outlines(tmp_path, box(roifile.ROI_TYPE.RECT))
    assert found.parts[0][0].tolist() == [[10, 20], [30, 20], [30, 50], [10, 50]]


def test_read_imagej_outlines__oval__keeps_to_the_ellipse(tmp_path: Path) -> None:
    (found,) = outlines(tmp_path, box(roifile.ROI_TYPE.OVAL))
    x, y = found.parts[0][0].T
    np.testing.assert_allclose(((x - 20) / 10) ** 2 + ((y - 35) / 15) ** 2, 1, rtol=1e-9)


def test_read_imagej_outlines__several_parts_with_a_hole__has_a_ring_of_each(
    tmp_path: Path,
) -> None:
    roi = roifile.ImagejRoi()
    roi.roitype, roi.shape_roi_size = roifile.ROI_TYPE.RECT, 32
    squares = [(0, 9), (3, 6)]
    path = [
        value
        for low, high in squares
        for value in (0, low, low, 1, high, low, 1, high, high, 1, low, high, 4)
    ]
    roi.left, roi.top, roi.right, roi.bottom = 0, 0, 9, 9
    roi.multi_coordinates = np.array(path, np.float32)
    roi.shape_roi_size = len(path)
    (found,) = outlines(tmp_path, roi)
    assert [ring[[0, 2]].tolist() for ring in found.parts[0]] == [
        [[0, 0], [9, 9]],
        [[3, 3], [6, 6]],
    ]


@pytest.mark.parametrize("kind", [roifile.ROI_TYPE.LINE, roifile.ROI_TYPE.POINT])
def test_read_imagej_outlines__without_area__is_left_out(
    tmp_path: Path, kind: roifile.ROI_TYPE
) -> None:
    roi = roifile.ImagejRoi.frompoints(np.array([(1, 1), (5, 5)], np.float32))
    roi.roitype = kind
    assert outlines(tmp_path, roi) == []


def test_read_imagej_outlines__no_name__is_called_by_its_file(tmp_path: Path) -> None:
    assert outlines(tmp_path, box(roifile.ROI_TYPE.RECT))[0].shown_name == "0.roi"


@pytest.mark.parametrize("far", [float("nan"), float("inf"), 1e30])
def test_read_imagej_outlines__corner_that_is_no_place__is_refused(
    tmp_path: Path, far: float
) -> None:
    roi = polygon((1, 2), (9, 2), (5, 8))
    roi.subpixel_coordinates = np.array([(1, 2), (9, far), (5, 8)], np.float32)
    roi.options |= roifile.ROI_OPTIONS.SUB_PIXEL_RESOLUTION
    with pytest.raises(DatasetError, match=r"0\.roi: expected corners in or near an image"):
        outlines(tmp_path, roi)
