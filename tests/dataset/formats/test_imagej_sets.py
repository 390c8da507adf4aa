"""Tests for `gapjunction.dataset.formats.imagej_sets`."""

from pathlib import Path

import roifile

from foreign_files import only_dataset, only_image, refusal, save_image
from gapjunction.dataset.formats.imagej import read_imagej
from gapjunction.dataset.formats.source import Source


def save_roi(path: Path, left: int, top: int) -> None:
    """Write one rectangle of 4 x 4 px as ImageJ saves a single selection."""
    roi = roifile.ImagejRoi()
    roi.roitype = roifile.ROI_TYPE.RECT
    roi.left, roi.top, roi.right, roi.bottom = left, top, left + 4, top + 4
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(roi.tobytes())


def test_sets_in__files_beside_the_only_image__are_its_set(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    save_roi(tmp_path / "0003-0003.roi", 1, 1)
    save_roi(tmp_path / "0012-0022.roi", 20, 10)
    image = only_image(read_imagej, Source(tmp_path))
    assert image.boxes.tolist() == [[1, 1, 5, 5], [20, 10, 24, 14]]


def test_sets_in__folder_called_after_each_image__has_its_set(tmp_path: Path) -> None:
    for name, places in {"a": (1, 9), "b": (5,)}.items():
        save_image(tmp_path / f"{name}.png")
        for place in places:
            save_roi(tmp_path / f"{name}_RoiSet" / f"{place:04d}-0003.roi", place, 1)
    dataset = only_dataset(read_imagej, Source(tmp_path))
    assert {image.stem: image.boxes[:, 0].tolist() for image in dataset.images()} == {
        "a": [1, 9],
        "b": [5],
    }


def test_sets_in__damaged_file_of_several__is_named(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    save_roi(tmp_path / "0003-0003.roi", 1, 1)
    (tmp_path / "0012-0022.roi").write_bytes(b"Iout")
    assert "0012-0022.roi: expected an ImageJ ROI" in refusal(read_imagej, Source(tmp_path))


def test_sets_in__files_of_one_image_in_two_folders__are_refused(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png")
    save_roi(tmp_path / "first" / "0003-0003.roi", 1, 1)
    save_roi(tmp_path / "second" / "0003-0003.roi", 1, 1)
    assert "expected each image once" in refusal(read_imagej, Source(tmp_path))
