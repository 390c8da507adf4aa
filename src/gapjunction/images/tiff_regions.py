"""Regions of tiled TIFF files, read tile by tile: slides, and other large images."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.images.region import Region
from gapjunction.images.tiff_brightness import bright_is_high

_JPEG = (6, 7, 33007, 34892)  # compressions whose tables lie beside the tiles


def read_tiff_region(page: Any, region: Region, samples: Sequence[int]) -> NDArray[Any]:
    """Return the samples (S, H, W) of a tiled page in a region that lies in it.

    Tiles that the file leaves out are 0. "White is zero" is turned round as by `bright_is_high`.

    Raises:
        ValueError: if a tile is damaged, as tifffile says it.
    """
    keyframe = page.keyframe
    out = np.zeros((len(samples), region.height, region.width), keyframe.dtype)
    is_planar = keyframe.planarconfig == tifffile.PLANARCONFIG.SEPARATE
    planes = samples if is_planar and keyframe.samplesperpixel > 1 else (0,)
    for place, plane in enumerate(planes):
        for tile, y0, x0 in _tiles(page, region, plane):
            if is_planar:
                _paste(tile[..., :1], out[place : place + 1], y0 - region.y0, x0 - region.x0)
            else:
                _paste(tile[..., list(samples)], out, y0 - region.y0, x0 - region.x0)
    return bright_is_high(out, keyframe)


def is_region_stored(page: Any, region: Region) -> bool:
    """Tell whether a file has any tile of the first sample in a region."""
    return any(page.databytecounts[index] for index in _indices(page, region, 0))


def _tiles(page: Any, region: Region, plane: int) -> Iterator[tuple[NDArray[Any], int, int]]:
    """Yield the decoded tiles (H, W, S) that a region touches, with their upper left corners."""
    keyframe, file = page.keyframe, page.parent.filehandle
    tables: dict[str, Any] = {}
    if keyframe.compression in _JPEG:
        tables = {"jpegtables": page.jpegtables, "jpegheader": keyframe.jpegheader}
    indices = _indices(page, region, plane)
    offsets = [page.dataoffsets[index] for index in indices]
    num_bytes = [page.databytecounts[index] for index in indices]
    for encoded, index in file.read_segments(offsets, num_bytes, indices, lock=file.lock):
        if encoded is None:
            continue
        tile, (_, _, y0, x0, _), _ = keyframe.decode(encoded, index, **tables)
        if tile is not None:
            yield tile[0], y0, x0


def _indices(page: Any, region: Region, plane: int) -> list[int]:
    """Return the numbers of the tiles that a region touches, row by row."""
    keyframe = page.keyframe
    height, width = keyframe.tilelength, keyframe.tilewidth
    num_rows, num_columns = -(-keyframe.imagelength // height), -(-keyframe.imagewidth // width)
    return [
        (plane * num_rows + row) * num_columns + column
        for row in range(region.y0 // height, -(-region.y1 // height))
        for column in range(region.x0 // width, -(-region.x1 // width))
    ]


def _paste(tile: NDArray[Any], out: NDArray[Any], y0: int, x0: int) -> None:
    """Copy a tile (H, W, S) into (S, H, W), where its corner lies at (y0, x0), perhaps outside."""
    inside = tile[max(-y0, 0) : out.shape[1] - y0, max(-x0, 0) : out.shape[2] - x0]
    height, width = inside.shape[:2]
    top, left = max(y0, 0), max(x0, 0)
    out[:, top : top + height, left : left + width] = np.moveaxis(inside, -1, 0)
