"""Tests of `gapjunction predict` on OME-Zarr images and slides."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import tifffile

from gapjunction import cli
from gapjunction.commands.predict import images
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError, ImageError
from gapjunction.prediction import slide_detection, tiled
from zarr_samples import dark_with_spots, write_ome_zarr

SIDE = 400
MIDDLES = np.stack(np.meshgrid(range(30, 380, 37), range(30, 380, 37)), axis=-1).reshape(-1, 2)
WHOLE = f"0,0,{SIDE},{SIDE}"


@pytest.fixture(scope="module")
def spots() -> np.ndarray:
    """Return noise with 100 spots that the shipped weights find."""
    return dark_with_spots(SIDE, SIDE, MIDDLES)


def predict(path: Path, output: Path, **options: Any) -> np.ndarray:
    """Return the boxes and scores that are found, sorted."""
    run(PredictConfig(input=path, output=output, num_gpus=0, scale=1.0, **options))
    (file,) = (output / "detections").iterdir()
    (records,) = json.loads(file.read_text()).values()
    names = ("bbox_x", "bbox_y", "bbox_width", "bbox_height", "score")
    return np.array(sorted([record[name] for name in names] for record in records))


def write_tiled(path: Path, pixels: np.ndarray) -> Path:
    tifffile.imwrite(path, pixels, tile=(64, 64))
    return path


@pytest.mark.long
def test_run__tiled_image_by_region__finds_what_the_whole_image_shows(
    tmp_path: Path, spots: np.ndarray
) -> None:
    path = write_tiled(tmp_path / "a.tif", spots)
    whole = predict(path, tmp_path / "whole")
    assert len(whole) == len(MIDDLES)
    np.testing.assert_array_equal(predict(path, tmp_path / "out", region=WHOLE), whole)


@pytest.mark.long
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_run__ome_zarr__finds_what_the_tiff_shows_whole_and_by_region(
    tmp_path: Path, spots: np.ndarray, zarr_format: Literal[2, 3]
) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", spots, zarr_format=zarr_format, chunk_px=64)
    of_tiff = predict(write_tiled(tmp_path / "a.tif", spots), tmp_path / "tiff")
    np.testing.assert_array_equal(predict(path, tmp_path / "whole"), of_tiff)
    np.testing.assert_array_equal(predict(path, tmp_path / "region", region=WHOLE), of_tiff)


def test_run__region__tells_places_in_the_full_image(tmp_path: Path, spots: np.ndarray) -> None:
    path = write_tiled(tmp_path / "a.tif", spots)
    found = predict(path, tmp_path / "out", region="100,150,150,120")
    middles = found[:, :2] + found[:, 2:4] / 2
    inside = (MIDDLES >= (100, 150)).all(axis=1) & (MIDDLES < (250, 270)).all(axis=1)
    assert len(found) == inside.sum()
    assert ((middles >= (100, 150)) & (middles < (250, 270))).all()


def test_run__large_image_in_tiles__is_read_region_by_region(
    tmp_path: Path, spots: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LEAST_PX", 1000)
    monkeypatch.setattr("gapjunction.samples.picture.read_chosen", None)
    found = predict(write_tiled(tmp_path / "a.tif", spots), tmp_path / "out")
    assert len(found) == len(MIDDLES)


@pytest.mark.long
def test_run__slide_in_a_folder_beside_an_ome_zarr__both_are_predicted(
    tmp_path: Path, spots: np.ndarray
) -> None:
    pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')
    folder = tmp_path / "slides"
    folder.mkdir()
    write_tiled(folder / "a.svs", spots)
    write_ome_zarr(folder / "b.zarr", spots)
    result = run(PredictConfig(input=folder, output=tmp_path / "out", num_gpus=0, scale=1.0))
    assert (result.num_images, result.totals) == (2, {"gap_junction": 2 * len(MIDDLES)})


@pytest.mark.long
def test_run__second_time__goes_on_without_predicting_again(
    tmp_path: Path, spots: np.ndarray
) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", spots)
    config = PredictConfig(input=path, output=tmp_path / "out", region=WHOLE, num_gpus=0, scale=1.0)
    run(config)
    assert run(config).num_skipped == 1
    assert run(config.but(threshold=0.9)).num_counted_anew == 1


@pytest.mark.long
def test_run__two_channels_of_an_ome_zarr__takes_the_one_with_spots(
    tmp_path: Path, spots: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    other = np.random.default_rng(1).normal(1000, 20, spots.shape).astype(np.uint16)
    pixels = np.stack([other, spots])
    path = write_ome_zarr(tmp_path / "a.zarr", pixels, "cyx", labels=("DAPI", "Cx43"))
    found = predict(path, tmp_path / "out", region=WHOLE)
    assert "from channel Cx43" in caplog.text
    assert len(found) == len(MIDDLES)


@pytest.mark.long
def test_run__z_stack_of_an_ome_zarr__is_projected(tmp_path: Path, spots: np.ndarray) -> None:
    where = np.random.default_rng(1).integers(0, 2, spots.shape)
    pixels = np.stack([np.where(where == z, spots, spots // 2) for z in range(2)])
    path = write_ome_zarr(tmp_path / "a.zarr", pixels, "zyx")
    with pytest.raises(ImageError, match="2 slices along z"):
        predict(path, tmp_path / "none", region=WHOLE)
    assert len(predict(path, tmp_path / "out", region=WHOLE, z="max")) == len(MIDDLES)


@pytest.mark.parametrize(
    "options", [{"objects": ("csv",)}, {"tissue_mask": True}, {"second_channel": "1"}]
)
def test_run__what_needs_all_of_a_slide__is_refused_by_name(
    tmp_path: Path, spots: np.ndarray, options: dict[str, Any]
) -> None:
    path = write_tiled(tmp_path / "a.tif", spots)
    with pytest.raises(ConfigError, match=f"--{next(iter(options))}: .* read region by region"):
        predict(path, tmp_path / "out", region=WHOLE, **options)


@pytest.mark.parametrize(
    ("region", "told"),
    [("1,2,3", "x,y,width,height"), ("300,0,200,10", "pixels within 400 x 400")],
)
def test_predict__wrong_region__is_one_line_and_code_2(
    tmp_path: Path,
    spots: np.ndarray,
    capsys: pytest.CaptureFixture[str],
    region: str,
    told: str,
) -> None:
    path = write_tiled(tmp_path / "a.tif", spots)
    arguments = ["predict", str(path), "--output", str(tmp_path / "out"), "--region", region]
    assert cli.run(arguments) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert told in last
    assert "--region" in last


def test_predict__ome_zarr_that_is_not_there__is_one_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("aiohttp", reason='comes with pip install ".[remote]"')
    pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')
    address = "http://127.0.0.1:9/a.zarr"
    assert cli.run(["predict", address, "--output", str(tmp_path / "out")]) == 2
    assert address in capsys.readouterr().err.strip().splitlines()[-1]


def test_run__geojson__has_the_counted_boxes_and_follows_the_threshold(
    tmp_path: Path, spots: np.ndarray
) -> None:
    path = write_tiled(tmp_path / "a.tif", spots)
    config = PredictConfig(
        input=path, output=tmp_path / "out", region=WHOLE, num_gpus=0, scale=1.0, geojson=True
    )
    run(config)
    file = tmp_path / "out" / "geojson" / "a.geojson"
    assert len(json.loads(file.read_text())["features"]) == len(MIDDLES)
    run(config.but(threshold=1.0))
    assert json.loads(file.read_text())["features"] == []
    run(config.but(geojson=False, threshold=0.9))
    assert not file.exists()


@pytest.mark.long
def test_run__stopped_in_a_slide__goes_on_with_the_block_it_was_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "LEAST_PX", 1000)
    monkeypatch.setattr(slide_detection, "BLOCK_PX", 520)
    monkeypatch.setattr(tiled, "LARGEST_TILE_PX", 0)  # so that a tile is a block
    path = write_tiled(tmp_path / "a.tif", dark_with_spots(600, 600, MIDDLES))
    output = tmp_path / "out"
    unbroken = predict(path, tmp_path / "unbroken")

    def stopped(*arguments: Any) -> Iterator[list[Detections]]:
        for number, found in enumerate(detect_blocks(*arguments)):
            if number == 2:
                raise KeyboardInterrupt
            yield found

    detect_blocks = slide_detection.detect_blocks
    monkeypatch.setattr(slide_detection, "detect_blocks", stopped)
    with pytest.raises(KeyboardInterrupt):
        predict(path, output)
    (blocks,) = (output / "seen").glob(".blocks-*")
    num_kept = len(list(blocks.iterdir()))
    monkeypatch.setattr(slide_detection, "detect_blocks", detect_blocks)
    found = predict(path, output)

    assert num_kept == 2
    np.testing.assert_array_equal(found, unbroken)
    assert not blocks.exists()
