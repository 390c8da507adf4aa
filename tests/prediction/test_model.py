"""Tests for `gapjunction.prediction.model`: what Python users get is what `predict` writes."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from builders import BlobDetector
from channel_pictures import noise, spots, stained, with_spots
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.detections_json import read_detection_file
from gapjunction.errors import CheckpointError, ConfigError, DeviceError, ImageError
from gapjunction.images.microscope_image import read_image
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction.model import Model
from gapjunction.simulation.simulated_dataset import (
    plan_fields,
    simulate_planned,
    write_field,
)
from microscope_samples import write_ome_tiff

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())


@pytest.fixture(scope="module")
def color(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a simulated picture with connexin in cyan, GFAP in red and DNA in blue."""
    [plan] = plan_fields("human", num_images=1, num_assets=1)
    return write_field(
        simulate_planned(plan, seed=0, size_px=256), plan.stem, tmp_path_factory.mktemp("color")
    ).path


def blobs(**changes: object) -> Model:
    """Return a model without a network that finds bright spots."""
    config = CONFIG.but(**changes)
    return Model(BlobDetector(0.75), config, "0", Path("model"), torch.device("cpu"))


def grey(num_spots: int = 9) -> NDArray[np.uint8]:
    plane: NDArray[np.uint8] = with_spots(noise(channels=1), spots(num_spots), 0)[0]
    return plane


def two_channels(folder: Path) -> Path:
    """Write a file with puncta in its second channel."""
    pixels = np.stack([noise(channels=1)[0], grey(20)])
    return write_ome_tiff(
        folder / "a.ome.tif", pixels, axes="CYX", Channel={"Name": ["DAPI", "Cx43"]}
    )


def require_same_as_predict(source: Path, folder: Path, **options: str) -> None:
    """Compare boxes, scores, counts and intervals of an image with the files of `predict`."""
    found = Model.load(device="cpu").find(read_image(source, **options))  # type: ignore[arg-type]
    channel = (options["channel"],) if "channel" in options else ()
    run(PredictConfig(input=source, output=folder, num_gpus=0, channel=channel))
    (path,) = (folder / "detections").glob("*.json")
    written = read_detection_file(path).as_detections(found.class_names)
    boxes = found.detections.boxes.astype(np.float64)
    np.testing.assert_allclose(written.boxes, boxes, atol=0.0011)  # files have 3 decimals
    np.testing.assert_allclose(written.scores, found.detections.scores, atol=5e-7)
    ((name, count),) = found.counts.items()
    low, high = found.intervals[name]
    row = (folder / "counts.csv").read_text().splitlines()[1].split(",")
    assert {str(count), str(low), str(high)} <= set(row)


@pytest.mark.long
def test_find__color_picture__is_what_predict_writes(tmp_path: Path, color: Path) -> None:
    require_same_as_predict(color, tmp_path / "out")


@pytest.mark.long
def test_find__channel_of_a_color_picture__is_what_predict_writes(
    tmp_path: Path, color: Path
) -> None:
    require_same_as_predict(color, tmp_path / "out", channel="red")


def test_find__microscope_file_with_a_known_pixel_size__is_what_predict_writes(
    tmp_path: Path, color: Path
) -> None:
    plane = np.asarray(Image.open(color))[..., 1].astype(np.uint16) * 16
    size = {"PhysicalSizeX": 0.05, "PhysicalSizeY": 0.05}
    path = write_ome_tiff(tmp_path / "a.ome.tif", plane, axes="YX", **size)
    require_same_as_predict(path, tmp_path / "out")


@pytest.mark.long
@pytest.mark.parametrize("axis", [0, 2])
def test_find__array__is_as_the_file_it_was_read_from(axis: int, color: Path) -> None:
    model = Model.load(device="cpu")
    array = np.moveaxis(np.asarray(Image.open(color)), 2, axis)
    of_array, of_file = model.find(array), model.find(read_image(color))
    np.testing.assert_array_equal(of_array.seen.boxes, of_file.seen.boxes)
    np.testing.assert_array_equal(of_array.seen.scores, of_file.seen.scores)


def test_find__crowd_too_dense_to_be_told_apart__has_an_interval_that_holds_it() -> None:
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:120, :120] + 0.5
    light = 12 + 48 / (1 + np.exp((np.hypot(x - 60, y - 60) - 23) / 3))  # a glowing cell
    places: list[NDArray[np.float64]] = []
    for _ in range(4000):
        place = 60 + 20 * np.sqrt(rng.random()) * np.array(
            [np.cos(turn := rng.uniform(0, 2 * np.pi)), np.sin(turn)]
        )
        if all(np.hypot(*(place - other)) >= 3.5 for other in places):
            places.append(place)
            light += 80 * np.exp(-(np.hypot(x - place[0], y - place[1]) ** 2) / 2)
    image = rng.poisson(light).clip(0, 255).astype(np.uint8)

    found = Model.load(device="cpu").find(image)

    low, high = found.intervals["gap_junction"]
    assert low <= len(places) <= high
    assert found.unlikeness is not None
    assert found.unlikeness > 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_find__grey_array__finds_its_spots(dtype: type) -> None:
    found = blobs().find(grey().astype(dtype))
    assert found.counts == {"gap_junction": 9}
    assert found.image.shape == (1, 128, 128)


def test_find__dim_spots_that_are_doubted__are_weighed_by_brightness_in_grey_of_any_form() -> None:
    rng = np.random.default_rng(1)
    light = np.full((128, 128), 30.0)
    y, x = np.mgrid[:128, :128]
    for _ in range(60):
        (left, top), peak = rng.uniform(4, 124, 2), rng.lognormal(2.6, 0.7)
        light += peak * np.exp(-((x - left) ** 2 + (y - top) ** 2) / 9.7)
    image = rng.poisson(light).clip(0, 255).astype(np.uint8)
    shipped = Model.load(device="cpu")
    unweighed = replace(shipped, config=shipped.config.but(salience=None))

    grey, in_color = shipped.find(image), shipped.find(np.repeat(image[None], 3, axis=0))

    assert len(grey.detections) > len(unweighed.find(image).detections)
    assert in_color.seen.scores.tolist() == grey.seen.scores.tolist()


def test_find__channel_of_an_array__is_looked_at_alone() -> None:
    picture = with_spots(stained(1), spots(4, first=20), 2)
    assert blobs().find(picture).counts == {"gap_junction": 20}
    assert blobs().find(picture, channel=3).counts == {"gap_junction": 4}
    assert blobs().find(picture, channel="blue").counts == {"gap_junction": 4}
    assert blobs().find(picture, channel="all").image.shape == (3, 128, 128)


def test_find__model_of_color__takes_color_as_it_is() -> None:
    assert blobs(channel=("all",)).find(stained(1)).image.shape == (3, 128, 128)


def test_find__channels_of_a_microscope_file__finds_the_one_with_puncta(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    found = blobs().find(read_image(two_channels(tmp_path)))
    assert (found.counts, found.image.shape) == ({"gap_junction": 20}, (1, 128, 128))
    assert "taken from channel Cx43" in caplog.text


def test_find__model_of_color_and_channels_of_a_microscope_file__is_one_line(
    tmp_path: Path,
) -> None:
    with pytest.raises(ImageError, match="one channel, or to be told which, found 2 channels"):
        blobs(channel=("all",)).find(read_image(two_channels(tmp_path)))


def test_find__unknown_channel__is_one_line() -> None:
    with pytest.raises(ImageError, match="1 red, 2 green, 3 blue"):
        blobs().find(stained(1), channel="Cx43")


def test_find__threshold__changes_what_is_counted_not_what_is_seen() -> None:
    found = blobs().find(grey(), threshold=1.0)
    assert found.counts == {"gap_junction": 0}
    assert len(found.seen) == 9


@pytest.mark.parametrize(
    "wrong", [{"threshold": 1.5}, {"scale": 0.01}, {"um_per_px": -1.0}, {"um_per_px": np.nan}]
)
def test_find__argument_out_of_range__names_it(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        blobs().find(grey(), **wrong)  # type: ignore[arg-type]


def test_find__pixel_size_stated__is_in_what_was_found() -> None:
    assert blobs().find(grey(), um_per_px=0.1).um_per_px == 0.1


@pytest.mark.long
def test_load__folder_or_zip_of_a_run__is_the_same_model(tmp_path: Path) -> None:
    packed = shutil.make_archive(
        str(tmp_path / "run"), "zip", SHIPPED_MODEL.parent, "medium_quality"
    )
    of_zip, of_folder = Model.load(packed), Model.load(SHIPPED_MODEL)
    assert of_zip.version == of_folder.version == Model.load().version
    assert of_zip.folder == Path(packed)
    assert not of_zip.is_shipped


def test_load__nothing_there__is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such folder"):
        Model.load(tmp_path / "run.zip")


def test_load__no_such_device__is_one_line() -> None:
    with pytest.raises(DeviceError, match="a device that torch has here"):
        Model.load(device="tpu")
