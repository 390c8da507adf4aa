"""Tests for `gapjunction.commands.export`."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from builders import simulated_blobs
from gapjunction import cli
from gapjunction.commands.export import ExportConfig, run
from gapjunction.models.checkpoint import load_checkpoint, save_checkpoint
from gapjunction.prediction.model import Model
from hub_cache import keep_in_hub_cache
from tiny_centernet import SMALL, tiny_centernet


def metadata_of(file: Path) -> dict[str, object]:
    return {each.key: json.loads(each.value) for each in onnx.load(file).metadata_props}


def test_run__file__holds_all_that_is_needed_to_use_it(tmp_path: Path) -> None:
    save_checkpoint(tiny_centernet(SMALL), SMALL, tmp_path / "run")
    result = run(ExportConfig(checkpoint=tmp_path / "run", output=tmp_path / "model.onnx"))
    loaded = load_checkpoint(tmp_path / "run")
    metadata = metadata_of(tmp_path / "model.onnx")
    assert metadata.pop("model_version") == result.version == loaded.version
    assert metadata == loaded.config.model_dump(mode="json")
    assert result.num_bytes == (tmp_path / "model.onnx").stat().st_size


def test_main__no_onnx__is_one_line_that_says_what_to_install(
    tmp_path: Path,
    checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    output = tmp_path / "model.onnx"
    assert cli.run(["export", str(checkpoint), "--output", str(output)]) == cli.USER_ERROR
    error = capsys.readouterr().err
    assert 'pip install ".[onnx]"' in error
    assert error.count("\n") == 1
    assert not output.exists()


def test_run__zip__is_a_checkpoint_that_predicts_the_same(checkpoint: Path, tmp_path: Path) -> None:
    run(ExportConfig(checkpoint=checkpoint, to="zip", output=tmp_path / "model.zip"))
    image = simulated_blobs()
    first, second = (
        Model.load(each).find(image[0]) for each in (checkpoint, tmp_path / "model.zip")
    )
    assert len(first.detections) > 0
    np.testing.assert_array_equal(first.detections.boxes, second.detections.boxes)


def test_run__zip_of_a_zip__holds_the_same_run(checkpoint: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    run(ExportConfig(checkpoint=checkpoint, to="zip", output=first))
    run(ExportConfig(checkpoint=first, to="zip", output=second))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.long
def test_run__no_checkpoint_and_no_output__writes_the_shipped_weights_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(ExportConfig(to="zip"))
    assert result.output == Path("model.zip")
    assert Model.load(tmp_path / "model.zip").version == Model.load().version


def test_main__damaged_run__leaves_no_file(checkpoint: Path, tmp_path: Path) -> None:
    (checkpoint / "model.safetensors").write_bytes(b"no weights")
    output = tmp_path / "model.zip"
    arguments = ["export", str(checkpoint), "--to", "zip", "--output", str(output)]
    assert cli.run(arguments) == cli.USER_ERROR
    assert not output.exists()


def test_main__model_of_the_hub__is_predicted_with(
    checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep_in_hub_cache(checkpoint, tmp_path / "hub", monkeypatch)
    Image.fromarray(simulated_blobs()[0]).save(tmp_path / "a.png")
    arguments = ["predict", str(tmp_path / "a.png"), "--checkpoint", "hf://lab/cx43"]
    assert cli.run([*arguments, "--output", str(tmp_path / "out"), "--num_gpus", "0"]) == 0
    assert capsys.readouterr().out.startswith("1 image")
