"""Tests for `gapjunction.review.opening`."""

import json
from pathlib import Path

import pytest

from builders import box_record, build_dataset, write_json_file
from gapjunction.errors import ConfigError
from gapjunction.review.opening import Counted, open_review
from gapjunction.review.reviewed import Review
from review_cases import detection_file, image_of, operate, predicted_dataset


def predictions_of(root: Path, folder: Path) -> Path:
    """Write what `gapjunction predict` leaves of the image 0_0 of a dataset."""
    stem = f"0_0_{root.name}"
    record = box_record((2, 3, 10, 12), "gap_junction", f"{stem}.png", 64, 80) | {"score": 0.7}
    write_json_file(folder / "detections" / f"{stem}_bbox.json", {stem: [record]})
    write_json_file(folder / "manifest.json", {"threshold": 0.6, "input": str(root), "model": "m"})
    (folder / "counts.csv").write_text(
        "dataset,asset,image,class,count,low,high,unlikeness\n"
        f"{root.name},asset_0,{stem},gap_junction,1,0,4,1.75\n"
    )
    return folder


def test_open_review__predictions__are_of_the_dataset_that_the_manifest_names(
    tmp_path: Path,
) -> None:
    root = build_dataset(tmp_path / "data")
    detection_file(root, "0_0").unlink()
    opened = open_review(predictions_of(root, tmp_path / "out"), None, None)
    review = Review(opened, "Ana")
    image = image_of(review)
    assert (opened.kind, opened.root, opened.threshold) == ("predictions", root, 0.6)
    assert image.counted == Counted(1, 0, 4, 1.75)
    assert [(box.score, box.state) for box in review.state(image).boxes] == [(0.7, "model")]


def test_open_review__image_with_predictions_in_its_file__gives_them_back(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "data")
    path = detection_file(root, "0_0")
    before = json.loads(path.read_text())
    review = Review(open_review(predictions_of(root, tmp_path / "out"), None, None), "Ana")
    assert [box.score for box in review.state(image_of(review)).boxes] == [0.7]
    operate(review, "done")
    assert json.loads(path.read_text()) != before
    operate(review, "undone")
    assert json.loads(path.read_text()) == before


def test_open_review__annotated_image__has_the_persons_boxes(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    review = Review(open_review(predictions_of(root, tmp_path / "out"), None, None), "Ana")
    assert [box.by for box in review.state(image_of(review)).boxes] == ["dataset"] * 3


def test_open_review__dataset_moved__is_asked_for_and_named(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    out = predictions_of(root, tmp_path / "out")
    moved = root.rename(tmp_path / "moved")
    with pytest.raises(ConfigError, match="predictions of a dataset, or of images"):
        open_review(out, None, None)
    (out / "counts.csv").unlink()  # it names the dataset as it was called
    assert open_review(out, moved, None).root == moved


def test_open_review__stack__has_slices_in_order(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data", num_assets=1, images_per_asset=2)
    for path in sorted((root / "Assets" / "asset_0").rglob("0_*")):
        number = {"0": "Z10", "1": "Z2"}[path.name[2]]
        path.rename(path.with_name(path.name.replace("data", number)))
    for path in (root / "Assets" / "asset_0" / "Detection").iterdir():
        stem = path.stem.removesuffix("_bbox")
        write_json_file(path, {stem: []})
    opened = open_review(root, None, None)
    image = next(iter(opened.images.values()))
    assert [each.z for each in opened.stack_of(image)] == [2, 10]


def test_open_review__zip__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises(ConfigError, match="a folder to write into"):
        open_review(path, None, None)


def test_open_review__data_beside_a_dataset__is_refused(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "data")
    with pytest.raises(ConfigError, match="found a dataset; leave that out"):
        open_review(root, root, None)


def test_open_review__trained_on_the_page__comes_with_what_that_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = build_dataset(tmp_path / "data")
    detection_file(root, "0_0").unlink()
    folder = root / ".review" / "training" / "1"
    predictions_of(root, folder / "predictions")
    write_json_file(folder / "job.json", {})
    write_json_file(folder / "status.json", {"state": "done"})
    review = Review(open_review(root, None, None), "Ana")
    assert [box.score for box in review.state(image_of(review)).boxes] == [0.7]
    next((root / "Assets" / "asset_0" / "Raw").glob("0_0_*")).unlink()
    assert len(open_review(root, None, None).images) == 5
    assert "what the last training found is left out" in caplog.text
