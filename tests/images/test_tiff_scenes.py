"""Tests for `gapjunction.images.tiff_scenes`."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import stack, write_ome_tiff

STACK = stack(2, 3, 4, 20, 30)  # T, Z, C, Y, X
LSM_HEADER: list[tuple[str, str]] = tifffile.TIFF.CZ_LSMINFO
UM = {
    "PhysicalSizeX": 103.0,
    "PhysicalSizeXUnit": "nm",
    "PhysicalSizeY": 0.103,
    "Channel": {"Name": ["DAPI", "GFAP", "Cx43", "WGA"]},
    "Name": "field 1",
}


def only_scene(path: Path) -> MicroscopeScene:
    with opened_scenes(path) as scenes:
        (scene,) = scenes
        return scene


def write_imagej(path: Path, pixels: np.ndarray, axes: str, **metadata: Any) -> Path:
    per_um = 1 / 0.103
    tifffile.imwrite(
        path,
        pixels,
        imagej=True,
        resolution=(per_um, per_um),
        metadata={"axes": axes, **metadata},
    )
    return path


def assert_every_plane(path: Path) -> None:
    with opened_scenes(path) as (scene,):
        for t, z, c in np.ndindex(STACK.shape[:3]):
            np.testing.assert_array_equal(scene.read_plane(t, z, c), STACK[t, z, c])


def test_opened_tiff__ome__tells_axes_names_and_pixel_size_as_tifffile_wrote_them(
    tmp_path: Path,
) -> None:
    scene = only_scene(write_ome_tiff(tmp_path / "a.ome.tif", STACK, "TZCYX", **UM))
    assert scene.channel_names == ("DAPI", "GFAP", "Cx43", "WGA")
    assert (scene.num_times, scene.num_slices, scene.height, scene.width) == (2, 3, 20, 30)
    assert scene.um_per_px == pytest.approx(0.103)
    assert scene.name == "field 1"


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"compression": "zlib", "tile": (16, 16)},
        {"compression": "lzw", "bigtiff": True},
        {"byteorder": ">"},
    ],
    ids=["plain", "tiled", "big", "big-endian"],
)
def test_opened_tiff__ome__gives_every_plane(tmp_path: Path, how: dict[str, Any]) -> None:
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, STACK, ome=True, metadata={"axes": "TZCYX"}, **how)
    assert_every_plane(path)


@pytest.mark.parametrize("axes", ["ZTCYX", "CTZYX"])
def test_opened_tiff__other_order_of_axes__gives_the_same_planes(tmp_path: Path, axes: str) -> None:
    order = ["TZCYX".index(axis) for axis in axes]
    assert_every_plane(write_ome_tiff(tmp_path / "a.ome.tif", STACK.transpose(order), axes))


def test_opened_tiff__imagej_hyperstack__gives_every_plane_and_its_pixel_size(
    tmp_path: Path,
) -> None:
    path = write_imagej(tmp_path / "a.tif", STACK, "TZCYX", unit="micron", spacing=0.4)
    assert_every_plane(path)
    assert only_scene(path).um_per_px == pytest.approx(0.103, rel=1e-4)
    assert only_scene(path).z_step_um == pytest.approx(0.4)


def test_opened_tiff__imagej_with_one_directory__gives_every_plane(tmp_path: Path) -> None:
    """As ImageJ writes files above 4 GB: all planes follow the first, which alone is listed."""
    path = write_imagej(tmp_path / "a.tif", STACK, "TZCYX")
    with tifffile.TiffFile(path) as tiff:
        first = tiff.pages[0].offset
        byteorder = tiff.byteorder
    content = bytearray(path.read_bytes())
    num_tags = struct.unpack_from(f"{byteorder}H", content, first)[0]
    struct.pack_into(f"{byteorder}I", content, first + 2 + num_tags * 12, 0)
    path.write_bytes(content)
    assert_every_plane(path)


@pytest.mark.parametrize("unit", ["inch", "cm", "pixel", ""])
def test_opened_tiff__unit_of_printers__is_no_pixel_size(tmp_path: Path, unit: str) -> None:
    path = write_imagej(tmp_path / "a.tif", STACK[0, 0], "CYX", unit=unit)
    assert only_scene(path).um_per_px is None


def test_opened_tiff__pyramid__passes_over_the_smaller_levels(tmp_path: Path) -> None:
    pixels = stack(2, 64, 64)
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as tiff:
        tiff.write(pixels, subifds=1, tile=(16, 16), metadata={"axes": "CYX"})
        tiff.write(pixels[:, ::2, ::2], subfiletype=1, tile=(16, 16))
    image = read_chosen(tmp_path / "a.ome.tif", PlaneChoice(channels=("2",)))
    np.testing.assert_array_equal(image, pixels[1:])


def test_opened_tiff__several_images__are_scenes(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as tiff:
        tiff.write(stack(5, 6), metadata={"axes": "YX", "Name": "left"})
        tiff.write(stack(7, 8, seed=1), metadata={"axes": "YX", "Name": "right"})
    image = read_chosen(tmp_path / "a.ome.tif", PlaneChoice(scene="right"))
    np.testing.assert_array_equal(image[0], stack(7, 8, seed=1))


def test_opened_tiff__pages_of_an_unknown_kind__are_slices(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(5, 20, 30), photometric="minisblack")
    image = read_chosen(tmp_path / "a.tif", PlaneChoice(z="4"))
    np.testing.assert_array_equal(image[0], stack(5, 20, 30)[3])


def test_opened_tiff__stack_in_color__gives_its_colors(tmp_path: Path) -> None:
    pixels = stack(5, 20, 30, 3)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    image = read_chosen(tmp_path / "a.tif", PlaneChoice(z="2"))
    np.testing.assert_array_equal(image, pixels[1].transpose(2, 0, 1))


def test_opened_tiff__stack_where_white_is_zero__makes_bright_high(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(4, 5, 6), photometric="miniswhite")
    image = read_chosen(tmp_path / "a.tif", PlaneChoice(z="1"))
    np.testing.assert_array_equal(image[0], 65535 - stack(4, 5, 6)[0])


def test_opened_tiff__other_axis__is_named(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(2, 5, 20, 30), metadata={"axes": "HZYX"})
    with pytest.raises(ImageError, match="found 2 along 'H'"):
        read_chosen(tmp_path / "a.tif", PlaneChoice(z="1"))


def test_opened_tiff__packed_12_bits__keep_their_values(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", stack(5, 8, 10), bitspersample=12, photometric="minisblack"
    )
    image = read_chosen(tmp_path / "a.tif", PlaneChoice(z="4"))
    np.testing.assert_array_equal(image[0], stack(5, 8, 10)[3])


def write_ome_set(folder: Path) -> Path:
    """Write two files that are one image of two channels, each with the XML of both."""
    tiff_data = "".join(
        f'<TiffData FirstC="{c}" PlaneCount="1"><UUID FileName="{c}.ome.tif">urn:uuid:{c}</UUID>'
        "</TiffData>"
        for c in range(2)
    )
    for c in range(2):
        xml = (
            '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
            f'UUID="urn:uuid:{c}"><Image ID="Image:0"><Pixels DimensionOrder="XYCZT" '
            'Type="uint16" SizeX="30" SizeY="20" SizeC="2" SizeZ="1" SizeT="1">'
            '<Channel SamplesPerPixel="1"/><Channel SamplesPerPixel="1"/>'
            f"{tiff_data}</Pixels></Image></OME>"
        )
        plane = STACK[0, 0, c]
        tifffile.imwrite(folder / f"{c}.ome.tif", plane, description=xml, metadata=None)
    return folder / "0.ome.tif"


def test_opened_tiff__ome_set_of_files__reads_from_the_others(tmp_path: Path) -> None:
    image = read_chosen(write_ome_set(tmp_path), PlaneChoice(channels=("2", "1")))
    np.testing.assert_array_equal(image[:2], STACK[0, 0, [1, 0]])


def test_opened_tiff__ome_set_that_lacks_a_file__is_refused_instead_of_dark(
    tmp_path: Path,
) -> None:
    path = write_ome_set(tmp_path)
    (tmp_path / "1.ome.tif").unlink()
    with pytest.raises(ImageError, match="plane 2 is missing"):
        read_chosen(path, PlaneChoice(channels=("2",)))


def test_opened_tiff__pages_cut_off__are_not_left_out_of_a_projection(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(9, 20, 30), photometric="minisblack")
    content = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(content[: len(content) // 2])
    with pytest.raises(ImageError, match="is missing"):
        read_chosen(tmp_path / "a.tif", PlaneChoice(z="max"))


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("kind", ["ome", "imagej"])
def test_opened_tiff__cut_short__is_refused_instead_of_taken_for_fewer_planes(
    tmp_path: Path, kind: str, kept: float
) -> None:
    path = tmp_path / "a.tif"
    if kind == "ome":
        write_ome_tiff(path, STACK, "TZCYX")
    else:
        write_imagej(path, STACK, "TZCYX")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(ImageError):
        read_chosen(path, PlaneChoice(channels=("4",), z="max", time=2))
    with pytest.raises(ImageError):
        read_chosen(path, PlaneChoice())


def write_lsm(path: Path, planes: np.ndarray) -> Path:
    """Write slices (Z, C, Y, X) as LSM has them: a thumbnail after each, and sizes in meters."""
    layout = np.dtype([(name or f"rest_{n}", t) for n, (name, t) in enumerate(LSM_HEADER)])
    header = np.zeros(1, layout.newbyteorder("<"))
    sizes = dict(
        zip(
            ("DimensionZ", "DimensionChannels", "DimensionY", "DimensionX"),
            planes.shape,
            strict=True,
        )
    )
    voxel = {"VoxelSizeX": 1e-7, "VoxelSizeY": 1e-7, "VoxelSizeZ": 5e-7}
    start = {"MagicNumber": 67127628, "StructureSize": layout.itemsize, "DimensionTime": 1}
    for name, value in (sizes | voxel | start).items():
        header[name] = value
    note = (34412, "B", layout.itemsize, header.tobytes(), True)
    with tifffile.TiffWriter(path, byteorder="<") as tiff:
        for index, each in enumerate(planes):
            tiff.write(
                each,
                planarconfig="separate",
                photometric="minisblack",
                metadata=None,
                extratags=[note] if index == 0 else [],
            )
            thumbnail = np.zeros((3, 4, 4), np.uint8)
            tiff.write(
                thumbnail, planarconfig="separate", photometric="rgb", subfiletype=1, metadata=None
            )
    return path


def test_opened_tiff__lsm__has_its_slices_without_thumbnails_and_its_sizes(tmp_path: Path) -> None:
    planes = np.arange(720, dtype=np.uint16).reshape(3, 3, 8, 10)
    path = write_lsm(tmp_path / "a.lsm", planes)
    scene = only_scene(path)
    assert (scene.num_slices, len(scene.channel_names), scene.num_times) == (3, 3, 1)
    assert scene.um_per_px == pytest.approx(0.1)
    assert scene.z_step_um == pytest.approx(0.5)
    np.testing.assert_array_equal(read_chosen(path, PlaneChoice(("2",), "3"))[0], planes[2, 1])
