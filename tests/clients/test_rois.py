"""Readers and writers of ImageJ's ROIs: run with read-roi 1.6.0 and roifile 2026.2.10."""

from pathlib import Path

import pytest
import roifile

from client_boxes import boxes_of, client_dataset, copy_images, found, read_by_us, written_by_us
from gapjunction.dataset.formats.source import Source

pytestmark = pytest.mark.slow


def test_read_roi__what_we_write__has_the_same_pixels(tmp_path: Path) -> None:
    read_roi = pytest.importorskip("read_roi", reason="not installed: pip install read-roi")
    dataset = client_dataset(tmp_path / "set", fraction=0)  # it knows whole pixels only
    out = written_by_us("imagej", dataset, tmp_path / "out")
    names = {stem: iter([each[0] for each in boxes]) for stem, boxes in boxes_of(dataset).items()}
    read = []
    for path in out.rglob("*_RoiSet.zip"):
        stem = path.stem.removesuffix("_RoiSet")
        for roi in read_roi.read_roi_zip(str(path)).values():
            assert roi["type"] == "rectangle"
            x, y = roi["left"], roi["top"]
            corners = (x, y, x + roi["width"], y + roi["height"])
            read.append((f"{stem}.tif", next(names[stem]), corners))
    assert found(read) == boxes_of(dataset)


def test_roifile__what_it_writes__is_read_to_the_box(tmp_path: Path) -> None:
    dataset = client_dataset(tmp_path / "set")
    out = tmp_path / "out"
    copy_images(dataset, out)
    for stem, boxes in boxes_of(dataset).items():
        for number, (name, x0, y0, x1, y1) in enumerate(boxes):
            corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
            roi = roifile.ImagejRoi.frompoints(corners, name=f"{number}")
            roi.roitype = roifile.ROI_TYPE.POLYGON
            roi.properties = {"class": name}
            roi.tofile(out / f"{stem}_RoiSet.zip", mode="a")
    assert read_by_us("imagej", Source(out)) == boxes_of(dataset)
