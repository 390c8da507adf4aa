"""Tests for `gapjunction.benchmark.seen_assets`."""

from pathlib import Path

import pytest

from builders import write_json_file
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.manifest import PredictionManifest
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.dataset.splits import Assignment, write_assignment

STEMS = ("a", "b", "c", "d", "e")
ASSETS = [AssetName("set", name) for name in ("rat1", "rat2", "rat3", "rat4", "rat1")]


@pytest.fixture
def manifest(tmp_path: Path) -> PredictionManifest:
    """Return that of a model trained on rat1, validated on rat2, with rat3 left for testing."""
    splits_file = tmp_path / "splits.json"
    splits = {ASSETS[0]: "train", ASSETS[1]: "val", ASSETS[2]: "test"}
    write_assignment(splits_file, Assignment(0, 0.15, 0.15, splits))  # type: ignore[arg-type]
    return PredictionManifest(splits_file=splits_file)


def test_warn_of_seen_assets__some_trained_or_validated_on__are_counted(
    tmp_path: Path, manifest: PredictionManifest, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_seen_assets(manifest, tmp_path, STEMS, ASSETS)
    [line] = caplog.messages
    assert "trained or validated on the assets of 3 of the 5 images" in line
    assert str(manifest.splits_file) in line


def test_warn_of_seen_assets__assets_not_known_here__are_those_of_counts_csv(
    tmp_path: Path, manifest: PredictionManifest, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "counts.csv").write_text("dataset,asset,image\nset,rat2,a\nset,rat3,b\n")
    warn_of_seen_assets(manifest, tmp_path, STEMS[:3], ())
    assert "assets of 1 of the 3 images" in caplog.text


@pytest.mark.parametrize("dataset", ["set", "other"])
def test_warn_of_seen_assets__none_seen__says_nothing(
    tmp_path: Path, manifest: PredictionManifest, caplog: pytest.LogCaptureFixture, dataset: str
) -> None:
    unseen = {"set": ASSETS[2:4], "other": [AssetName("other", name) for _, name in ASSETS[:2]]}
    warn_of_seen_assets(manifest, tmp_path, STEMS[:2], unseen[dataset])
    assert not caplog.messages


@pytest.mark.parametrize("splits_file", [None, Path("nowhere/splits.json")])
def test_warn_of_seen_assets__run_not_known_or_gone__says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, splits_file: Path | None
) -> None:
    warn_of_seen_assets(PredictionManifest(splits_file=splits_file), tmp_path, STEMS, ASSETS)
    assert not caplog.messages


def test_warn_of_seen_assets__damaged_split_file__says_so_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_json_file(tmp_path / "splits.json", {})
    manifest = PredictionManifest(splits_file=tmp_path / "splits.json")
    warn_of_seen_assets(manifest, tmp_path, STEMS, ASSETS)
    [line] = caplog.messages
    assert "nothing tells on which images the model was trained" in line
    assert "\n" not in line
