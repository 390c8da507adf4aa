"""Tests for `gapjunction.commands.predict.parts`, `finished_part`, `file_list`."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.commands.predict import command, file_tree, parts
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.one_folder import Looks, Plan, predict_into
from gapjunction.commands.predict.places import Places
from gapjunction.commands.predict.result import PredictResult
from gapjunction.errors import ConfigError, DatasetError
from whole_commands import content

NUM_IMAGES = 12


@pytest.fixture
def config(tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> PredictConfig:
    """Return a prediction of a folder that is taken for one of many images."""
    monkeypatch.setattr(command, "MOST_IN_ONE_FOLDER", 5)
    monkeypatch.setattr(file_tree, "MOST_TOGETHER", 5)
    (tmp_path / "images").mkdir()
    for number in range(NUM_IMAGES):
        write_noise(tmp_path / "images" / f"i{number:02}.png", number)
    return PredictConfig(
        input=tmp_path / "images", checkpoint=checkpoint, output=tmp_path / "out", csv=True, scale=1
    )


def write_noise(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (64, 64), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def at_once(config: PredictConfig, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Predict the same images into one folder."""
    with monkeypatch.context() as patch:
        patch.setattr(command, "MOST_IN_ONE_FOLDER", 1000)
        alone = config.but(output=config.output.with_name("alone"))
        run(alone)
    return alone.output


@pytest.fixture
def claimed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Collect the parts that are predicted, and not just known to be finished."""
    folders: list[Path] = []

    def predict(own: PredictConfig, plan: Plan, looks: Looks, places: Places) -> PredictResult:
        folders.append(own.output)
        return predict_into(own, plan, looks, places)

    monkeypatch.setattr(parts, "predict_into", predict)
    return folders


@pytest.mark.long
def test_run__many_images__are_counted_as_in_one_folder(
    config: PredictConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, result = at_once(config, monkeypatch), run(config)
    assert result.num_images == NUM_IMAGES
    for table in ("counts.csv", "totals.csv"):
        assert (config.output / table).read_bytes() == (alone / table).read_bytes()
    files = {path.name: path.read_bytes() for path in (alone / "detections").iterdir()}
    in_parts = (config.output / "parts").glob("*/detections/*")
    assert {path.name: path.read_bytes() for path in in_parts} == files
    assert len(list((config.output / "parts").iterdir())) > 3


def test_run__finished_parts__are_not_looked_at_again(
    config: PredictConfig, claimed: list[Path]
) -> None:
    run(config)
    before = content(config.output)
    claimed.clear()
    again = run(config)
    assert claimed == []
    assert again.num_skipped == again.num_images == NUM_IMAGES
    assert content(config.output) == before


@pytest.mark.long
def test_run__image_that_joins__has_its_part_predicted_only(
    config: PredictConfig, claimed: list[Path]
) -> None:
    run(config)
    claimed.clear()
    write_noise(config.input / "new.png", 99)
    result = run(config)
    assert len(claimed) == 1
    assert (result.num_images, result.num_skipped) == (NUM_IMAGES + 1, NUM_IMAGES)
    rows = list(csv.DictReader((config.output / "counts.csv").read_text().splitlines()))
    assert [row["image"] for row in rows] == sorted(row["image"] for row in rows)
    assert len(rows) == NUM_IMAGES + 1


@pytest.mark.long
def test_run__images_that_are_gone__are_gone_from_all_tables(
    config: PredictConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(config)
    for number in range(4, NUM_IMAGES):
        (config.input / f"i{number:02}.png").unlink()
    run(config)
    alone = at_once(config, monkeypatch)
    assert (config.output / "counts.csv").read_bytes() == (alone / "counts.csv").read_bytes()
    left = {path.name for path in (config.output / "parts").glob("*/counts/*")}
    assert left == {path.name for path in (alone / "counts").iterdir()}


@pytest.mark.long
def test_run__another_threshold__counts_all_parts_anew(config: PredictConfig) -> None:
    run(config)
    result = run(config.but(threshold=1))
    assert result.num_counted_anew == NUM_IMAGES
    assert result.totals == {"gap_junction": 0}


@pytest.mark.long
def test_run__another_scale__is_refused(config: PredictConfig) -> None:
    run(config)
    with pytest.raises(ConfigError, match="predictions made with another --scale"):
        run(config.but(scale=2))


@pytest.mark.long
def test_run__unreadable_image__is_named_every_time(config: PredictConfig) -> None:
    (config.input / "i03.png").write_bytes(b"no image")
    first, second = run(config), run(config)
    assert len(first.failures) == 1
    assert "i03.png" in first.failures[0]
    assert second.failures == first.failures
    assert (second.num_images, second.exit_code) == (NUM_IMAGES - 1, 1)


@pytest.mark.parametrize("name", ["roi", "cells"])
def test_run__what_needs_all_images__is_refused(config: PredictConfig, name: str) -> None:
    with pytest.raises(ConfigError, match="predict folders of fewer images one by one"):
        run(config.but(**{name: config.input}))


@pytest.mark.long
def test_run__recursive__names_images_after_their_folders(
    config: PredictConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_noise(config.input / "left" / "i00.png", 50)
    tree = config.but(recursive=True)
    assert run(tree).num_images == NUM_IMAGES + 1
    alone = at_once(tree, monkeypatch)
    assert (config.output / "counts.csv").read_bytes() == (alone / "counts.csv").read_bytes()
    assert (alone / "counts" / "left__i00_bbox_metrics.json").is_file()


@pytest.mark.long
def test_run__stacks_in_folders__are_linked_and_counted_as_in_one_folder(
    config: PredictConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stack in ("left", "right"):
        for number in range(4):
            write_noise(config.input / stack / f"{stack}_z{number}.png", number)
    tree = config.but(recursive=True)
    result = run(tree)
    alone = at_once(tree, monkeypatch)
    for table in ("stacks.csv", "plaques.csv", "plaque_boxes.csv", "totals.csv"):
        assert (config.output / table).read_bytes() == (alone / table).read_bytes()
    assert result.plaques["gap_junction"] > 0


def test_run__recursive_and_no_image__is_refused(config: PredictConfig, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Exception, match="found no image"):
        run(config.but(input=tmp_path / "empty", recursive=True))


def test_run__two_images_of_one_name__are_refused(config: PredictConfig) -> None:
    write_noise(config.input / "I00.tif", 50)
    with pytest.raises(DatasetError, match="expected a name of its own"):
        run(config)
