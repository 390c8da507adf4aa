"""Tests for `gapjunction.commands.predict.regions`, through a prediction with a fake detector."""

import csv
import json
import logging
from pathlib import Path

import numpy as np
import pytest
import roifile
import torch
from matplotlib.path import Path as Outline
from PIL import Image

from builders import BlobDetector
from channel_pictures import SIDE_PX, noise, spots, with_spots
from gapjunction import cli
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.result import PredictResult
from gapjunction.images.pictures import read_picture
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.model import Model

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())
CORNERS = [(0.3, 0.2), (70.7, 10.1), (60.4, 80.3), (10.2, 64.6)]


@pytest.fixture(autouse=True)
def blobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shipped model find each bright spot."""
    cpu = torch.device("cpu")
    model = Model(BlobDetector(0.75), CONFIG, "0", Path("model"), cpu, is_shipped=True)
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Write two images with spots all over."""
    (tmp_path / "images").mkdir()
    for name in ("rat", "dog"):
        plane = with_spots(noise(channels=1), spots(9), 0)[0]
        Image.fromarray(plane).save(tmp_path / "images" / f"{name}.png")
    return tmp_path / "images"


def predicted(images: Path, out: Path, **options: object) -> PredictResult:
    return run(PredictConfig.model_validate({"input": images, "output": out} | options))


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "regions.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def geojson(path: Path) -> Path:
    geometry = {"type": "Polygon", "coordinates": [[*CORNERS, CORNERS[0]]]}
    shape = {"type": "Feature", "geometry": geometry, "properties": {"name": "cortex"}}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(shape))
    return path


def roi(path: Path) -> Path:
    selection = roifile.ImagejRoi.frompoints(np.array(CORNERS, np.float32), name="cortex")
    selection.roitype = roifile.ROI_TYPE.POLYGON
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(selection.tobytes())
    return path


def test_run__imagej_qupath_and_a_mask_of_one_region__give_the_same_row(
    images: Path, tmp_path: Path
) -> None:
    out, regions = tmp_path / "out", tmp_path / "regions"
    options = {"pixel_size_um": 0.2, "overlays": True}
    predicted(images, out, roi=roi(regions / "rat.roi").parent, **options)
    (imagej,) = rows_of(out)
    _, height, width = read_picture(out / "region_overlays/rat.png").shape
    assert width == 2 * SIDE_PX < height  # with a caption
    predicted(images, out, roi=geojson(tmp_path / "rat.geojson"), **options)
    (qupath,) = rows_of(out)
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX]
    middles = np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5
    inside = Outline(CORNERS).contains_points(middles).reshape(SIDE_PX, SIDE_PX)
    Image.fromarray(inside.astype(np.uint8)).save(tmp_path / "rat_mask.png")
    predicted(images, out, roi=tmp_path / "rat_mask.png", **options)
    (masked,) = rows_of(out)
    assert int(imagej["count"]) > 0
    assert imagej == qupath
    assert masked == imagej | {"region": "1"}


def test_run__whole_image_as_a_region__has_its_count_and_interval(
    images: Path, tmp_path: Path
) -> None:
    Image.new("L", (SIDE_PX, SIDE_PX), 1).save(tmp_path / "rat.png")
    result = predicted(images, tmp_path / "out", roi=tmp_path / "rat.png")
    (row,) = rows_of(tmp_path / "out")
    with (tmp_path / "out" / "counts.csv").open(newline="") as stream:
        counts = {each["image"]: each for each in csv.DictReader(stream)}
    names = ("count", "low", "high")
    assert [row[name] for name in names] == [counts["rat"][name] for name in names]
    assert str(tmp_path / "out" / "regions.csv") in str(result)
    assert "1 region of 1 image" in str(result)


def test_run__image_without_regions__is_named(
    images: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    predicted(images, tmp_path / "out", roi=geojson(tmp_path / "rat.geojson"))
    assert "1 image without regions: dog" in caplog.text


def test_run__regions_no_longer_asked_for__table_and_pictures_go(
    images: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    predicted(images, out, tissue_mask=True, overlays=True)
    assert [row["region"] for row in rows_of(out)] == ["tissue", "tissue"]
    result = predicted(images, out)
    assert result.num_skipped == 2
    assert not (out / "regions.csv").exists()
    assert not (out / "region_overlays").exists()


def test_main__region_file_that_fits_no_image__is_one_line_before_anything_is_predicted(
    images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    given = ["predict", str(images), "--output", str(out)]
    code = cli.run([*given, "--roi", str(geojson(tmp_path / "elk.geojson"))])
    assert code == 2
    assert "elk.geojson: expected" in capsys.readouterr().err
    assert not (out / "detections").exists()
