"""Tests for `gapjunction.models.checkpoint`."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from gapjunction.errors import CheckpointError, ConfigError, GapJunctionError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.checkpoint import (
    CONFIG_NAME,
    WEIGHTS_NAME,
    DetectorConfig,
    build_detector,
    load_checkpoint,
    save_checkpoint,
    weights_version,
)

CONFIG = DetectorConfig(
    class_names=("gap_junction", "other"),
    class_colors=("#4EF8FF", "#FF00AA"),
    network=CenterNetConfig(widths=(4, 4, 4, 4)),
    overlap=48,
    score_threshold=0.31,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the checkpoint of a tiny untrained detector."""
    torch.manual_seed(0)
    save_checkpoint(build_detector(CONFIG), CONFIG, tmp_path)
    return tmp_path


def assert_is_one_line(error: GapJunctionError, where: Path) -> None:
    assert "\n" not in str(error)
    assert str(error).startswith(str(where))


def test_save_and_load__detector__gives_identical_detections(tmp_path: Path) -> None:
    torch.manual_seed(1)
    detector = build_detector(CONFIG)
    save_checkpoint(detector.eval(), CONFIG, tmp_path)
    tiles = torch.rand(2, 3, 64, 64)
    loaded = load_checkpoint(tmp_path)
    for before, after in zip(
        detector.detect(tiles, 0.0), loaded.detector.detect(tiles, 0.0), strict=True
    ):
        assert len(before) > 0
        assert np.array_equal(before.boxes, after.boxes)
        assert np.array_equal(before.scores, after.scores)
        assert np.array_equal(before.labels, after.labels)


def test_save_and_load__config__comes_back(folder: Path) -> None:
    assert load_checkpoint(folder).config == CONFIG


def test_load_checkpoint__config_from_before_it_named_a_channel__is_of_color(
    folder: Path,
) -> None:
    path = folder / CONFIG_NAME
    config = json.loads(path.read_text())
    del config["channel"]
    path.write_text(json.dumps(config))
    assert load_checkpoint(folder).config.channel == ("all",)


def test_load_checkpoint__detector__is_in_evaluation_mode(folder: Path) -> None:
    assert not any(module.training for module in load_checkpoint(folder).detector.modules())


def test_save_checkpoint__version__is_the_start_of_the_files_sha256(tmp_path: Path) -> None:
    version = save_checkpoint(build_detector(CONFIG), CONFIG, tmp_path)
    digest = hashlib.sha256((tmp_path / WEIGHTS_NAME).read_bytes()).hexdigest()
    assert version == digest[:8] == weights_version(tmp_path) == load_checkpoint(tmp_path).version


def test_save_checkpoint__other_weights__have_another_version(tmp_path: Path) -> None:
    versions = [save_checkpoint(build_detector(CONFIG), CONFIG, tmp_path) for _ in range(2)]
    assert versions[0] != versions[1]


def test_save_checkpoint__same_weights_twice__have_one_version(tmp_path: Path) -> None:
    detector = build_detector(CONFIG)
    first, second = tmp_path / "first", tmp_path / "second"
    assert save_checkpoint(detector, CONFIG, first) == save_checkpoint(detector, CONFIG, second)


def test_save_checkpoint__folder__holds_these_two_files_only(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [CONFIG_NAME, WEIGHTS_NAME]


def test_save_checkpoint__weights__may_be_read_by_whom_other_files_may(folder: Path) -> None:
    (folder / "plain").touch()
    assert (folder / WEIGHTS_NAME).stat().st_mode == (folder / "plain").stat().st_mode


def test_load_checkpoint__missing_folder__says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="found no such folder") as caught:
        load_checkpoint(tmp_path / "nowhere")
    assert_is_one_line(caught.value, tmp_path / "nowhere")


def test_load_checkpoint__missing_weights__names_the_file(folder: Path) -> None:
    (folder / WEIGHTS_NAME).unlink()
    with pytest.raises(CheckpointError, match=f"found a folder without {WEIGHTS_NAME}") as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, folder)


def test_load_checkpoint__missing_config__names_the_file(folder: Path) -> None:
    (folder / CONFIG_NAME).unlink()
    with pytest.raises(ConfigError, match="No such file") as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, folder / CONFIG_NAME)


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"class_names": ["a"]}'])
def test_load_checkpoint__damaged_config__names_the_file(folder: Path, content: str) -> None:
    (folder / CONFIG_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, folder / CONFIG_NAME)


def test_load_checkpoint__unknown_setting__names_it(folder: Path) -> None:
    values = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8")) | {"color": 1}
    (folder / CONFIG_NAME).write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ConfigError, match="color"):
        load_checkpoint(folder)


@pytest.mark.parametrize("kept", [0, 5, 100, -1], ids=["empty", "start", "header", "all but one"])
def test_load_checkpoint__weights_cut_short__names_the_file(folder: Path, kept: int) -> None:
    path = folder / WEIGHTS_NAME
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(CheckpointError, match="copy both files") as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, path)


def test_load_checkpoint__garbage_for_weights__names_the_file(folder: Path) -> None:
    (folder / WEIGHTS_NAME).write_bytes(b"not weights at all" * 100)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, folder / WEIGHTS_NAME)


@pytest.mark.parametrize(
    "other",
    [
        CONFIG.but(network=CenterNetConfig(widths=(8, 4, 4, 4))),
        CONFIG.but(class_names=("gap_junction",)),
    ],
    ids=["widths", "number of classes"],
)
def test_load_checkpoint__weights_of_another_network__names_the_file(
    folder: Path, other: DetectorConfig
) -> None:
    weights = (folder / WEIGHTS_NAME).read_bytes()
    save_checkpoint(build_detector(other), other, folder)
    (folder / WEIGHTS_NAME).write_bytes(weights)
    with pytest.raises(CheckpointError, match="weights for the network") as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, folder / WEIGHTS_NAME)


@pytest.mark.parametrize("width", [-1, 10**8, -(10**30)])
def test_load_checkpoint__width_that_no_network_has__is_refused_before_it_takes_memory(
    folder: Path, width: int
) -> None:
    config = json.loads((folder / CONFIG_NAME).read_text())
    config["network"]["widths"] = [4, width, 4, 4]
    (folder / CONFIG_NAME).write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="copy both files of the run again") as caught:
        load_checkpoint(folder)
    assert_is_one_line(caught.value, folder)


@pytest.mark.parametrize("setting", [{"overlap": -5}, {"tile_size": 0}, {"score_threshold": 2.0}])
def test_load_checkpoint__impossible_setting__is_refused(
    tmp_path: Path, setting: dict[str, float]
) -> None:
    save_checkpoint(build_detector(CONFIG), CONFIG, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text()) | setting
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ConfigError, match=f"{next(iter(setting))}: expected"):
        load_checkpoint(tmp_path)
