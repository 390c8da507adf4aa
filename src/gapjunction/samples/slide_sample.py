"""Parts of a slide that stand for all of it, where it is too large to be looked at whole."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.images.region import Region
from gapjunction.images.slide import SlideLevel, opened_slide

WINDOW_PX, MOST_WINDOWS = 256, 576
MOST_TRIED = 4  # times as many are read to find them, where much is stored that shows nothing
STANDING_PX, MOST_STANDING = 1024, 16
TOP_PERCENTILE = 99.9
_SPREAD_SEED = 0  # of the order in which windows are looked at


def sampled(level: SlideLevel) -> ImageArray:
    """Return pixels (C, H, W) whose intensities are those of a whole level.

    A level of up to 38 million pixels is returned as it is. Of a larger one these are up to 576
    windows of 256 px, spread over all that is stored and shows something, put side by side.

    Raises:
        ImageError: if they cannot be read.
    """
    if level.height * level.width <= MOST_WINDOWS * WINDOW_PX**2:
        return level.read(Region(0, 0, level.width, level.height))
    windows = windows_of(level, WINDOW_PX, MOST_WINDOWS)
    if not windows:
        return level.read(Region(0, 0, WINDOW_PX, WINDOW_PX))
    num_rows = int(np.sqrt(len(windows)))
    num_columns = len(windows) // num_rows
    rows = [
        np.concatenate(windows[start : start + num_columns], axis=2)
        for start in range(0, num_rows * num_columns, num_columns)
    ]
    mosaic: ImageArray = np.concatenate(rows, axis=1)
    return mosaic


def read_standing_part(
    path: Path, choice: PlaneChoice, *, has_all_channels: bool = False
) -> ImageArray:
    """Return the window (C, H, W) of a slide, of up to 1024 px, in which most stands out.

    Raises:
        ImageError: as `opened_slide` does, or if it cannot be read.
    """
    with opened_slide(path, choice, has_all_channels=has_all_channels) as slide:
        windows = windows_of(slide.full, STANDING_PX, MOST_STANDING)
        if not windows:
            width, height = min(slide.full.width, STANDING_PX), min(slide.full.height, STANDING_PX)
            return slide.full.read(Region(0, 0, width, height))
    contrasts = np.array([_contrasts(window) for window in windows])
    shares = contrasts / np.maximum(contrasts.max(axis=0), 1)
    standing: ImageArray = windows[int(shares.sum(axis=1).argmax())]
    return standing


def windows_of(level: SlideLevel, side_px: int, most: int) -> list[NDArray[Any]]:
    """Return windows (C, S, S) of a level that are stored and not of a single value.

    They are spread over the level; no more than `most`, and all there are if these are fewer,
    unless nobody can tell what is stored and hardly anything is.

    Raises:
        ImageError: if they cannot be read.
    """
    regions = _grid(level, side_px)
    found: list[NDArray[Any]] = []
    num_read = 0
    for index in np.random.default_rng(_SPREAD_SEED).permutation(len(regions)):
        if not level.is_stored(regions[index]):
            continue
        pixels = level.read(regions[index])
        num_read += 1
        if pixels.min() != pixels.max():
            found.append(pixels)
        if len(found) == most or num_read == MOST_TRIED * most:
            break
    return found


def occupied_share(level: SlideLevel) -> float:
    """Return the share of a level's area in which something is stored."""
    regions = _grid(level, WINDOW_PX)
    return sum(map(level.is_stored, regions)) / len(regions)


def _grid(level: SlideLevel, side_px: int) -> list[Region]:
    """Return windows side by side all over a level, as far as whole ones fit in."""
    height, width = min(side_px, level.height), min(side_px, level.width)
    return [
        Region(x0, y0, x0 + width, y0 + height)
        for y0 in range(0, level.height - height + 1, height)
        for x0 in range(0, level.width - width + 1, width)
    ]


def _contrasts(window: NDArray[Any]) -> list[float]:
    low, high = np.percentile(window, (50, TOP_PERCENTILE), axis=(1, 2))
    contrasts: list[float] = (high - low).tolist()
    return contrasts
