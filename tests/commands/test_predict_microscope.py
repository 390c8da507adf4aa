"""Tests of `gapjunction predict` on microscope files."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from builders import simulated_blobs
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.errors import ConfigError, ImageError
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.shown_size import ShownSize
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned
from microscope_samples import MOSAIC_CZI, stack, write_ome_tiff

ONE_PLANE: dict[str, Any] = {"channel": ("2",), "z": "max", "time": 1}


def boxes_in(output: Path, stem: str) -> np.ndarray:
    path = output / "detections" / f"{stem}_bbox.json"
    (records,) = json.loads(path.read_text()).values()
    rows = [[each[f"bbox_{of}"] for of in ("x", "y", "width", "height")] for each in records]
    rows = [[*row, each["score"]] for row, each in zip(rows, records, strict=True)]
    return np.array(sorted(rows))


def predict(path: Path, output: Path, **options: Any) -> np.ndarray:
    run(PredictConfig(input=path, output=output, **options))
    return boxes_in(output, path.stem)


def assert_found_again(found: np.ndarray, others: np.ndarray) -> None:
    """Require that all but doubtful boxes are among `others`, half a pixel off at most."""
    certain = found[found[:, 4] > found[:, 4].min() + 0.05]
    away_px = np.abs(certain[:, None, :4] - others[None, :, :4]).max(axis=2)
    assert len(certain) > 0.8 * len(found)
    assert away_px.min(axis=1).max() < 0.5


@pytest.fixture(scope="module")
def field() -> np.ndarray:
    """Return a simulated field (512, 512) of 12 bits, with objects that the shipped weights find.

    The four bits below those of the image are drawn at random.
    """
    [plan] = plan_fields("rat", num_images=1, num_assets=1)
    image = simulate_planned(plan, seed=0, size_px=512).pixels
    channel = image[..., np.argmax(image.std(axis=(0, 1)))].astype(np.uint16)
    noise = np.random.default_rng(0).integers(0, 16, channel.shape, dtype=np.uint16)
    return np.asarray(channel * 16 + noise)


@pytest.fixture
def z_stack(tmp_path: Path, field: np.ndarray) -> Path:
    """Return an OME-TIFF of four slices and three channels; the second is the field, shared out."""
    pixels = stack(4, 3, *field.shape)
    where = np.random.default_rng(1).integers(0, 4, field.shape)
    for z in range(4):
        pixels[z, 1] = np.where(where == z, field, field // 2)
    return write_ome_tiff(tmp_path / "field.ome.tif", pixels, "ZCYX")


@pytest.mark.long
def test_run__z_stack_of_three_channels__finds_what_its_projected_channel_shows(
    tmp_path: Path, z_stack: Path, field: np.ndarray
) -> None:
    found = predict(z_stack, tmp_path / "stack", channel=("2",), z="max")
    Image.fromarray(field).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(predict(tmp_path / "deep.png", tmp_path / "deep"), found)
    assert len(found) > 10


@pytest.mark.long
def test_run__z_stack_of_three_channels__finds_the_same_with_8_bits_but_for_rounding(
    tmp_path: Path, z_stack: Path, field: np.ndarray
) -> None:
    found = predict(z_stack, tmp_path / "stack", channel=("2",), z="max")
    Image.fromarray((field >> 4).astype(np.uint8)).save(tmp_path / "flat.png")
    in_8_bits = predict(tmp_path / "flat.png", tmp_path / "flat")
    assert_found_again(found, in_8_bits)
    assert_found_again(in_8_bits, found)


@pytest.mark.long
@pytest.mark.parametrize("um_per_px", [1.0, 25400 / 300])
def test_run__pixel_size_that_nobody_measured__is_as_none(
    tmp_path: Path, field: np.ndarray, um_per_px: float, caplog: pytest.LogCaptureFixture
) -> None:
    sides = {"PhysicalSizeX": um_per_px, "PhysicalSizeY": um_per_px}
    doubtful = write_ome_tiff(tmp_path / "doubtful.ome.tif", field, "YX", **sides)
    Image.fromarray(field).save(tmp_path / "none.png")
    expected = predict(tmp_path / "none.png", tmp_path / "none")
    run(PredictConfig(input=doubtful, output=tmp_path / "out"))
    np.testing.assert_array_equal(boxes_in(tmp_path / "out", "doubtful.ome"), expected)
    assert f"a pixel size of {um_per_px:g} um is not believed" in caplog.text
    assert len(expected) > 10


@pytest.mark.long
def test_run__true_large_pixels__are_believed_and_announced(
    tmp_path: Path, field: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    sides = {"PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5}
    reduced = Image.fromarray(field.astype(np.float32)).resize((106, 106), Image.Resampling.BOX)
    pixels = np.asarray(reduced).astype(np.uint16)
    path = write_ome_tiff(tmp_path / "a.ome.tif", pixels, "YX", **sides)
    with caplog.at_level(logging.INFO):
        result = run(PredictConfig(input=path, output=tmp_path / "out"))
    assert "1 image is shown at 1.67 times actual size, because of pixels of 0.5 um" in caplog.text
    assert result.totals["gap_junction"] > 10


@pytest.mark.long
def test_run__wrong_size_in_imagej_s_notes__finds_all_simulated_spots(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    y, x = np.mgrid[:192, :256]
    away_px = np.hypot(y % 64 - 32, x % 51 - 25)
    light = 120 * np.exp(-(away_px**2) / (2 * 2.0**2)) + np.random.default_rng(0).poisson(
        20, y.shape
    )
    tifffile.imwrite(
        tmp_path / "a.tif",
        light.astype(np.uint8),
        imagej=True,
        resolution=(1 / 2, 1 / 2),
        metadata={"unit": "micron"},
    )
    assert len(predict(tmp_path / "a.tif", tmp_path / "out")) == 15
    assert "a pixel size of 2 um is not believed (" in caplog.text
    assert " objects are seen without it and " in caplog.text


@pytest.mark.long
def test_run__size_judged_before__is_not_looked_at_again(
    tmp_path: Path, field: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = {"PhysicalSizeX": 0.8, "PhysicalSizeY": 0.8}
    path = write_ome_tiff(tmp_path / "a.ome.tif", field, "YX", **sides)
    first = run(PredictConfig(input=path, output=tmp_path / "out"))

    def detect(*_: object) -> None:
        raise AssertionError("an image was looked at")

    monkeypatch.setattr("gapjunction.prediction.scale_estimate.detect_image", detect)
    again = run(PredictConfig(input=path, output=tmp_path / "out", threshold=0.0))
    assert again.num_counted_anew == 1
    assert again.totals["gap_junction"] > first.totals["gap_junction"]


def test_run__dark_blobs__says_why_none_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Image.fromarray(simulated_blobs(are_dark=True)[0]).save(tmp_path / "a.png")
    result = run(PredictConfig(input=tmp_path / "a.png", output=tmp_path / "out"))
    assert result.totals == {"gap_junction": 0}
    assert "a: next to nothing was counted among things of about 19 px" in caplog.text


@pytest.mark.long
def test_run__8_and_16_bits_in_a_folder__find_the_same(tmp_path: Path, field: np.ndarray) -> None:
    (tmp_path / "in").mkdir()
    flat = (field >> 4).astype(np.uint8)
    Image.fromarray(flat).save(tmp_path / "in" / "flat.png")
    Image.fromarray(flat.astype(np.uint16) * 257).save(tmp_path / "in" / "deep.png")
    run(PredictConfig(input=tmp_path / "in", output=tmp_path / "out"))
    flat_boxes, deep_boxes = (boxes_in(tmp_path / "out", stem) for stem in ("flat", "deep"))
    assert len(flat_boxes) > 10
    np.testing.assert_allclose(deep_boxes, flat_boxes, atol=0.1)


@pytest.mark.long
def test_run__float_with_pixels_without_data__finds_what_is_there_without_them(
    tmp_path: Path, field: np.ndarray
) -> None:
    whole, holes = field.astype(np.float32) / 7, field.astype(np.float32) / 7
    holes[:, :40] = -1e6
    whole[:, :40] = whole[:, 40:].min()
    for name, pixels in (("whole", whole), ("holes", holes)):
        tifffile.imwrite(tmp_path / f"{name}.tif", pixels)
    expected = predict(tmp_path / "whole.tif", tmp_path / "whole")
    assert len(expected) > 10
    np.testing.assert_array_equal(predict(tmp_path / "holes.tif", tmp_path / "holes"), expected)


def test_run__all_scenes__are_images_of_their_own(tmp_path: Path, checkpoint: Path) -> None:
    config = PredictConfig(
        input=MOSAIC_CZI, checkpoint=checkpoint, output=tmp_path / "out", scene="all", **ONE_PLANE
    )
    assert run(config).num_images == 2
    names = {path.stem for path in (tmp_path / "out" / "detections").iterdir()}
    assert names == {"mosaic_1_bbox", "mosaic_2_bbox"}


def test_run__missing_option__leaves_the_output_free_for_the_next_try(
    tmp_path: Path, checkpoint: Path
) -> None:
    settings: dict[str, Any] = {
        "input": MOSAIC_CZI,
        "checkpoint": checkpoint,
        "output": tmp_path / "out",
        "scene": "1",
    }
    with pytest.raises(ImageError, match="choose a channel"):
        run(PredictConfig(**settings))
    assert run(PredictConfig(**settings, **ONE_PLANE)).num_images == 1


def test_run__other_planes_into_the_same_output__are_refused(
    tmp_path: Path, checkpoint: Path
) -> None:
    settings: dict[str, Any] = {
        "input": MOSAIC_CZI,
        "checkpoint": checkpoint,
        "output": tmp_path / "out",
        "scene": "1",
    }
    run(PredictConfig(**settings, **ONE_PLANE))
    with pytest.raises(ConfigError, match="another --z"):
        run(PredictConfig(**settings, **{**ONE_PLANE, "z": "mean"}))
    with pytest.raises(ConfigError, match="another --pixel_size_um"):
        run(PredictConfig(**settings, **ONE_PLANE, pixel_size_um=0.2))


def test_run__one_file_of_several_damaged__is_named_and_keeps_no_other_from_its_own(
    tmp_path: Path, checkpoint: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.czi").write_bytes(MOSAIC_CZI.read_bytes())
    (tmp_path / "in" / "b.czi").write_bytes(MOSAIC_CZI.read_bytes()[:9000])
    config = PredictConfig(
        input=tmp_path / "in",
        checkpoint=checkpoint,
        output=tmp_path / "out",
        scene="2",
        **ONE_PLANE,
    )
    result = run(config)
    assert (result.num_images, result.exit_code) == (1, 1)
    assert "b.czi" in result.failures[0]


@pytest.mark.parametrize(
    ("in_file_um", "stated_um", "used_um"),
    [(0.2, None, 0.2), (0.2, 0.4, 0.4), (None, 0.3, 0.3), (None, None, None)],
)
def test_run__pixel_size__is_that_of_the_file_unless_one_is_stated(
    tmp_path: Path,
    checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_file_um: float | None,
    stated_um: float | None,
    used_um: float | None,
) -> None:
    size = {"PhysicalSizeX": in_file_um, "PhysicalSizeY": in_file_um} if in_file_um else {}
    path = write_ome_tiff(tmp_path / "a.ome.tif", stack(64, 64), "YX", **size)
    seen: list[float | None] = []

    def noting_scale(_: ShownSize, image: ListedImage) -> float:
        seen.append(image.um_per_px)
        return 1.0

    monkeypatch.setattr(ShownSize, "scale_of", noting_scale)
    output = tmp_path / "out"
    run(PredictConfig(input=path, checkpoint=checkpoint, output=output, pixel_size_um=stated_um))
    assert set(seen) == {used_um}


def test_run__three_channels_taken_for_colors__are_told(
    tmp_path: Path, checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(3, 64, 64), imagej=True, metadata={"axes": "CYX"})
    caplog.set_level(logging.INFO)
    run(PredictConfig(input=tmp_path / "a.tif", checkpoint=checkpoint, output=tmp_path / "out"))
    assert "are shown as red, green and blue" in caplog.text
