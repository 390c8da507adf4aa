"""Tests for `gapjunction.benchmark.seen_assets`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.seen_assets import warn_of_seen_assets
from gapjunction.prediction_folder import Manifest

STEMS = ("a", "b", "c", "d", "e")
ASSETS = [AssetName("set", name) for name in ("rat1", "rat2", "rat3", "rat4", "rat1")]


@pytest.fixture
def manifest() -> Manifest:
    """Return that of a model trained on rat1 and validated on rat2."""
    return Manifest(seen_assets=tuple(ASSETS[:2]))


def test_warn_of_seen_assets__some_trained_or_validated_on__are_counted(
    tmp_path: Path, manifest: Manifest, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_seen_assets(manifest, tmp_path, STEMS, ASSETS)
    [line] = caplog.messages
    assert "trained or validated on the assets of 3 of the 5 images" in line
    assert str(tmp_path) in line


def test_warn_of_seen_assets__assets_not_known_here__are_those_of_counts_csv(
    tmp_path: Path, manifest: Manifest, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "counts.csv").write_text("dataset,asset,image\nset,rat2,a\nset,rat3,b\n")
    warn_of_seen_assets(manifest, tmp_path, STEMS[:3], ())
    assert "assets of 1 of the 3 images" in caplog.text


@pytest.mark.parametrize("dataset", ["set", "other"])
def test_warn_of_seen_assets__none_seen__says_nothing(
    tmp_path: Path, manifest: Manifest, caplog: pytest.LogCaptureFixture, dataset: str
) -> None:
    unseen = {"set": ASSETS[2:4], "other": [AssetName("other", name) for _, name in ASSETS[:2]]}
    warn_of_seen_assets(manifest, tmp_path, STEMS[:2], unseen[dataset])
    assert not caplog.messages


def test_warn_of_seen_assets__manifest_that_does_not_tell__says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warn_of_seen_assets(Manifest(), tmp_path, STEMS, ASSETS)
    assert not caplog.messages
