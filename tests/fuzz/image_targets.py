"""Readers of images: pictures, stacks and microscope files."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from fuzz.target import Target, command, reading
from gapjunction.dataset.masks import read_mask
from gapjunction.images.chosen_images import chosen_images
from gapjunction.images.microscope_files import chosen_facts, opened_scenes, read_chosen
from gapjunction.images.orientation import turn_by_viewers
from gapjunction.images.pictures import has_16_bits, read_image_size, read_picture
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import (
    COLOR_CZI,
    MOSAIC_CZI,
    REAL_OIB,
    stack,
    write_lif,
    write_nd2,
    write_oif,
    write_ome_tiff,
)

Write = Callable[[Path], object]

_GREY = np.arange(30 * 40, dtype=np.uint16).reshape(30, 40)
_COLOR = np.stack([_GREY, _GREY.T.reshape(30, 40), _GREY // 2], axis=-1).astype(np.uint8)
_ONE_PLANE = PlaneChoice(channels=("1",), z="max", time=1, scene="1")
_ONE_PLANE_OPTIONS = ("--channel", "1", "--z", "max", "--time", "1", "--scene", "1")
_CLASSES = {"gap_junction": "#4EF8FF"}


def image_targets() -> list[Target]:
    """Return a target for each format of images."""
    return [*_picture_targets(), *_microscope_targets(), *_other_targets()]


def _picture_targets() -> Iterator[Target]:
    for name, write in _PICTURES.items():
        yield Target(f"picture {name}", partial(_fill, name, write), reading(_read_pictures))


def _microscope_targets() -> Iterator[Target]:
    for name, write in _MICROSCOPE_FILES.items():
        share = 0.1 if name in ("fv1000.oib", "mosaic.czi") else 0.5
        fill = partial(_fill, name, write)
        yield Target(f"microscope file {name}", fill, reading(_read_scenes), share=share)


def _other_targets() -> Iterator[Target]:
    every = _PICTURES | {k: v for k, v in _MICROSCOPE_FILES.items() if k != "fv1000.oib"}
    yield Target("mask", partial(_fill, "a_mask.png", _write_mask), reading(_read_mask))
    yield Target(
        "validate images",
        partial(_fill_all, every),
        command("validate", "{i}", *_ONE_PLANE_OPTIONS),
        share=0.2,
    )
    yield Target(
        "create",
        partial(_fill_assets, ("a.png", "b.jpg", "grey.tif", "color.czi")),
        command("create", "{o}", "--from", "{i}", "--channel", "1", "--pixel_size_um", "0.1"),
        share=0.2,
    )


def _fill(name: str, write: Write, folder: Path) -> None:
    write(folder / name)


def _fill_all(files: Mapping[str, Write], folder: Path) -> None:
    for name, write in files.items():
        write(folder / name)


def _fill_assets(names: tuple[str, ...], folder: Path) -> None:
    every = _PICTURES | _MICROSCOPE_FILES
    for name in names:
        (folder / f"subject {name[0]}").mkdir(exist_ok=True)
        every[name](folder / f"subject {name[0]}" / name)


def _read_pictures(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        read_image_size(path)
        has_16_bits(path)
        turn_by_viewers(path)
        _require_image(read_picture(path))
        _read_chosen(path, PlaneChoice())


def _read_scenes(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            _read_chosen(path, _ONE_PLANE)


def _read_chosen(path: Path, wanted: PlaneChoice) -> None:
    with opened_scenes(path) as scenes:
        json.dumps([str(scene) for scene in scenes])
    for _, choice, _ in chosen_images(path, wanted):
        chosen_facts(path, choice)
        _require_image(read_chosen(path, choice))


def _require_image(image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    if image.ndim != 3 or image.size == 0 or image.dtype not in (np.uint8, np.uint16):
        raise AssertionError(f"{image.shape} {image.dtype} is no image")


def _read_mask(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        read_mask(path, _CLASSES)


def _save_picture(pixels: NDArray[np.uint8] | NDArray[np.uint16], path: Path, **how: Any) -> None:
    Image.fromarray(pixels).save(path, **how)


def _save_palette(path: Path) -> None:
    Image.fromarray(_COLOR).quantize(8).save(path, transparency=0)


def _write_mask(path: Path) -> None:
    pixels = np.zeros((30, 40, 4), np.uint8)
    pixels[5:9, 6:12] = (0x4E, 0xF8, 0xFF, 255)
    Image.fromarray(pixels).save(path)


def _write_tiff(pixels: NDArray[np.uint8] | NDArray[np.uint16], path: Path, **how: Any) -> None:
    tifffile.imwrite(path, pixels, **how)


def _write_imagej(path: Path) -> None:
    metadata = {"axes": "ZCYX", "unit": "um", "spacing": 0.3, "Labels": ["a"] * 6}
    tifffile.imwrite(path, stack(3, 2, 12, 16), imagej=True, resolution=(10, 10), metadata=metadata)


def _write_lsm_like(path: Path) -> None:
    tifffile.imwrite(path, stack(2, 12, 16), photometric="minisblack", planarconfig="separate")


_PICTURES: dict[str, Write] = {
    "a.png": partial(_save_picture, _COLOR),
    "grey 16.png": partial(_save_picture, _GREY),
    "palette.png": _save_palette,
    "interlaced.png": partial(_save_picture, _COLOR[..., 0]),
    "b.jpg": partial(_save_picture, _COLOR),
    "progressive.jpg": partial(_save_picture, _COLOR, progressive=True),
    "lossless.webp": partial(_save_picture, _COLOR, lossless=True),
    "lossy.webp": partial(_save_picture, _COLOR),
    "grey.tif": partial(_write_tiff, _GREY),
    "color.tif": partial(_write_tiff, _COLOR, photometric="rgb"),
    "lzw.tif": partial(_write_tiff, _GREY, compression="lzw", predictor=True),
    "deflate.tif": partial(_write_tiff, _COLOR, compression="zlib", photometric="rgb"),
    "jpeg.tif": partial(_write_tiff, _COLOR, compression="jpeg", photometric="rgb"),
    "tiled.tif": partial(_write_tiff, _GREY, tile=(16, 16)),
    "big.tif": partial(_write_tiff, _GREY, bigtiff=True, byteorder=">"),
    "planes.tif": partial(
        _write_tiff, np.moveaxis(_COLOR, -1, 0), planarconfig="separate", photometric="rgb"
    ),
}
_MICROSCOPE_FILES: dict[str, Write] = {
    "ome.ome.tif": lambda path: write_ome_tiff(
        path, stack(2, 3, 12, 16), "CZYX", PhysicalSizeX=0.1, PhysicalSizeY=0.1
    ),
    "imagej.tif": _write_imagej,
    "stack.lsm": _write_lsm_like,
    "a.lif": lambda path: write_lif(path, {"one": stack(1, 2, 2, 12, 16)}),
    "a.nd2": lambda path: write_nd2(path, stack(1, 2, 2, 12, 16), ["Cx43", "DAPI"]),
    "a.oif": lambda path: write_oif(path, stack(2, 2, 12, 16), ["Cx43", "DAPI"], z_step_nm=300),
    "color.czi": lambda path: path.write_bytes(COLOR_CZI.read_bytes()),
    "mosaic.czi": lambda path: path.write_bytes(MOSAIC_CZI.read_bytes()),
    "fv1000.oib": lambda path: path.write_bytes(REAL_OIB.read_bytes()),
}
