"""Tests for `gapjunction.commands.predict.shared_range`."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.images import list_images
from gapjunction.commands.predict.shared_range import SharedRange, measure_shared
from gapjunction.prediction.listed_image import ListedImage


def with_blobs(light: int, dtype: type = np.uint16) -> NDArray[np.generic]:
    image = np.random.default_rng(0).normal(20, 1, (64, 64))
    for corner in range(4, 60, 8):
        image[corner : corner + 4, 4:60:8] += light
    return image.astype(dtype)


def listed(folder: Path, *images: NDArray[np.generic]) -> list[ListedImage]:
    folder.mkdir(exist_ok=True)
    for number, image in enumerate(images):
        tifffile.imwrite(folder / f"{number}.tif", image)
    return list_images(folder, ImageSelection(), folder)


def test_measure_shared__dim_image_beside_a_bright_one__spans_what_that_does(
    tmp_path: Path,
) -> None:
    dim, bright = listed(tmp_path, with_blobs(50), with_blobs(900))
    shared = measure_shared([dim, bright], {})
    assert shared.least_span(dim) == shared.least_span(bright) == pytest.approx(900, rel=0.05)


def test_measure_shared__images_of_8_bits_or_one_alone__stand_for_themselves(
    tmp_path: Path,
) -> None:
    eight = listed(tmp_path / "a", with_blobs(20, np.uint8), with_blobs(90, np.uint8))
    alone = listed(tmp_path / "b", with_blobs(900))
    assert measure_shared(eight + alone, {}) == SharedRange({})


def test_measure_shared__another_folder__has_a_range_of_its_own(tmp_path: Path) -> None:
    bright = listed(tmp_path / "a", with_blobs(900), with_blobs(900))
    dim = listed(tmp_path / "b", with_blobs(50), with_blobs(50))
    shared = measure_shared(bright + dim, {})
    assert shared.least_span(dim[0]) < 100 < shared.least_span(bright[0])


def test_measure_shared__measured_earlier__is_not_measured_again(tmp_path: Path) -> None:
    images = listed(tmp_path, with_blobs(50), with_blobs(900))
    assert measure_shared(images, {str(tmp_path): 77.0}).least_span(images[0]) == 77


def test_measure_shared__unreadable_image__is_left_to_the_prediction(tmp_path: Path) -> None:
    images = listed(tmp_path, with_blobs(900), with_blobs(900))
    (tmp_path / "0.tif").write_bytes(b"II*\0")
    assert measure_shared(images, {}).least_span(images[1]) > 800


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint32, np.int32])
def test_measure_shared__images_of_more_bits__are_no_measure_of_those_of_16(
    tmp_path: Path, dtype: type
) -> None:
    """A stretched one spans 65,535, whatever it shows."""
    values = with_blobs(50, np.float64).astype(np.float64)
    wide = values / values.max() if np.dtype(dtype).kind == "f" else values * 1e6
    sixteen, other = listed(tmp_path, with_blobs(50), wide.astype(dtype))
    shared = measure_shared([sixteen, other], {})
    assert shared.least_span(sixteen) == 0
    assert shared.least_span(other) == 0
