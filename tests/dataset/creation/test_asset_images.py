"""Tests for `gapjunction.dataset.creation.asset_images`."""

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

from gapjunction.dataset.creation.asset_images import (
    SourceImage,
    measure_asset,
    write_asset_image,
    write_contrast,
)
from gapjunction.errors import DatasetError
from gapjunction.images.microscope_files import chosen_facts
from gapjunction.images.pictures import read_picture
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from microscope_samples import stack, write_ome_tiff


def source(path: Path, pixels: np.ndarray, choice: PlaneChoice = NOTHING_CHOSEN) -> SourceImage:
    tifffile.imwrite(path, pixels)
    return SourceImage(path, choice, chosen_facts(path, choice), path.stem)


def written(image: SourceImage, contrast_of: list[SourceImage], folder: Path) -> np.ndarray:
    write_asset_image(image, measure_asset(contrast_of), folder)
    return read_picture(folder / f"{image.name}.webp")


def test_write_image__two_images_of_an_asset__share_their_contrast(tmp_path: Path) -> None:
    """The same value gives the same grey in both, though one image is ten times brighter."""
    dim = source(tmp_path / "dim.tif", np.array([[100, 200]], np.uint16))
    bright = source(tmp_path / "bright.tif", np.array([[200, 2000]], np.uint16))
    pixels = [written(image, [dim, bright], tmp_path) for image in (dim, bright)]
    assert pixels[0][0, 0, 1] == pixels[1][0, 0, 0] == round(255 * 100 / 1900)
    assert pixels[0].min() == 0
    assert pixels[1].max() == 255


def test_write_image__float__has_one_mapping_for_all(tmp_path: Path) -> None:
    low = source(tmp_path / "low.tif", np.array([[0.0, 0.5]], np.float32))
    high = source(tmp_path / "high.tif", np.array([[0.5, 1.0]], np.float32))
    pixels = [written(image, [low, high], tmp_path) for image in (low, high)]
    assert pixels[0][0, 0, 1] == pixels[1][0, 0, 0] == 128


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32])
def test_write_image__pixels_without_data__leave_the_contrast_to_the_others(
    tmp_path: Path, dtype: type, caplog: pytest.LogCaptureFixture
) -> None:
    whole = source(tmp_path / "whole.tif", np.array([[100, 600, 1100]], dtype))
    holes = source(tmp_path / "holes.tif", np.array([[-9999, -9999, 600, 1100]], dtype))
    pixels = [written(image, [whole, holes], tmp_path) for image in (whole, holes)]
    assert pixels[0][0, 0].tolist() == [0, 128, 255]
    assert pixels[1][0, 0].tolist() == [128, 128, 128, 255]
    assert set(caplog.messages) == {
        "holes.tif: 2 pixels of -9999, far from all others, count as without data, as background"
    }


def test_write_image__8_bits__stay_as_they_are(tmp_path: Path) -> None:
    pixels = stack(7, 9).astype(np.uint8) // 2
    image = source(tmp_path / "a.tif", pixels)
    np.testing.assert_array_equal(written(image, [image], tmp_path), np.stack([pixels] * 3))


def test_write_image__too_large_for_webp__becomes_png(tmp_path: Path) -> None:
    image = source(tmp_path / "a.tif", np.zeros((1, 16_384), np.uint8))
    write_asset_image(image, measure_asset([image]), tmp_path)
    assert read_picture(tmp_path / "a.png").shape == (1, 1, 16_384)


def test_measure_asset__8_and_16_bits__are_refused(tmp_path: Path) -> None:
    images = [
        source(tmp_path / "a.tif", np.zeros((4, 5), np.uint8)),
        source(tmp_path / "b.tif", np.zeros((4, 5), np.uint16)),
    ]
    with pytest.raises(DatasetError, match=r"b\.tif: expected images of one kind"):
        measure_asset(images)


def test_write_contrast__names_channels_and_gives_black_and_white_in_the_files_values(
    tmp_path: Path,
) -> None:
    choice = PlaneChoice(channels=("Cx43",))
    names = {"Channel": {"Name": ["DAPI", "Cx43"]}}
    pixels = np.array([[[9, 9]], [[-0.5, 1.5]]], np.float32)
    path = write_ome_tiff(tmp_path / "a.ome.tif", pixels, "CYX", **names)
    image = SourceImage(path, choice, chosen_facts(path, choice), "01_a")
    write_contrast([image], measure_asset([image]), tmp_path / "contrast.json")
    content = json.loads((tmp_path / "contrast.json").read_text())
    (channel,) = content["channels"]
    assert (channel["name"], channel["shown_as"]) == ("Cx43", "grey")
    assert (channel["black"], channel["white"]) == pytest.approx((-0.5, 1.5))
    assert content["images"][0]["file"] == "a.ome.tif"
