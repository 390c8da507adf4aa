"""Tests for `bench.where_seconds_go`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from bench.where_seconds_go import LOG, floor_seconds, measure, table

from gapjunction.prediction.model import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(device="cpu")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 99, (64, 64), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", noise)
    return tmp_path / "a.tif"


def test_measure__image__has_seconds_of_each_part(
    tmp_path: Path, model: Model, image: Path
) -> None:
    seconds = measure(model, image, tmp_path)
    parts = ["read, decode", "intensity", "network", "merge", "spots", "write", LOG]
    assert list(seconds) == parts
    assert min(seconds.values()) > 0


def test_floor_seconds__four_times_the_pixels__takes_about_four_times_as_long(
    tmp_path: Path, model: Model, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.where_seconds_go.flop_per_second", lambda: 1e9)
    tifffile.imwrite(tmp_path / "b.tif", np.zeros((128, 128), np.uint8))
    ratio = floor_seconds(model, tmp_path / "b.tif") / floor_seconds(model, image)
    assert ratio == pytest.approx(4, rel=0.02)


def test_table__parts__have_shares_of_their_sum_without_the_other_method() -> None:
    lines = table({"network": 3.0, "write": 1.0, LOG: 5.0}, 1.5).splitlines()
    assert lines[0].split() == ["network", "3.000", "s", "75.0%"]
    assert lines[2].split() == ["all", "4.000", "s"]
    assert lines[3].endswith("2.0 times as long")
