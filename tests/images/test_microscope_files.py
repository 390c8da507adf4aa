"""Tests for `gapjunction.images.microscope_files`."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import (
    as_picture,
    chosen_facts,
    read_chosen,
)
from gapjunction.images.pictures import read_picture
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from microscope_samples import stack, write_ome_tiff

STACK = stack(4, 3, 20, 30)  # Z, C, Y, X
NAMES = {"Channel": {"Name": ["DAPI", "GFAP", "Cx43"]}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_ome_tiff(tmp_path / "a.ome.tif", STACK, "ZCYX", **NAMES)


def write_color(path: Path) -> Path:
    Image.fromarray(stack(20, 30, 3).astype(np.uint8)).save(path)
    return path


def test_read_chosen__12_bits__keeps_every_value(path: Path) -> None:
    image = read_chosen(path, PlaneChoice(channels=("Cx43",), z="2"))
    assert image.dtype == np.uint16
    np.testing.assert_array_equal(image[0], STACK[1, 2])


def test_read_chosen__projections__are_those_of_numpy(path: Path) -> None:
    highest = read_chosen(path, PlaneChoice(channels=("3",), z="max"))
    mean = read_chosen(path, PlaneChoice(channels=("3",), z="mean:2-4"))
    np.testing.assert_array_equal(highest[0], STACK[:, 2].max(axis=0))
    np.testing.assert_array_equal(mean[0], np.rint(STACK[1:, 2].mean(axis=0)))


def test_read_chosen__two_channels__leave_blue_dark(path: Path) -> None:
    image = read_chosen(path, PlaneChoice(channels=("3", "1"), z="1"))
    np.testing.assert_array_equal(image[:2], STACK[0, [2, 0]])
    assert image.shape[0] == 3
    assert not image[2].any()


def test_read_chosen__float__uses_all_16_bits(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4))
    image = read_chosen(tmp_path / "a.tif", NOTHING_CHOSEN)
    assert image.dtype == np.uint16
    assert (image.min(), image.max()) == (0, 65535)


@pytest.mark.parametrize(
    ("dtype", "missing"),
    [(np.float32, -1e6), (np.float32, -1e38), (np.int32, -1_000_000), (np.int16, -9999)],
)
def test_read_chosen__pixels_without_data__do_not_squeeze_the_others(
    tmp_path: Path, dtype: type, missing: float, caplog: pytest.LogCaptureFixture
) -> None:
    values: np.ndarray = np.array([[100, 101, 600], [1100, missing, missing]], dtype)
    tifffile.imwrite(tmp_path / "a.tif", values)
    image = read_chosen(tmp_path / "a.tif", NOTHING_CHOSEN)
    assert image[0].tolist() == [[100, 101, 600], [1100, 100, 100]]
    assert f"a.tif: 2 pixels of {missing:g}, far from all others" in caplog.text
    caplog.clear()
    read_chosen(tmp_path / "a.tif", NOTHING_CHOSEN, is_quiet=True)
    assert not caplog.text


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_read_chosen__picture__is_read_as_everywhere_else(tmp_path: Path, suffix: str) -> None:
    picture = write_color(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(read_chosen(picture, NOTHING_CHOSEN), read_picture(picture))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_read_chosen__picture_in_color__has_channels_by_color(tmp_path: Path, suffix: str) -> None:
    picture = write_color(tmp_path / f"a{suffix}")
    image = read_chosen(picture, PlaneChoice(channels=("green",)))
    np.testing.assert_array_equal(image[0], read_picture(picture)[1])


def test_read_chosen__wrong_suffix__goes_by_content(tmp_path: Path, path: Path) -> None:
    path.rename(tmp_path / "a.czi")
    image = read_chosen(tmp_path / "a.czi", PlaneChoice(channels=("1",), z="1"))
    np.testing.assert_array_equal(image[0], STACK[0, 0])


@pytest.mark.parametrize("suffix", [".czi", ".lif", ".lsm", ".nd2", ".oib", ".oif", ".oir", ".tif"])
@pytest.mark.parametrize("content", [b"", b"no image at all, but a text"])
def test_read_chosen__no_image__says_what_it_is(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    (tmp_path / f"a{suffix}").write_bytes(content)
    with pytest.raises(ImageError, match=r"found an empty file|found a file that begins with"):
        read_chosen(tmp_path / f"a{suffix}", NOTHING_CHOSEN)


def test_read_chosen__one_slice_of_many__reads_no_other(tmp_path: Path) -> None:
    big = np.zeros((40, 400, 500), np.uint16)
    path = write_ome_tiff(tmp_path / "a.ome.tif", big, "ZYX")
    del big
    tracemalloc.start()
    read_chosen(path, PlaneChoice(z="7"))
    _, peak = tracemalloc.get_traced_memory()
    read_chosen(path, PlaneChoice(z="max"))
    _, peak_of_projection = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    plane_bytes = 400 * 500 * 2
    assert peak < 4 * plane_bytes
    assert peak_of_projection < 6 * plane_bytes


def test_chosen_facts__names_the_chosen_channels(path: Path) -> None:
    facts = chosen_facts(path, PlaneChoice(channels=("3", "1"), z="1"))
    assert (facts.height, facts.width, facts.channel_names) == (20, 30, ("Cx43", "DAPI"))


def test_chosen_facts__one_plane_in_three_channels__is_taken_for_colors_and_says_so(
    tmp_path: Path,
) -> None:
    path = write_ome_tiff(tmp_path / "a.ome.tif", STACK[0], "CYX", **NAMES)
    facts = chosen_facts(path, NOTHING_CHOSEN)
    assert facts.is_assumed_color
    assert facts.channel_names == ("DAPI", "GFAP", "Cx43")
    np.testing.assert_array_equal(read_chosen(path, NOTHING_CHOSEN), STACK[0])


def test_chosen_facts__colors__are_not_assumed(tmp_path: Path) -> None:
    assert not chosen_facts(write_color(tmp_path / "a.tif"), NOTHING_CHOSEN).is_assumed_color


def test_as_picture__one_or_three_channels__stay() -> None:
    for image in (stack(1, 2, 3), stack(3, 2, 3)):
        assert as_picture(image) is image
