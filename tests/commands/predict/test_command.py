"""Tests for `gapjunction.commands.predict.command`."""

import csv
import json
import logging
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from builders import build_dataset, edit_json
from gapjunction.calibration import Calibration
from gapjunction.choices import Split
from gapjunction.commands import simulate
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.simulate import SimulateConfig
from gapjunction.count_intervals import interval_about
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.splits import Assignment, split_assets, write_assignment
from gapjunction.detections_json import read_count_file, read_detection_file
from gapjunction.errors import ConfigError, DatasetError, ImageError
from gapjunction.images.pictures import read_picture
from gapjunction.locks import alone_in
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.models.checkpoint import (
    DetectorConfig,
    build_detector,
    load_checkpoint,
    save_checkpoint,
)
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.unlikeness import KnownSigns
from published_files import TINY_RESNET
from tiny_centernet import SMALL, tiny_centernet


def write_noise(path: Path, dtype: type = np.uint8, channels: int = 3) -> Path:
    """Write an image of 70 x 90 px with all grey values of its depth."""
    rng = np.random.default_rng(0)
    shape = (70, 90, 3) if channels == 3 else (70, 90)
    pixels = rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def count_in(output: Path, stem: str) -> int:
    return read_count_file(output / "counts" / f"{stem}_bbox_metrics.json")["gap_junction"]


def boxes_in(output: Path, stem: str) -> int:
    return len(read_detection_file(output / "detections" / f"{stem}_bbox.json").boxes)


def test_run__dataset__writes_every_image_in_benchmark_format(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "set")
    output = tmp_path / "out"
    result = run(PredictConfig(input=root, checkpoint=checkpoint, output=output))
    stems = sorted(image.stem for image in read_dataset(root).images())
    assert sorted(p.name for p in (output / "detections").iterdir()) == [
        f"{stem}_bbox.json" for stem in stems
    ]
    rows = list(csv.DictReader((output / "counts.csv").read_text().splitlines()))
    assert [row["image"] for row in rows] == stems
    assert sum(int(row["count"]) for row in rows) == result.totals["gap_junction"] > 0
    assert {row["asset"] for row in rows} == {"asset_0", "asset_1", "asset_2"}


def test_run__manifest__says_where_the_predictions_come_from(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["threshold"] == 0.5085
    assert len(manifest["model_version"]) == 8
    assert manifest["dataset"] == str(image)


def test_run__another_prediction_into_the_folder__is_named_and_left_alone(
    tmp_path: Path, checkpoint: Path
) -> None:
    config = PredictConfig(
        input=write_noise(tmp_path / "a.png"), checkpoint=checkpoint, output=tmp_path / "out"
    )
    expected = pytest.raises(ConfigError, match=r"found gapjunction predict \(process")
    with alone_in(tmp_path / "out", "gapjunction predict"), expected:
        run(config)
    assert not (tmp_path / "out").exists()


@pytest.mark.long
@pytest.mark.parametrize(("folder", "is_named"), [("mine", True), ("shipped_1_2", False)])
def test_run__manifest__names_what_a_trained_model_has_seen(
    tmp_path: Path, checkpoint: Path, folder: str, is_named: bool
) -> None:
    image = write_noise(tmp_path / "a.png")
    splits: dict[tuple[str, str], Split] = {
        ("rats", "a"): "train",
        ("rats", "b"): "test",
        ("rats", "c"): "val",
    }
    write_assignment(checkpoint / "splits.json", Assignment(0, 0.2, 0.2, splits))
    own = checkpoint.rename(tmp_path / folder)
    run(PredictConfig(input=image, checkpoint=own, output=tmp_path / "out"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["seen_assets"] == ([["rats", "a"], ["rats", "c"]] if is_named else [])


def test_run__damaged_split_file__predicts_and_says_so(
    tmp_path: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    image = write_noise(tmp_path / "a.png")
    (checkpoint / "splits.json").write_text("{")
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out"))
    assert "nothing tells what the model was trained on" in caplog.text


def test_run__manifest_from_before_it_named_the_seen_assets__is_gone_on_with(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    config = PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out")
    run(config)
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["seen_assets"]
    path.write_text(json.dumps(manifest))
    assert run(config).num_skipped == 1


@pytest.mark.parametrize(
    ("name", "dtype", "channels"),
    [
        ("a.webp", np.uint8, 3),
        ("a.png", np.uint8, 1),
        ("a.jpg", np.uint8, 3),
        ("a.tif", np.uint16, 1),
        ("a.tiff", np.uint8, 3),
        ("a.b c.png", np.uint16, 1),
    ],
)
def test_run__single_image_of_any_kind__is_predicted(
    tmp_path: Path, checkpoint: Path, name: str, dtype: type, channels: int
) -> None:
    image = write_noise(tmp_path / "in" / name, dtype, channels)
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out"))
    assert boxes_in(tmp_path / "out", image.stem) > 0


def test_run__folder_of_images__takes_the_images_and_nothing_else(
    tmp_path: Path, checkpoint: Path
) -> None:
    write_noise(tmp_path / "in" / "a.png")
    write_noise(tmp_path / "in" / "b.tif", np.uint16, 1)
    (tmp_path / "in" / "notes.txt").write_text("no image")
    result = run(
        PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    )
    assert result.num_images == 2


def test_run__min_score__writes_more_boxes_and_counts_the_same(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    plain, more = tmp_path / "plain", tmp_path / "more"
    run(PredictConfig(input=image, checkpoint=checkpoint, output=plain))
    run(PredictConfig(input=image, checkpoint=checkpoint, output=more, min_score=0.001))
    assert boxes_in(more, "a") > boxes_in(plain, "a") == count_in(plain, "a")
    assert count_in(more, "a") == count_in(plain, "a")


def test_run__min_score_above_the_threshold__still_writes_what_is_counted(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out", min_score=0.9))
    assert boxes_in(tmp_path / "out", "a") == count_in(tmp_path / "out", "a")


def test_run__again__skips_finished_images_and_does_the_rest(
    tmp_path: Path, checkpoint: Path
) -> None:
    config = PredictConfig(
        input=build_dataset(tmp_path / "set"), checkpoint=checkpoint, output=tmp_path / "out"
    )
    first = run(config)
    lost = next((tmp_path / "out" / "counts").iterdir())
    content = lost.read_text()
    lost.unlink()
    again = run(config)
    assert again.num_skipped == first.num_images - 1
    assert again.totals == first.totals
    assert lost.read_text() == content


def test_run__output_of_another_model__is_refused_and_kept(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    output = tmp_path / "out"
    run(PredictConfig(input=image, checkpoint=checkpoint, output=output))
    before = (output / "manifest.json").read_text()
    config = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
    torch.manual_seed(1)
    other = tmp_path / "other"
    save_checkpoint(build_detector(config), config, other)
    with pytest.raises(ConfigError, match="another model version; choose another output folder"):
        run(PredictConfig(input=image, checkpoint=other, output=output))
    assert (output / "manifest.json").read_text() == before


def test_run__output_of_another_input__is_refused(tmp_path: Path, checkpoint: Path) -> None:
    first, second = write_noise(tmp_path / "1" / "a.png"), write_noise(tmp_path / "2" / "a.png")
    run(PredictConfig(input=first, checkpoint=checkpoint, output=tmp_path / "out"))
    with pytest.raises(ConfigError, match="another input; choose another output folder"):
        run(PredictConfig(input=second, checkpoint=checkpoint, output=tmp_path / "out"))


def finding(checkpoint: Path) -> Path:
    """Let the model in a folder look for the channel of images with several."""
    edit_json(checkpoint / "config.json", channel=[])
    return checkpoint


def test_run__several_channels__are_found_and_written_down(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    config = PredictConfig(input=image, checkpoint=finding(checkpoint), output=tmp_path / "out")
    run(config)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert set(manifest["found_channels"]) == {"(1 red, 2 green, 3 blue)"}
    assert run(config).num_skipped == 1


def test_run__another_channel_found_than_before__goes_on_with_that_of_before(
    tmp_path: Path, checkpoint: Path
) -> None:
    folder, output = tmp_path / "images", tmp_path / "out"
    write_noise(folder / "a.png")
    config = PredictConfig(input=folder, checkpoint=finding(checkpoint), output=output)
    run(config)
    taken = {"channel": 3, "name": "blue", "stain": [0.1, 0.2, 1.0]}
    place = "(1 red, 2 green, 3 blue)"
    edit_json(output / "manifest.json", found_channels={place: taken})
    write_noise(folder / "b.png")
    assert run(config).num_skipped == 1
    assert json.loads((output / "manifest.json").read_text())["found_channels"] == {place: taken}


@pytest.mark.long
@pytest.mark.parametrize(
    "taken",
    [
        {"channel": 9, "name": "x", "stain": None},
        {"channel": 2, "name": "green", "stain": [1.0]},
        {"channel": "?"},
        [],
    ],
)
def test_run__channel_in_the_manifest_that_cannot_be__is_refused(
    tmp_path: Path, checkpoint: Path, taken: object
) -> None:
    image, output = write_noise(tmp_path / "a.png"), tmp_path / "out"
    config = PredictConfig(input=image, checkpoint=finding(checkpoint), output=output)
    run(config)
    edit_json(output / "manifest.json", found_channels={"(1 red, 2 green, 3 blue)": taken})
    with pytest.raises(ConfigError, match="choose another output folder"):
        run(config)


@pytest.mark.parametrize("channels", [1, 3])
def test_run__channel_by_name__takes_grey_images_as_they_are(
    tmp_path: Path, checkpoint: Path, channels: int
) -> None:
    image = write_noise(tmp_path / "a.png", channels=channels)
    output = tmp_path / "out"
    config = PredictConfig(
        input=image, checkpoint=checkpoint, output=output, channel=("green",), overlays=True
    )
    assert run(config).num_images == 1
    picture = np.asarray(Image.open(output / "overlays" / "a.png"))
    image_part = picture[: 2 * read_picture(image).shape[1]]  # enlarged twice, above the caption
    is_grey = (image_part == image_part[..., :1]).all(axis=-1)
    assert is_grey.mean() > 0.3
    red, green, _ = image_part[~is_grey].astype(int).T
    assert (red > green).all()  # boxes go from purple to yellow


def test_run__unknown_channel__lists_what_is_there(tmp_path: Path, checkpoint: Path) -> None:
    config = PredictConfig(
        input=write_noise(tmp_path / "a.png"), checkpoint=checkpoint, channel=("Cx43",)
    )
    with pytest.raises(ImageError, match=r"3 channels \(1 red, 2 green, 3 blue\), found none"):
        run(config.but(output=tmp_path / "out"))


def test_run__overlays__have_boxes_in_color(tmp_path: Path, checkpoint: Path) -> None:
    image = write_noise(tmp_path / "a.png", channels=1)
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out", overlays=True))
    picture = np.asarray(Image.open(tmp_path / "out" / "overlays" / "a.png"))
    assert (picture[..., 0] > picture[..., 2]).any()


def test_run__split__predicts_only_its_assets(tmp_path: Path, checkpoint: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=4)
    assignment = split_assets([read_dataset(root)], seed=0)
    write_assignment(checkpoint / "splits.json", assignment)
    run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out", split="test"))
    rows = csv.DictReader((tmp_path / "out" / "counts.csv").read_text().splitlines())
    assert {(row["dataset"], row["asset"]) for row in rows} == set(assignment.assets_in("test"))


def test_run__annotated_only__leaves_out_images_nobody_looked_at(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "set")
    next(root.rglob("*_bbox.json")).unlink()
    config = PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out")
    assert run(config).num_images == 6
    annotated = {"annotated_only": True, "output": tmp_path / "annotated"}
    assert run(config.but(**annotated)).num_images == 5


def test_run__calibrated_detector__writes_probabilities_and_intervals(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "noise.png")
    config = load_checkpoint(checkpoint).config
    calibration = Calibration(slope=2.0, intercept=0.5, dispersion=9.0, num_images=11)
    edit_json(checkpoint / "config.json", calibration=calibration.model_dump())
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "own", min_score=0.0))
    edit_json(checkpoint / "config.json", calibration=config.calibration.model_dump())
    run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "raw", min_score=0.0))
    own, raw = (
        read_detection_file(tmp_path / name / "detections" / "noise_bbox.json").as_detections(
            ["gap_junction"]
        )
        for name in ("own", "raw")
    )
    assert own.scores == pytest.approx(calibration.to_probabilities(raw.scores), abs=1e-5)
    (row,) = csv.DictReader((tmp_path / "own" / "counts.csv").read_text().splitlines())
    count = int((own.scores >= config.score_threshold).sum())
    assert int(row["count"]) == count > 0
    assert (int(row["low"]), int(row["high"])) == interval_about(
        count, calibration.half_width(own.scores)
    )
    assert int(row["low"]) < count < int(row["high"])
    assert row["unlikeness"] == ""


def test_run__image_full_of_spots_that_are_passed_by__is_said_to_be_unlike(
    tmp_path: Path, checkpoint: Path
) -> None:
    pixels = np.random.default_rng(0).integers(10, 30, (128, 128), np.uint8)
    for dy, dx in np.ndindex(3, 3):
        pixels[8 + dy :: 16, 8 + dx :: 16] = 220
    Image.fromarray(pixels).save(tmp_path / "spots.png")
    known = KnownSigns(doubt=0.5, passed_by=1.0, num_images=12)
    edit_json(checkpoint / "config.json", known=known.model_dump(), score_threshold=1.0)
    edit_json(checkpoint / "config.json", calibration={"intercept": -50.0})
    config = PredictConfig(
        input=tmp_path / "spots.png", checkpoint=checkpoint, output=tmp_path / "o"
    )
    result = run(config)
    assert "1 image is unlike" in str(result)
    (row,) = csv.DictReader((tmp_path / "o" / "counts.csv").read_text().splitlines())
    assert float(row["unlikeness"]) == pytest.approx(np.log(65), abs=0.01)
    assert (int(row["count"]), int(row["high"])) == (0, 3 * 64)
    assert run(config).unlike == ("spots",)  # finished already


@pytest.mark.long
@pytest.mark.parametrize(("threshold", "is_full"), [(0.2, True), (1.0, False)])
def test_run__tile_with_nearly_all_the_detector_can_find__warns_by_image(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, threshold: float, is_full: bool
) -> None:
    config = DetectorConfig(
        class_names=("gap_junction",),
        class_colors=("#4EF8FF",),
        network=TINY_RESNET,
        score_threshold=threshold,
    )
    torch.manual_seed(0)
    detector = build_detector(config)
    for name, parameter in detector.named_parameters():
        if "decoder.class_heads" in name and name.endswith("bias"):
            torch.nn.init.zeros_(parameter)  # so that all scores are about 0.5
    save_checkpoint(detector, config, tmp_path / "run")
    image = write_noise(tmp_path / "crowded.png")
    run(PredictConfig(input=image, checkpoint=tmp_path / "run", output=tmp_path / "out"))
    warning = "crowded: 10 objects in one tile of 512 px, where this model finds 10 at most"
    assert (warning in caplog.text) == is_full


def test_run__one_stem_in_two_assets__names_both(tmp_path: Path, checkpoint: Path) -> None:
    root = build_dataset(tmp_path / "set", num_assets=2, images_per_asset=1)
    first, second = sorted(root.rglob("Raw/*.png"))
    shutil.copyfile(first, second.with_name(first.name))
    run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out"))
    names = {path.name for path in (tmp_path / "out" / "detections").iterdir()}
    assert f"set__asset_0__{first.stem}_bbox.json" in names
    assert f"set__asset_1__{first.stem}_bbox.json" in names


def test_run__one_stem_twice_in_a_folder__is_refused(tmp_path: Path, checkpoint: Path) -> None:
    write_noise(tmp_path / "in" / "a.png")
    write_noise(tmp_path / "in" / "a.tif")
    with pytest.raises(DatasetError, match="a name of its own"):
        run(PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out"))


def test_run__damaged_image__is_named_and_the_others_are_predicted(
    tmp_path: Path, checkpoint: Path
) -> None:
    for name in ("a.png", "b.png", "c.png"):
        write_noise(tmp_path / "in" / name)
    damaged = tmp_path / "in" / "b.png"
    damaged.write_bytes(damaged.read_bytes()[:500])
    result = run(
        PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    )
    assert result.exit_code == 1
    assert "b.png: expected a readable image" in str(result)
    rows = csv.DictReader((tmp_path / "out" / "counts.csv").read_text().splitlines())
    assert [row["image"] for row in rows] == ["a", "c"]


def test_run__links_to_images_that_are_gone__are_named_and_the_others_are_predicted(
    tmp_path: Path, checkpoint: Path
) -> None:
    write_noise(tmp_path / "in" / "a.png")
    for name in ("b.czi", "c.png", "d.tif", "notes.txt"):
        (tmp_path / "in" / name).symlink_to(tmp_path / "nowhere" / name)
    result = run(
        PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    )
    assert (result.num_images, result.exit_code) == (1, 1)
    assert [reason.split(": ")[0] for reason in result.failures] == [
        str(tmp_path / "in" / name) for name in ("b.czi", "c.png", "d.tif")
    ]
    assert all("No such file" in reason for reason in result.failures)


@pytest.mark.parametrize("num_bytes", [221, 250])
def test_run__name_too_long_for_its_files__is_named_and_the_others_are_predicted(
    tmp_path: Path, checkpoint: Path, num_bytes: int
) -> None:
    too_long, longest = "b" * num_bytes, "c" * 220
    for stem in ("a", too_long, longest):
        write_noise(tmp_path / "in" / f"{stem}.png")
    result = run(
        PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    )
    assert result.exit_code == 1
    shown = f"{'b' * 50}...{'b' * 26}.png: name: expected 220 bytes at most"
    assert shown in str(result)
    rows = csv.DictReader((tmp_path / "out" / "counts.csv").read_text().splitlines())
    assert [row["image"] for row in rows] == ["a", longest]


def test_run__name_too_long_in_bytes_not_letters__is_named(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / f"{'ä' * 115}.png")
    with pytest.raises(ImageError, match=r"name: expected 220 bytes at most, .* found 230"):
        run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out"))


def test_run__no_image_can_be_read__is_an_error(tmp_path: Path, checkpoint: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"")
    with pytest.raises(ImageError, match=r"a\.png"):
        run(PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out"))


@pytest.mark.parametrize("annotated_only", [True, False])
def test_run__dataset_with_images_that_cannot_be_opened__names_them_and_predicts_the_others(
    tmp_path: Path, checkpoint: Path, *, annotated_only: bool
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=2, images_per_asset=2)
    empty, gone, *others = sorted(root.rglob("Raw/*.png"))
    empty.write_bytes(b"")
    gone.unlink()
    gone.symlink_to(tmp_path / "nowhere.png")
    config = PredictConfig(
        input=root, checkpoint=checkpoint, output=tmp_path / "out", annotated_only=annotated_only
    )
    result = run(config)
    assert (result.num_images, result.exit_code) == (2, 1)
    assert [reason.split(": ")[0] for reason in result.failures] == [str(empty), str(gone)]
    rows = csv.DictReader((tmp_path / "out" / "counts.csv").read_text().splitlines())
    assert [row["image"] for row in rows] == [path.stem for path in others]


def test_run__dataset_with_a_mask_that_cannot_be_opened__is_predicted(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1, images_per_asset=1)
    [image] = root.rglob("Raw/*.png")
    mask = image.parent.parent / "Segmentation" / f"{image.stem}_mask.png"
    mask.parent.mkdir(exist_ok=True)
    mask.write_bytes(b"")
    result = run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out"))
    assert (result.num_images, result.exit_code) == (1, 0)


def test_run__dataset_with_one_stem_twice_in_an_asset__is_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "set", num_assets=1, images_per_asset=1)
    [image] = root.rglob("Raw/*.png")
    image.with_suffix(".webp").write_bytes(b"")
    with pytest.raises(DatasetError, match="gapjunction validate"):
        run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out"))


def test_run__dataset_with_an_asset_without_images__is_refused_not_shortened(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "rats")
    raw = next((root / "Assets").iterdir()) / "Raw"
    shutil.rmtree(raw)
    raw.symlink_to(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="Raw: expected a folder of images, found none"):
        run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out"))


def test_run__dataset_with_a_link_to_an_asset_that_is_gone__is_refused_not_shortened(
    tmp_path: Path, checkpoint: Path
) -> None:
    root = build_dataset(tmp_path / "set")
    (root / "Assets" / "rat_9").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="rat_9: expected the folder of an asset, found a link"):
        run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out"))


def test_run__image_changed_since__is_predicted_again(tmp_path: Path, checkpoint: Path) -> None:
    image = write_noise(tmp_path / "a.png")
    config = PredictConfig(input=image, checkpoint=checkpoint, output=tmp_path / "out")
    run(config)
    Image.fromarray(np.zeros((32, 32), np.uint8)).save(image)
    later = (tmp_path / "out" / "counts.csv").stat().st_mtime + 10
    os.utime(image, (later, later))
    assert run(config).num_skipped == 0


def test_run__other_selection_in_the_same_output__is_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    config = PredictConfig(
        input=build_dataset(tmp_path / "set"), checkpoint=checkpoint, output=tmp_path / "out"
    )
    run(config)
    with pytest.raises(ConfigError, match="another --annotated_only"):
        run(config.but(annotated_only=True))


@pytest.mark.parametrize(
    ("source", "split", "words"),
    [("nothing", None, "nothing there"), (".", None, "no image"), (".", "val", "--split val")],
)
def test_run__no_images__says_what_was_expected(
    tmp_path: Path, checkpoint: Path, source: str, split: str | None, words: str
) -> None:
    (tmp_path / "in").mkdir()
    config = PredictConfig.model_validate(
        {"input": tmp_path / "in" / source, "checkpoint": checkpoint, "split": split}
    )
    with pytest.raises((ImageError, ConfigError), match=words):
        run(config.but(output=tmp_path / "out"))


@pytest.mark.long
def test_run__no_checkpoint__finds_plaques_with_the_weights_that_come_with_the_package(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = simulated(tmp_path / "set")
    with caplog.at_level(logging.INFO):
        result = run(PredictConfig(input=data, output=tmp_path / "out"))
    (image,) = read_dataset(data).images()
    found = read_detection_file(tmp_path / "out" / "detections" / f"{image.stem}_bbox.json")
    score = score_detections([image.as_detections()], [found.as_detections(("gap_junction",))])
    assert result.totals["gap_junction"] > 20
    assert score.f1 > 0.85
    assert "using the weights that come with the package, which saw simulated images" in caplog.text


@pytest.mark.long
@pytest.mark.parametrize("kind", ["black", "white", "noise"])
def test_run__no_checkpoint_and_no_plaque__counts_none(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).poisson(30, (300, 417)).astype(np.uint8)
    pixels = {"black": noise * 0, "white": noise * 0 + 255, "noise": noise}[kind]
    Image.fromarray(pixels).save(tmp_path / "a.png")
    result = run(PredictConfig(input=tmp_path / "a.png", output=tmp_path / "out"))
    assert result.totals == {"gap_junction": 0}


def simulated(root: Path) -> Path:
    """Write a dataset with one simulated image of a rat."""
    simulate.run(SimulateConfig(out=root, images=1, assets=1, size=512, seed=3))
    return root


@pytest.mark.long
def test_run__image_enlarged__counts_as_before_when_it_is_reduced_again(tmp_path: Path) -> None:
    (image,) = read_dataset(simulated(tmp_path / "set")).images()
    with Image.open(image.path) as pixels:
        pixels.resize((1536, 1536), Image.Resampling.BICUBIC).save(tmp_path / "large.png")
    counts = {}
    for path, scale in ((image.path, None), (tmp_path / "large.png", 1 / 3)):
        output = tmp_path / path.stem
        counts[path.stem] = run(PredictConfig(input=path, output=output, scale=scale)).totals
    as_it_is, reduced = (each["gap_junction"] for each in counts.values())
    assert reduced == pytest.approx(as_it_is, rel=0.1)


@pytest.mark.parametrize("nm_per_px", [103.0, 30.0])
def test_run__pixel_size_known__images_are_shown_as_the_model_knows_them(
    tmp_path: Path, checkpoint: Path, nm_per_px: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_json(checkpoint / "config.json", pixel_sizes={"finest_um": 0.1, "coarsest_um": 0.2})
    root = build_dataset(tmp_path / "set", num_assets=1)
    edit_json(
        root / "Metadata_Static" / "metadata_static.json",
        scales=[{"barcode": "60x", "unit": "nm", "value_per_pixel": nm_per_px}],
    )
    seen = []

    def detect(_: object, __: object, settings: PredictionSettings, ___: object) -> None:
        seen.append(settings.magnification)
        raise KeyboardInterrupt

    monkeypatch.setattr("gapjunction.prediction.model.detect_image", detect)
    with pytest.raises(KeyboardInterrupt):
        run(PredictConfig(input=root, checkpoint=checkpoint, output=tmp_path / "out"))
    assert seen == [pytest.approx(1.0 if nm_per_px > 100 else 0.3)]


@pytest.mark.slow
def test_run__onnx__counts_the_same_with_boxes_within_a_tenth_of_a_pixel(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "a.png")
    boxes = []
    for backend in ("torch", "onnx"):
        config = PredictConfig.model_validate(
            {
                "input": image,
                "checkpoint": checkpoint,
                "output": tmp_path / backend,
                "backend": backend,
                "min_score": 0.0,
            }
        )
        run(config)
        file = read_detection_file(tmp_path / backend / "detections" / "a_bbox.json")
        boxes.append(file.as_detections(["gap_junction"]).boxes)
    own, exact = boxes
    assert len(own) == len(exact) > 0
    assert np.abs(own[:, None] - exact).max(2).min(1).max() < 0.1


@pytest.mark.parametrize("change", [{"backend": "onnx"}, {"precision": "bf16"}])
def test_run__output_of_another_arithmetic__is_refused(
    tmp_path: Path, change: dict[str, str]
) -> None:
    save_checkpoint(tiny_centernet(SMALL), SMALL, tmp_path / "run")
    image = write_noise(tmp_path / "a.png")
    config = PredictConfig(input=image, checkpoint=tmp_path / "run", output=tmp_path / "out")
    run(config)
    with pytest.raises(ConfigError, match=f"another --{next(iter(change))}"):
        run(config.but(**change))


def test_run__onnx_on_a_gpu__is_refused(tmp_path: Path, checkpoint: Path) -> None:
    image = write_noise(tmp_path / "a.png")
    with pytest.raises(ConfigError, match="--num_gpus 1: expected no GPU with --backend onnx"):
        run(PredictConfig(input=image, checkpoint=checkpoint, backend="onnx", num_gpus=1))


def test_run__interrupted__keeps_whole_images_and_goes_on_from_there(
    tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png", "c.png"):
        write_noise(tmp_path / "in" / name)
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    calls = []

    def interrupted(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return detect_image(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("gapjunction.prediction.model.detect_image", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(config)
    assert [path.name for path in (tmp_path / "out" / "counts").iterdir()] == [
        "a_bbox_metrics.json"
    ]
    assert run(config).num_skipped == 1


def test_run__split_without_a_checkpoint__asks_for_the_run_that_made_it(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    with pytest.raises(ConfigError, match="--split test: expected --checkpoint beside it"):
        run(PredictConfig(input=root, split="test", output=tmp_path / "out"))


def test_run__older_image_takes_the_place_of_one__is_predicted_anew(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "in" / "a.png")
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    first = run(config)
    Image.new("L", (32, 32)).save(image)
    os.utime(image, (1, 1))
    second = run(config)
    assert second.num_skipped == 0
    assert second.totals != first.totals


def test_run__overlay_of_the_image_as_it_was__is_made_anew(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "in" / "a.png")
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    with_overlays = config.but(overlays=True)
    run(with_overlays)
    Image.new("L", (32, 48)).save(image)
    run(config)
    run(with_overlays)
    with Image.open(tmp_path / "out" / "overlays" / "a.png") as shown:
        assert shown.width == 64  # small images are shown enlarged
        assert shown.height > 96  # and have a caption


def test_run__image_is_gone__so_are_its_files(
    tmp_path: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.png", "b.png"):
        write_noise(tmp_path / "in" / name)
    config = PredictConfig(
        input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out", overlays=True
    )
    run(config)
    (tmp_path / "in" / "a.png").unlink()
    (tmp_path / "out" / "detections" / "mine.json").write_text("{}")
    with caplog.at_level("INFO"):
        run(config)
    assert "removed the files of 1 image, which are gone or unreadable" in caplog.text
    left = {path.name for path in (tmp_path / "out").rglob("*.*")}
    assert left == {
        "b_bbox.json",
        "b.json",
        "b_bbox_metrics.json",
        "b.png",
        "b.npz",
        "mine.json",
        "counts.csv",
        "totals.csv",
        "manifest.json",
    }


def test_run__no_image_can_be_read_any_more__no_count_is_left(
    tmp_path: Path, checkpoint: Path
) -> None:
    image = write_noise(tmp_path / "in" / "a.png")
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    run(config)
    image.write_bytes(image.read_bytes()[:300])
    with pytest.raises(ImageError):
        run(config)
    assert (tmp_path / "out" / "counts.csv").read_text().count("\n") == 1


def test_run__predictions_without_their_manifest__are_not_gone_on_with(
    tmp_path: Path, checkpoint: Path
) -> None:
    write_noise(tmp_path / "in" / "a.png")
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    run(config)
    (tmp_path / "out" / "manifest.json").unlink()
    with pytest.raises(ConfigError, match="found predictions without it; choose another"):
        run(config)


@pytest.mark.parametrize("content", ["", "{}", '{"intervals": 1}'])
def test_run__damaged_interval_file__is_made_anew(
    tmp_path: Path, checkpoint: Path, content: str
) -> None:
    write_noise(tmp_path / "in" / "a.png")
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    first = run(config)
    (tmp_path / "out" / "intervals" / "a.json").write_text(content)
    assert run(config).totals == first.totals


def test_run__same_weights_with_another_class_name__are_another_model(
    tmp_path: Path, checkpoint: Path
) -> None:
    write_noise(tmp_path / "in" / "a.png")
    own = tmp_path / "own"
    shutil.copytree(checkpoint, own)
    config = PredictConfig(input=tmp_path / "in", checkpoint=own, output=tmp_path / "out")
    run(config)
    path = own / "config.json"
    path.write_text(path.read_text().replace('"gap_junction"', '"plaque"'))
    with pytest.raises(ConfigError, match="another class names"):
        run(config)


@pytest.mark.parametrize("um_per_px", [1000.0, 0.0001])
def test_run__pixel_size_in_another_unit__says_so(tmp_path: Path, um_per_px: float) -> None:
    write_noise(tmp_path / "in" / "a.png")
    with pytest.raises(ConfigError, match=r"a\.png: pixel size: expected 0\.005 to 3 um, found"):
        run(
            PredictConfig(
                input=tmp_path / "in", output=tmp_path / "out", pixel_size_um=um_per_px, num_gpus=0
            )
        )


def test_run__sub_folders__are_told_to_be_left_out(
    tmp_path: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_noise(tmp_path / "in" / "a.png")
    write_noise(tmp_path / "in" / "deeper" / "b.png")
    with caplog.at_level("INFO"):
        result = run(
            PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
        )
    assert result.num_images == 1
    assert "images in sub-folders (deeper) are left out" in caplog.text


def test_run__killed_between_the_files_of_a_changed_image__is_predicted_anew(
    tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = write_noise(tmp_path / "in" / "a.png")
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    first = run(config)
    Image.new("L", (32, 32)).save(image)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gapjunction.commands.predict.files.write_count_file", killed)
        with pytest.raises(KeyboardInterrupt):
            run(config)
    second = run(config)
    assert second.num_skipped == 0
    assert second.totals != first.totals


def test_run__png_in_a_folder__is_opened_to_list_it_and_to_predict_it(
    tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        write_noise(tmp_path / "in" / name)
    config = PredictConfig(input=tmp_path / "in", checkpoint=checkpoint, output=tmp_path / "out")
    opened, path_open = Counter[str](), Path.open

    def counted(path: Path, *arguments: Any, **options: Any) -> Any:
        opened[path.name] += 1
        return path_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", counted)
    run(config)
    assert (opened["a.png"], opened["b.png"]) == (2, 2)
