"""Tests for `gapjunction.commands.predict.totals`."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from builders import BlobDetector, add_image, build_dataset
from channel_pictures import noise, spots, with_spots
from gapjunction.calibration import Calibration
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.totals import Total, of_assets, total_rows
from gapjunction.count_intervals import CountEstimate, Reach
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.model import Model

REACH = Reach(image=2.0, animal=4.0, within_animals=0.0, between_animals=1.0, num_animals=9)
CALIBRATION = Calibration(num_images=9, reach=REACH)
CONFIG = DetectorConfig(
    class_names=("gap_junction",),
    class_colors=("#4EF8FF",),
    channel=(),
    calibration=CALIBRATION,
)


def image(dataset: str, asset: str, count: int, half_width: float, name: str = "a") -> Total:
    estimate = CountEstimate(count=count, fitted_count=count, half_width=half_width)
    return Total.of_image(dataset, asset, name, estimate)


def test_of_assets__several_images__are_summed_by_asset_and_class() -> None:
    images = [
        image("rats", "1", 30, 3),
        image("rats", "2", 7, 2),
        image("rats", "1", 40, 4),
        image("rats", "1", 5, 1, "b"),
    ]
    first, second, other = of_assets(images, CALIBRATION)
    assert (first.estimate.count, first.num_images) == (70, 2)
    assert first.estimate.half_width == pytest.approx(10)  # the root of 9 + 16, by 4 / 2
    assert (second.asset, second.estimate.half_width) == ("2", 2)
    assert (other.class_name, other.estimate.count) == ("b", 5)


def test_total_rows__two_datasets_and_a_plain_image__have_each_level() -> None:
    assets = [image("rats", "1", 30, 3), image("rats", "2", 40, 4), image("", "", 5, 1)]
    levels = [(row[0], row[1], row[5], row[7]) for row in total_rows(assets, CALIBRATION)]
    assert levels == [
        ("asset", "rats", 1, 30),
        ("asset", "rats", 1, 40),
        ("asset", "", 1, 5),
        ("dataset", "rats", 2, 70),
        ("all", "", 3, 75),
    ]


def test_total_rows__animals_that_err_alike__have_half_widths_that_add_up() -> None:
    (*_, whole) = total_rows([image("", "1", 30, 3), image("", "2", 40, 4)], CALIBRATION)
    assert whole[-1] == 77


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def _blobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model(BlobDetector(0.75), CONFIG, "0", Path("model"), torch.device("cpu"))
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)


def with_images(asset: Path, names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        add_image(asset, name, with_spots(noise(channels=1), spots(3, first=place), 0)[0])


@pytest.mark.usefixtures("_blobs_are_found")
def test_run__assets_of_images_and_a_stack__count_objects_of_one_and_plaques_of_the_other(
    tmp_path: Path,
) -> None:
    root = tmp_path / "rats"
    build_dataset(root, num_assets=2, images_per_asset=0)
    with_images(root / "Assets" / "asset_0", ["one", "two"])
    with_images(root / "Assets" / "asset_1", ["s_Z1_", "s_Z2_"])
    run(PredictConfig(input=root, output=tmp_path / "out"))
    rows = rows_of(tmp_path / "out" / "totals.csv")
    assert [(row["level"], row["asset"], row["counted"], row["count"]) for row in rows] == [
        ("asset", "asset_0", "objects", "6"),
        ("dataset", "", "objects", "6"),
        ("all", "", "objects", "6"),
        ("asset", "asset_1", "plaques", "4"),
        ("dataset", "", "plaques", "4"),
        ("all", "", "plaques", "4"),
    ]
    assert all(int(row["low"]) <= int(row["count"]) <= int(row["high"]) for row in rows)


@pytest.mark.usefixtures("_blobs_are_found")
def test_run__plain_folder__takes_its_images_to_be_of_one_animal(tmp_path: Path) -> None:
    for place in range(2):
        pixels = with_spots(noise(channels=1), spots(2, first=place), 0)[0]
        Image.fromarray(np.asarray(pixels)).save(tmp_path / f"{'ab'[place]}.png")
    run(PredictConfig(input=tmp_path, output=tmp_path / "out"))
    asset, whole = rows_of(tmp_path / "out" / "totals.csv")
    assert (asset["level"], asset["assets"], asset["images"], asset["count"]) == (
        *("asset", "1", "2", "4"),
    )
    assert (whole["level"], whole["low"], whole["high"]) == ("all", asset["low"], asset["high"])
