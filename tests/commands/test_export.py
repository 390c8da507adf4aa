"""Tests for `gapjunction.commands.export`."""

import json
import sys
from pathlib import Path

import onnx
import pytest

from gapjunction import cli
from gapjunction.commands.export import ExportConfig, run
from gapjunction.models.checkpoint import load_checkpoint, save_checkpoint
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
