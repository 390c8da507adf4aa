"""Tests for `gapjunction.dataset.formats.imagej`."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile

from builders import add_image, build_dataset
from foreign_files import only_dataset, only_image, refusal, save_image
from gapjunction.dataset.formats.chosen_planes import with_planes
from gapjunction.dataset.formats.imagej import BESIDE_SET, read_imagej, write_imagej
from gapjunction.dataset.formats.shapes import OUTLINES, PARTS, WITHOUT_AREA, WITHOUT_CLASS
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import Dataset
from gapjunction.images.pictures import read_picture
from gapjunction.images.plane_choice import PlaneChoice


def rectangle(left: int, top: int, right: int, bottom: int) -> roifile.ImagejRoi:
    roi = roifile.ImagejRoi()
    roi.roitype = roifile.ROI_TYPE.RECT
    roi.left, roi.top, roi.right, roi.bottom = left, top, right, bottom
    return roi


def save_rois(folder: Path, *rois: roifile.ImagejRoi, name: str = "a_RoiSet.zip") -> Source:
    """Write an image and a set of ROIs, as ImageJ's ROI manager saves it."""
    save_image(folder / "a.png")
    with zipfile.ZipFile(folder / name, "w") as archive:
        for index, roi in enumerate(rois):
            archive.writestr(f"{index:04d}.roi", roi.tobytes())
    return Source(folder)


def test_read_imagej__rectangle_in_whole_pixels__is_taken_with_the_given_class(
    tmp_path: Path,
) -> None:
    source = save_rois(tmp_path, rectangle(1, 2, 5, 7))
    dataset = only_dataset(read_imagej, Source(source.path, class_name="plaque"))
    [image] = dataset.images()
    assert image.boxes.tolist() == [[1, 2, 5, 7]]
    assert dataset.class_names == ("plaque",)
    assert read_imagej(source).notes == (f"{WITHOUT_CLASS}: 1",)


@pytest.mark.parametrize("name", ["a_RoiSet.zip", "a.zip", "RoiSet.zip"])
def test_read_imagej__names_of_sets_that_occur__mean_the_image(tmp_path: Path, name: str) -> None:
    source = save_rois(tmp_path, rectangle(1, 2, 5, 7), name=name)
    assert len(only_image(read_imagej, source).boxes) == 1


def test_read_imagej__set_of_no_image__is_named(tmp_path: Path) -> None:
    source = save_rois(tmp_path, name="c.zip")
    save_image(tmp_path / "b.png")
    assert "c.zip: expected one image 'c'" in refusal(read_imagej, source)


def test_read_imagej__empty_set__is_an_empty_image(tmp_path: Path) -> None:
    image = only_image(read_imagej, save_rois(tmp_path))
    assert image.is_annotated
    assert len(image.boxes) == 0


def test_read_imagej__outline_and_oval__become_boxes_around_them(tmp_path: Path) -> None:
    outline = roifile.ImagejRoi.frompoints(np.array([[1.5, 2], [5, 2.5], [4, 9]]))
    oval = rectangle(10, 10, 14, 16)
    oval.roitype = roifile.ROI_TYPE.OVAL
    source = save_rois(tmp_path, outline, oval)
    boxes = only_image(read_imagej, source).boxes.tolist()
    assert boxes == [[1.5, 2, 5, 9], [10, 10, 14, 16]]
    assert f"{OUTLINES}: 2" in read_imagej(source).notes


def test_read_imagej__line__is_left_out_and_noted(tmp_path: Path) -> None:
    line = roifile.ImagejRoi()
    line.roitype = roifile.ROI_TYPE.LINE
    assert read_imagej(save_rois(tmp_path, line)).notes == (f"{WITHOUT_AREA}: 1",)


def test_read_imagej__points__become_squares_of_the_given_size(tmp_path: Path) -> None:
    points = roifile.ImagejRoi.frompoints(np.array([[10.0, 10.0], [20.0, 20.0]]))
    points.roitype = roifile.ROI_TYPE.POINT
    source = save_rois(tmp_path, points)
    assert "how large the squares" in refusal(read_imagej, source)
    sized = Source(tmp_path, point_size_px=4)
    assert only_image(read_imagej, sized).boxes.tolist() == [[8, 8, 12, 12], [18, 18, 22, 22]]


def test_read_imagej__points_of_several_slices__are_noted(tmp_path: Path) -> None:
    points = roifile.ImagejRoi.frompoints(np.array([[10.0, 10.0], [20.0, 20.0], [20.5, 20.0]]))
    points.roitype = roifile.ROI_TYPE.POINT
    points.options |= roifile.ROI_OPTIONS.OVERLAY_LABELS
    points.counters = np.zeros(3, np.uint8)
    points.counter_positions = np.array([1, 2, 4], np.uint32)
    source = save_rois(tmp_path, points)
    notes = read_imagej(Source(source.path, point_size_px=4)).notes
    assert "images with objects of several stack positions, taken together: 1" in notes


def test_read_imagej__rectangles_of_two_channels__are_noted(tmp_path: Path) -> None:
    first, second = rectangle(1, 2, 5, 7), rectangle(11, 2, 15, 7)
    first.c_position, second.c_position = 1, 2
    notes = read_imagej(save_rois(tmp_path, first, second)).notes
    assert "images with objects of several channels, taken together: 1" in notes


def test_read_imagej__text__is_left_out_and_noted(tmp_path: Path) -> None:
    text = rectangle(1, 2, 30, 12)
    text.subtype = roifile.ROI_SUBTYPE.TEXT
    source = save_rois(tmp_path, text, rectangle(1, 2, 5, 7))
    assert only_image(read_imagej, source).boxes.tolist() == [[1, 2, 5, 7]]
    assert f"{WITHOUT_AREA}: 1" in read_imagej(source).notes


def test_read_imagej__selection_of_a_threshold__is_an_object_for_each_part(tmp_path: Path) -> None:
    squares = [(1, 2, 4), (20, 12, 8), (22, 14, 2)]  # the last is a hole in the second
    selection = rectangle(1, 2, 28, 20)
    selection.multi_coordinates = np.array(
        [
            value
            for x, y, side in squares
            for value in (0, x, y, 1, x + side, y, 1, x + side, y + side, 1, x, y + side, 4)
        ],
        ">f4",
    )
    selection.shape_roi_size = len(selection.multi_coordinates)
    source = save_rois(tmp_path, selection)
    assert only_image(read_imagej, source).boxes.tolist() == [[1, 2, 5, 6], [20, 12, 28, 20]]
    assert f"{PARTS}: 2" in read_imagej(source).notes


def save_overlay(folder: Path, **notes: list[bytes] | bytes) -> Path:
    """Write a TIFF file as ImageJ does, with selections in it."""
    path = folder / "a.tif"
    tifffile.imwrite(path, np.zeros((30, 40), np.uint8), imagej=True, metadata=notes)
    return path


def test_read_imagej__overlay_in_the_image__is_read(tmp_path: Path) -> None:
    rois = [rectangle(1, 2, 5, 7).tobytes(), rectangle(11, 2, 15, 7).tobytes()]
    path = save_overlay(tmp_path, Overlays=rois, ROI=rois[0])
    for source in (Source(tmp_path), Source(path)):
        boxes = only_image(read_imagej, source).boxes.tolist()
        assert boxes == [[1, 2, 5, 7], [11, 2, 15, 7]]


def test_read_imagej__selection_in_the_image__is_read(tmp_path: Path) -> None:
    save_overlay(tmp_path, ROI=rectangle(1, 2, 5, 7).tobytes())
    assert only_image(read_imagej, Source(tmp_path)).boxes.tolist() == [[1, 2, 5, 7]]


def test_read_imagej__overlay_in_a_stack__is_of_the_chosen_plane(tmp_path: Path) -> None:
    pixels = np.arange(4, dtype=np.uint8).reshape(2, 2, 1, 1) * np.ones((30, 40), np.uint8)
    notes = {"axes": "ZCYX", "Overlays": [rectangle(1, 2, 5, 7).tobytes()]}
    file = tmp_path / "in" / "rat" / "a.tif"
    file.parent.mkdir(parents=True)
    tifffile.imwrite(file, pixels, imagej=True, metadata=notes)
    choice = PlaneChoice(channels=("2",), z="1")
    for number, path in enumerate((tmp_path / "in", file)):
        source = with_planes(Source(path), choice, tmp_path / f"{number}")
        image = only_image(read_imagej, source)
        assert image.boxes.tolist() == [[1, 2, 5, 7]]
        assert np.unique(read_picture(image.path)).tolist() == [1]


def test_read_imagej__overlay_beside_a_set__is_left_out_and_noted(tmp_path: Path) -> None:
    save_overlay(tmp_path, ROI=rectangle(1, 2, 5, 7).tobytes())
    (tmp_path / "a.roi").write_bytes(rectangle(11, 2, 15, 7).tobytes())
    assert only_image(read_imagej, Source(tmp_path)).boxes.tolist() == [[11, 2, 15, 7]]
    assert f"{BESIDE_SET}: 1" in read_imagej(Source(tmp_path)).notes


def test_read_imagej__image_without_an_overlay__is_none(tmp_path: Path) -> None:
    save_overlay(tmp_path)
    assert "TIFF images with an overlay, found none" in refusal(read_imagej, Source(tmp_path))


def test_read_imagej__single_roi_file__is_read(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    (tmp_path / "a.roi").write_bytes(rectangle(1, 2, 5, 7).tobytes())
    assert len(only_image(read_imagej, Source(tmp_path)).boxes) == 1


@pytest.mark.parametrize("content", [b"", b"Iout", b"nonsense" * 20])
def test_read_imagej__damaged_roi__is_named(tmp_path: Path, content: bytes) -> None:
    save_image(tmp_path / "a.png")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("0001.roi", content)
    assert "a.zip: 0001.roi: expected an ImageJ ROI" in refusal(read_imagej, Source(tmp_path))


def test_read_imagej__damaged_or_hostile_zip__is_refused(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    (tmp_path / "a.zip").write_bytes(b"PK")
    assert "expected a zip file" in refusal(read_imagej, Source(tmp_path))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../b.roi", rectangle(1, 2, 5, 7).tobytes())
    assert "'../b.roi'" in refusal(read_imagej, Source(tmp_path))


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Return a dataset with one image, and a box with fractions and beyond the border."""
    root = build_dataset(tmp_path / "set", num_assets=0, class_names=("gap_junction",))
    boxes = [(-1.25, 2.5, 4, 5), (100, 40_000.125, 7.5, 9)]
    add_image(root / "Assets" / "slide", "a", np.zeros((40_020, 110), np.uint8), boxes)
    return read_dataset(root)


def test_write_imagej__roifile__reads_the_same_boxes(dataset: Dataset, out: Path) -> None:
    write_imagej(dataset, out)
    rois = roifile.roiread(out / "images" / "slide" / "a_RoiSet.zip")
    assert isinstance(rois, list)
    first, second = rois
    assert (first.xd, first.yd, first.widthd, first.heightd) == (-1.25, 2.5, 4, 5)
    assert (second.xd, second.yd, second.widthd, second.heightd) == (100, 40_000.125, 7.5, 9)
    assert (first.subpixelrect, second.subpixelrect) == (True, True)
    assert first.properties == {"class": "gap_junction"}


def test_write_imagej__colors__come_back(dataset: Dataset, out: Path) -> None:
    write_imagej(dataset, out)
    back = only_dataset(read_imagej, Source(out))
    assert back.classes == dataset.classes
    assert next(back.images()).boxes.tolist() == next(dataset.images()).boxes.tolist()
