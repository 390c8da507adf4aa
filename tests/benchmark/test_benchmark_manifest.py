"""Tests for `gapjunction.benchmark.manifest`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.manifest import PredictionManifest, read_manifest
from gapjunction.errors import BenchmarkError


def test_read_manifest__none_there__knows_nothing(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "predictions") == PredictionManifest()


@pytest.mark.parametrize("folder", [".", "detections"])
def test_read_manifest__in_the_folder_or_above__is_read(tmp_path: Path, folder: str) -> None:
    text = '{"model": "m", "model_version": "v3", "threshold": 0.25, "seconds": 3}'
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    manifest = read_manifest(tmp_path / folder)
    assert (manifest.model_version, manifest.threshold) == ("v3", 0.25)


def test_read_manifest__null_values__count_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"dataset": null, "threshold": null}')
    assert read_manifest(tmp_path) == PredictionManifest()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "valid JSON"),
        ("[]", r"manifest\.json"),
        ('{"threshold": 7}', "threshold: expected less than or equal to 1, found 7"),
        ('{"model_version": 3}', "model_version: expected a valid string, found 3"),
    ],
)
def test_read_manifest__damaged__is_one_line_of_error(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BenchmarkError, match=message) as caught:
        read_manifest(tmp_path)
    assert "\n" not in str(caught.value)
