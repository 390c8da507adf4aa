"""Tests for `gapjunction.images.ome_zarr`."""

import json
import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import chosen_facts, opened_scenes, read_chosen
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.ome_zarr import opened_ome_zarr
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from gapjunction.images.region import Region
from microscope_samples import stack
from zarr_samples import attributes, write_ome_zarr

zarr = pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')

STACK = stack(2, 3, 4, 20, 30)  # T, C, Z, Y, X
GREY = np.arange(60 * 80, dtype=np.uint16).reshape(60, 80)


def only_scene(path: Path) -> MicroscopeScene:
    with opened_scenes(path) as scenes:
        (scene,) = scenes
        return scene


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_opened_ome_zarr__both_versions__tell_what_is_in_them(
    tmp_path: Path, zarr_format: Literal[2, 3]
) -> None:
    labels = ("DAPI", "GFAP", "Cx43")
    path = tmp_path / "a.zarr"
    write_ome_zarr(path, STACK, "tczyx", zarr_format=zarr_format, labels=labels, num_levels=2)
    scene = only_scene(path)
    assert scene.channel_names == labels
    assert (scene.num_times, scene.num_slices, scene.height, scene.width) == (2, 4, 20, 30)
    assert (scene.um_per_px, scene.z_step_um) == pytest.approx((0.1, 1.0))
    assert [(level.height, level.width) for level in scene.levels] == [(20, 30), (10, 15)]


def test_opened_ome_zarr__every_plane__is_where_it_was_written(tmp_path: Path) -> None:
    with opened_scenes(write_ome_zarr(tmp_path / "a.zarr", STACK, "tczyx")) as (scene,):
        for t, c, z in np.ndindex(STACK.shape[:3]):
            np.testing.assert_array_equal(scene.read_plane(t, z, c), STACK[t, c, z])


def test_opened_ome_zarr__axes_the_other_way_round__gives_rows_of_pixels(tmp_path: Path) -> None:
    with opened_scenes(write_ome_zarr(tmp_path / "a.zarr", GREY.T, "xy")) as (scene,):
        found = scene.levels[0].read_region(0, 0, (0,), Region(10, 5, 30, 50))
    np.testing.assert_array_equal(found[0], GREY[5:50, 10:30])


def test_opened_ome_zarr__region__is_that_part_of_a_level(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", GREY, chunk_px=16, num_levels=2)
    with opened_scenes(path) as (scene,):
        found = scene.levels[1].read_region(0, 0, (0,), Region(3, 4, 37, 29))
    np.testing.assert_array_equal(found[0], GREY[::2, ::2][4:29, 3:37])


def test_opened_ome_zarr__images_as_bioformats2raw_numbers_them__are_scenes(tmp_path: Path) -> None:
    group = zarr.create_group(str(tmp_path / "a.zarr"), zarr_format=2)
    group.attrs["bioformats2raw.layout"] = 3
    for number in range(2):
        write_ome_zarr(tmp_path / "a.zarr" / str(number), GREY + number, zarr_format=2)
    found = read_chosen(tmp_path / "a.zarr", PlaneChoice(scene="2"))
    np.testing.assert_array_equal(found[0], GREY + 1)


def test_read_chosen__z_stack__is_projected_as_that_of_any_file(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", STACK, "tczyx")
    found = read_chosen(path, PlaneChoice(channels=("2",), z="max", time=1))
    np.testing.assert_array_equal(found[0], STACK[0, 1].max(axis=0))


def test_chosen_facts__z_stack_of_which_nothing_was_said__lists_what_to_choose(
    tmp_path: Path,
) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", STACK[0, 0], "zyx")
    with pytest.raises(ImageError, match="4 slices along z"):
        chosen_facts(path, NOTHING_CHOSEN)


def damaged(folder: Path, kind: str) -> Path:
    """Return an image with one thing wrong."""
    path = write_ome_zarr(folder / "a.zarr", GREY)
    array = path / "0" / "zarr.json"
    match kind:
        case "empty folder":
            shutil.rmtree(path)
            path.mkdir()
        case "no array":
            shutil.rmtree(path / "0")
        case "array without metadata":
            array.unlink()
        case "no JSON":
            (path / "zarr.json").write_text("{")
        case "array of another format":
            array.write_text(array.read_text().replace('"zarr_format": 3', '"zarr_format": 2'))
        case "unknown codec":
            content = json.loads(array.read_text())
            content["codecs"] = [{"name": "nobody_knows", "configuration": {}}]
            array.write_text(json.dumps(content))
        case "another number of axes":
            content = json.loads((path / "zarr.json").read_text())
            multiscale = content["attributes"]["ome"]["multiscales"][0]
            multiscale["axes"] = [{"name": "z"}, *multiscale["axes"]]
            (path / "zarr.json").write_text(json.dumps(content))
        case "damaged chunk":
            (path / "0" / "c" / "0" / "0").write_bytes(b"no chunk")
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "empty folder",
        "no array",
        "array without metadata",
        "no JSON",
        "array of another format",
        "unknown codec",
        "another number of axes",
        "damaged chunk",
    ],
)
def test_read_chosen__damaged__is_an_error_of_one_line_that_names_it(
    tmp_path: Path, kind: str
) -> None:
    with pytest.raises(ImageError, match=r"a\.zarr: .*expected .*, found .*; ") as caught:
        read_chosen(damaged(tmp_path, kind), NOTHING_CHOSEN)
    assert "\n" not in str(caught.value)


def test_opened_ome_zarr__no_network__is_an_error_of_one_line() -> None:
    pytest.importorskip("aiohttp")
    address = Path("http://127.0.0.1:9/a.zarr")
    with (
        pytest.raises(ImageError, match=r"^http://127\.0\.0\.1:9/a\.zarr: .*check the address"),
        opened_ome_zarr(address),
    ):
        pass


def announced(path: Path, shape: tuple[int, ...], chunks: tuple[int, ...]) -> Path:
    """Return an image of which nothing is stored but its size."""
    group = zarr.create_group(str(path))
    group.create_array("0", shape=shape, chunks=chunks, dtype=np.uint16)
    group.attrs.update(attributes("yx"))
    return path


@pytest.mark.parametrize(
    ("shape", "chunks", "found"),
    [
        ((10**9, 10**9), (512, 512), "1000000000 x 1000000000"),
        ((50_000, 50_000), (50_000, 50_000), "chunks of 5.0 GB"),
        ((100, 0), (10, 10), "0 x 100 px"),
    ],
)
def test_opened_ome_zarr__sizes_that_no_memory_holds__are_refused(
    tmp_path: Path, shape: tuple[int, ...], chunks: tuple[int, ...], found: str
) -> None:
    with pytest.raises(ImageError, match=found):
        only_scene(announced(tmp_path / "a.zarr", shape, chunks))
