"""Tests for `gapjunction.review.plain_files`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builders import box_record, write_json_file
from gapjunction.dataset.reader import read_dataset
from gapjunction.errors import ConfigError
from gapjunction.review.opening import open_review
from gapjunction.review.reviewed import Review
from review_cases import image_of, operate


def predicted_files(tmp_path: Path, *names: str) -> Path:
    """Write image files into a folder, and predictions of them, of two classes."""
    folder, out = tmp_path / "Präparat 1", tmp_path / "out"
    folder.mkdir()
    for name in names:
        path = folder / name
        if path.suffix == ".png":
            Image.fromarray(np.full((40, 50), 7, np.uint8)).save(path)
        else:
            path.write_bytes(b"a microscope's own")
        record = box_record((2, 3, 10, 12), "a", name, 40, 50) | {"score": 0.7}
        write_json_file(out / "detections" / f"{path.stem}_bbox.json", {path.stem: [record]})
    write_json_file(out / "manifest.json", {"input": str(folder), "class_names": ["a", "b"]})
    return out


def test_open_review__plain_files__are_reviewed_in_a_dataset_beside(tmp_path: Path) -> None:
    out = predicted_files(tmp_path, "0_0_x.png", "细胞.png")
    review = Review(open_review(out, None, None), "Ana")
    assert review.opened.root == out / "reviewed" / "Präparat 1"
    assert list(review.class_names) == ["a", "b"]
    assert [box.score for box in review.state(image_of(review)).boxes] == [0.7]
    operate(review, "done")
    annotated = [
        image.stem for image in read_dataset(review.opened.root).images() if image.is_annotated
    ]
    assert annotated == ["0_0_x"]
    assert not list((tmp_path / "Präparat 1").glob(".*"))


def test_open_review__second_time__goes_on(tmp_path: Path) -> None:
    out = predicted_files(tmp_path, "0_0_x.png")
    operate(Review(open_review(out, None, None), "Ana"), "note", note="met")
    review = Review(open_review(out, None, None), "Ana")
    assert review.state(image_of(review)).note == "met"


def test_open_review__microscope_file__says_how_to_make_a_dataset(tmp_path: Path) -> None:
    out = predicted_files(tmp_path, "0_0_x.czi")
    with pytest.raises(ConfigError, match=r"found 0_0_x\.czi; make a dataset of them with"):
        open_review(out, None, None)


def test_open_review__image_gone__says_how_many_are_there(tmp_path: Path) -> None:
    out = predicted_files(tmp_path, "a.png", "b.png")
    (tmp_path / "Präparat 1" / "b.png").unlink()
    with pytest.raises(ConfigError, match="found 1 of 2 images there"):
        open_review(out, None, None)
