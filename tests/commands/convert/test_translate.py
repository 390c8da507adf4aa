"""Tests for `gapjunction.commands.convert.translate`, by way of `gapjunction convert`."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import add_image, build_dataset, edit_json
from foreign_files import save_image, save_text
from gapjunction import cli
from gapjunction.commands.convert.command import run
from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.convert.translate import TranslateResult
from gapjunction.dataset.formats.by_name import FORMATS
from gapjunction.dataset.reader import read_dataset
from gapjunction.errors import ArchiveError, ConfigError, DatasetError, GapJunctionError

BLACK = np.zeros((30, 40), np.uint8)


def translate(source: Path, output: Path, **changes: Any) -> TranslateResult:
    result = run(ConvertConfig(data=(source, output), **changes))
    assert isinstance(result, TranslateResult)
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a dataset of an annotated, an empty, a predicted and an unseen image."""
    root = build_dataset(tmp_path / "set", num_assets=0)
    slide = root / "Assets" / "slide"
    box = (1, 2, 4, 5)
    for stem, boxes in (("a", [box]), ("b", []), ("c", [box]), ("d", None)):
        add_image(slide, stem, BLACK, boxes)
    path = slide / "Detection" / "c_bbox.json"
    record = {"label_name": "gap_junction", "bbox_x": 1, "bbox_y": 2, "score": 0.5}
    edit_json(path, c=[record | {"bbox_width": 4, "bbox_height": 5}])
    return root


def test_translate__result__counts_images_and_lists_losses(root: Path, tmp_path: Path) -> None:
    assert str(translate(root, tmp_path / "out", to_format="coco")).splitlines() == [
        "4 images, 1 annotated box (images: 1 empty, 1 with predictions, 1 that nobody looked at)",
        "Not in the new files of set:",
        "  microscope and pixel size",
        "  colors of the classes",
        f"Written to {tmp_path / 'out'}",
    ]


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"voc", "makesense"}))
def test_translate__there_and_back__keeps_what_is_known_of_each_image(
    root: Path, tmp_path: Path, name: str
) -> None:
    translate(root, tmp_path / "there", to_format=name)
    back = translate(tmp_path / "there", tmp_path / "back", from_format=name)
    assert (back.num_empty, back.num_predicted, back.num_unseen) == (1, 1, 1)
    [asset] = read_dataset(tmp_path / "back").assets
    [found] = [image.predictions for image in asset.images if image.predictions is not None]
    assert found.scores.tolist() == [0.5]


@pytest.mark.parametrize("name", ["voc", "makesense"])
def test_translate__format_without_scores__leaves_predictions_out_and_says_so(
    root: Path, tmp_path: Path, name: str
) -> None:
    result = translate(root, tmp_path / "there", to_format=name)
    assert "predictions of 1 image" in result.losses["set"]
    back = translate(tmp_path / "there", tmp_path / "back", from_format=name)
    assert back.num_predicted == 0


def test_translate__several_datasets__get_a_folder_each(tmp_path: Path) -> None:
    for name in ("first", "second"):
        build_dataset(tmp_path / "data" / name, num_assets=1)
    translate(tmp_path / "data", tmp_path / "out", to_format="yolo")
    assert (tmp_path / "out" / "first" / "data.yaml").is_file()
    assert (tmp_path / "out" / "second" / "data.yaml").is_file()


def test_translate__accept_predictions__makes_annotations_without_scores(
    root: Path, tmp_path: Path
) -> None:
    translate(root, tmp_path / "out", to_format="platform", accept_predictions=True)
    images = {image.stem: image for image in read_dataset(tmp_path / "out").images()}
    assert images["c"].is_annotated
    assert images["c"].boxes.tolist() == [[1, 2, 5, 7]]
    assert "score" not in (tmp_path / "out/Assets/slide/Detection/c_bbox.json").read_text()


@pytest.mark.parametrize("name", ["notes.png", "Assets/a.png"])
def test_translate__output_with_something_in_it__is_refused_and_left_alone(
    root: Path, tmp_path: Path, name: str
) -> None:
    save_image(tmp_path / "out" / name)
    with pytest.raises(ConfigError, match="expected a new or empty folder"):
        translate(root, tmp_path / "out", to_format="yolo")
    assert (tmp_path / "out" / name).is_file()


def test_translate__something_wrong_half_way__leaves_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gapjunction.dataset.formats.yolo.yaml.safe_dump", fail)
    with pytest.raises(OSError, match="No space"):
        translate(root, tmp_path / "out", to_format="yolo")
    assert not (tmp_path / "out").exists()


def test_translate__zip__is_read(root: Path, tmp_path: Path) -> None:
    translate(root, tmp_path / "there", to_format="cvat")
    with zipfile.ZipFile(tmp_path / "cvat.zip", "w") as archive:
        for path in (tmp_path / "there").rglob("*"):
            archive.write(path, path.relative_to(tmp_path / "there"))
    result = translate(tmp_path / "cvat.zip", tmp_path / "back", from_format="cvat")
    assert (result.num_images, result.num_boxes) == (4, 1)


def test_translate__roi_set_and_images__need_not_lie_together(root: Path, tmp_path: Path) -> None:
    translate(root, tmp_path / "there", to_format="imagej")
    folder = tmp_path / "there" / "images" / "slide"
    image = folder / "a.tif"
    result = translate(
        folder / "a_RoiSet.zip", tmp_path / "back", from_format="imagej", images=image
    )
    assert (result.num_images, result.num_boxes) == (1, 1)


@pytest.mark.parametrize("name", FORMATS)
def test_translate__hostile_zip__is_refused_by_name(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../evil.txt", "")
    with pytest.raises(ArchiveError, match=r"'\.\./evil.txt'"):
        translate(tmp_path / "evil.zip", tmp_path / "out", from_format=name, to_format="coco")


@pytest.mark.parametrize("name", FORMATS)
def test_translate__empty_folder_or_nothing__is_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(GapJunctionError) as caught:
            translate(source, tmp_path / "out", from_format=name, to_format="coco")
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"platform"}))
def test_translate__images_but_no_annotations__is_refused(tmp_path: Path, name: str) -> None:
    save_image(tmp_path / "in" / "a.png")
    with pytest.raises(DatasetError, match="found"):
        translate(tmp_path / "in", tmp_path / "out", from_format=name)


def test_run__convert_from_and_to__works_as_typed(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, back = str(tmp_path / "there"), str(tmp_path / "back")
    assert cli.run(["convert", str(root), there, "--from", "platform", "--to", "yolo"]) == 0
    assert cli.run(["convert", there, back, "--from", "yolo", "--to", "platform"]) == 0
    assert f"Written to {back}" in capsys.readouterr().out


def test_run__hostile_zip__is_one_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("/etc/evil", "")
    for verb in ("validate", "convert"):
        assert cli.run([verb, str(tmp_path / "evil.zip")]) == 2
        complaint = capsys.readouterr().err
        assert complaint.count("\n") == 1
        assert "'/etc/evil': expected plain files" in complaint


def test_translate__a_stack_in_train_and_val_of_yolo__says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_text(tmp_path / "yolo" / "classes.txt", "gap_junction\n")
    for side, numbers in {"train": (1, 2), "val": (3,)}.items():
        for number in numbers:
            save_image(tmp_path / "yolo" / "images" / side / f"rat_Z{number}.png")
            label = tmp_path / "yolo" / "labels" / side / f"rat_Z{number}.txt"
            save_text(label, "0 0.5 0.5 0.1 0.1\n")
    translate(tmp_path / "yolo", tmp_path / "out", from_format="yolo")
    [said] = [each.message for each in caplog.records if "one stack" in each.message]
    assert "rat_Z* has 2 slices in asset train and 1 slice in asset val;" in said
