"""Tests for `gapjunction.runs.weights`; files come from folders, not from a network."""

import hashlib
from pathlib import Path

import pytest

from gapjunction import presets
from gapjunction.choices import PresetName
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.presets import PRESETS, Preset, PublishedWeights
from gapjunction.runs.weights import find_weights
from hub_cache import keep_in_hub_cache

CONTENT = b"weights"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where downloads go."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


def publish(monkeypatch: pytest.MonkeyPatch, path: Path, sha256_start: str) -> None:
    """Make `path` the published weights of high_quality."""
    preset = PRESETS["high_quality"]
    changed = Preset(
        preset.summary,
        preset.network,
        preset.recipes,
        published=PublishedWeights(path.as_uri(), sha256_start, size_mb=1),
    )
    monkeypatch.setitem(presets.PRESETS, "high_quality", changed)


def published_file(folder: Path) -> tuple[Path, str]:
    folder.mkdir()
    path = folder / "dino.pth"
    path.write_bytes(CONTENT)
    return path, hashlib.sha256(CONTENT).hexdigest()[:8]


@pytest.mark.parametrize("given", ["coco", None])
def test_find_weights__published__are_downloaded_once(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    path, digits = published_file(tmp_path / "server")
    publish(monkeypatch, path, digits)
    first = find_weights(given, "high_quality")
    assert first == cache / "dino.pth"
    assert first.read_bytes() == CONTENT
    path.unlink()  # as offline
    assert find_weights(given, "high_quality") == first


def test_find_weights__download_that_is_not_what_was_published__leaves_nothing(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = published_file(tmp_path / "server")
    publish(monkeypatch, path, "01234567")
    with pytest.raises(CheckpointError, match="found invalid hash value"):
        find_weights("coco", "high_quality")
    assert list(cache.iterdir()) == []


def test_find_weights__no_network__says_where_to_put_the_file(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, tmp_path / "nowhere" / "dino.pth", "01234567")
    with pytest.raises(CheckpointError, match="or none to train from random weights") as caught:
        find_weights(None, "high_quality")
    assert f"put it at {cache / 'dino.pth'}" in str(caught.value)
    assert str(caught.value).startswith("file://")
    assert "\n" not in str(caught.value)


def test_find_weights__none__starts_from_random_weights() -> None:
    assert find_weights("none", "high_quality") is None


def test_find_weights__compact_detector__starts_from_what_is_shipped() -> None:
    shipped = find_weights(None, "medium_quality")
    assert shipped is not None
    assert load_checkpoint(shipped).config.class_names == ("gap_junction",)
    assert find_weights("shipped", "medium_quality") == shipped
    assert find_weights("none", "medium_quality") is None


@pytest.mark.parametrize(
    ("given", "preset", "there"),
    [("coco", "medium_quality", "shipped, none"), ("shipped", "high_quality", "coco, none")],
)
def test_find_weights__kind_that_the_preset_lacks__names_those_it_has(
    given: str, preset: PresetName, there: str
) -> None:
    with pytest.raises(ConfigError, match=f"for {preset}: {there}"):
        find_weights(given, preset)


def test_find_weights__path__is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_weights("run", "best_quality") == tmp_path / "run"


def test_find_weights__path_without_anything__is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="found no such file or folder"):
        find_weights(str(tmp_path / "run"), "best_quality")


def test_find_weights__address_on_the_hub__is_the_folder_in_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("config.json", "model.safetensors"):
        (run / name).write_text(name)
    snapshot = keep_in_hub_cache(run, tmp_path / "hub", monkeypatch)
    assert find_weights("hf://lab/cx43", "medium_quality") == snapshot
