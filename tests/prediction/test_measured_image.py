"""Tests for `gapjunction.prediction.measured_image`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from gapjunction.dataset.names import ImageOrigin
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.measurement.objects import measured_objects
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.measured_image import Measuring, measure_image, read_all_channels
from measured_light import boxed


def listed(path: Path, planes: NDArray[Any], *channels: str) -> ListedImage:
    """Write channels (C, H, W) and list the file, with some of its channels chosen."""
    tifffile.imwrite(path, planes, imagej=True, metadata={"axes": "CYX"})
    return ListedImage(ImageOrigin("", "", path), "a", 0.1, choice=PlaneChoice(channels))


def two_channels(dtype: type) -> NDArray[Any]:
    planes: NDArray[Any] = np.full((2, 40, 40), 10, dtype)
    planes[0, 15:25, 15:25] = 4000
    planes[1, :20] = 70
    return planes


def test_read_all_channels__one_chosen__reads_the_others_too(tmp_path: Path) -> None:
    planes = two_channels(np.uint16)
    light = read_all_channels(listed(tmp_path / "a.tif", planes, "2"))
    assert light.names == ("1", "2")
    assert np.array_equal(light.pixels, planes)
    assert np.array_equal(light.looked_at, planes[1])


def test_read_all_channels__floats__keep_their_values(tmp_path: Path) -> None:
    planes = two_channels(np.float32) / np.float32(7)
    light = read_all_channels(listed(tmp_path / "a.tif", planes, "1"))
    assert np.array_equal(light.pixels, planes)


def test_measure_image__object__is_outlined_where_it_was_looked_at(tmp_path: Path) -> None:
    planes = two_channels(np.uint16)
    image = listed(tmp_path / "a.tif", planes, "1")
    detections = boxed([[15, 15, 25, 25]])
    source, objects = measure_image(image, detections, 0.1, Measuring(("plaque",)))
    assert objects[0].light[0].highest == 3990
    (expected,) = measured_objects(planes, detections, 0.1, outlined=planes[0])
    assert objects[0].shape == expected.shape
    assert (source.image, source.channels) == ("a", ("1", "2"))


@pytest.mark.parametrize(("of_file", "number"), [(None, 7), (3, 3)])
def test_measure_image__slice__is_the_file_s_before_its_name_s(
    of_file: int | None, number: int, tmp_path: Path
) -> None:
    image = listed(tmp_path / "a.tif", two_channels(np.uint16), "1")
    image = replace(image, slice_number=of_file)
    source, _ = measure_image(image, boxed([]), 0.1, Measuring(("plaque",)), 7)
    assert source.slice_number == number
