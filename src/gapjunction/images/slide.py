"""An image that is read region by region, as it is too large to be read whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.errors import ImageError
from gapjunction.images.locations import shown_location
from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.microscope_scene import MicroscopeScene
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import (
    ChosenPlanes,
    PlaneChoice,
    choose_planes,
    choose_scene,
)
from gapjunction.images.plane_level import PlaneLevel
from gapjunction.images.region import Region

LEAST_PX = 50_000_000  # a larger image is read region by region, if that can be
SAME_FACTOR = 1.01  # factors that differ by less are one
READ_TYPES = (np.uint8, np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class SlideLevel:
    """The chosen planes of a slide at one size.

    Attributes:
        path: of the file.
        factor_y, factor_x: the full size is so many times as high, and as wide.
    """

    path: Path
    plane: PlaneLevel
    planes: ChosenPlanes
    dtype: np.dtype[Any]
    factor_y: float
    factor_x: float

    @property
    def height(self) -> int:
        """In pixels."""
        return self.plane.height

    @property
    def width(self) -> int:
        """In pixels."""
        return self.plane.width

    def read(self, region: Region) -> ImageArray:
        """Return the pixels (C, H, W) of a region that lies in the level.

        Raises:
            ImageError: if what is stored there is damaged, or cannot be reached.
        """
        planes, read = self.planes, self.plane.read_region
        first, *others = planes.slices
        pixels: ImageArray = read(planes.time, first, planes.channels, region)
        if not others:
            return pixels
        if planes.projection == "max":
            for place in others:
                np.maximum(pixels, read(planes.time, place, planes.channels, region), out=pixels)
            return pixels
        total = pixels.astype(np.float64)
        for place in others:
            total += read(planes.time, place, planes.channels, region)
        mean: ImageArray = np.rint(total / len(planes.slices)).astype(self.dtype)
        return mean

    def is_stored(self, region: Region) -> bool:
        """Tell whether a region is more than fill."""
        time, plane = self.planes.time, self.plane
        return any(
            plane.is_stored(time, place, channel, region)
            for place in self.planes.slices
            for channel in self.planes.channels
        )


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """The chosen planes of a slide; its levels can be read while it is open.

    Attributes:
        levels: the full size first, each smaller than the one before.
        um_per_px: the side of a pixel of the full size, None where it is not known.
    """

    levels: tuple[SlideLevel, ...]
    um_per_px: float | None

    @property
    def full(self) -> SlideLevel:
        """The level of the full size."""
        return self.levels[0]

    def level_for(self, scale: float) -> SlideLevel:
        """Return the smallest level that need not be enlarged to be shown with a factor."""
        fitting = [each for each in self.levels if each.factor_y * scale <= SAME_FACTOR]
        return fitting[-1] if fitting else self.full

    def require_inside(self, region: Region) -> None:
        """Refuse a region that reaches beyond the image.

        Raises:
            ImageError: if it does.
        """
        full = self.full
        if region.x1 > full.width or region.y1 > full.height:
            raise ImageError(
                shown_location(full.path),
                item="region",
                expected=f"pixels within {full.width} x {full.height}",
                found=f"{region.width} x {region.height} px from {region.x0},{region.y0} on",
                fix="correct it",
                settings=("region",),
            )


@contextmanager
def opened_slide(
    path: Path, choice: PlaneChoice, *, has_all_channels: bool = False
) -> Iterator[Slide]:
    """Give the chosen planes of a file, to be read region by region.

    With `has_all_channels`, they are those of every channel, of however many.

    Raises:
        ImageError: if the file cannot be read so, its pixels have another type than 8 or 16 bits,
            an axis has several planes and nothing was said of it, or what was said is not there.
    """
    file = opened_scenes(path)
    scenes = file.__enter__()
    try:
        yield _chosen(path, scenes, choice, has_all_channels=has_all_channels)
    finally:
        # What is raised inside the block is no matter of the file, which would call it damaged.
        file.__exit__(None, None, None)


def require_region(path: Path, choice: PlaneChoice, region: Region) -> None:
    """Refuse a region that cannot be read of a file by itself, or reaches beyond its image.

    Raises:
        ImageError: if so, or the file cannot be read.
    """
    with opened_slide(path, choice, has_all_channels=True) as slide:
        slide.require_inside(region)


def _chosen(
    path: Path, scenes: Sequence[MicroscopeScene], choice: PlaneChoice, *, has_all_channels: bool
) -> Slide:
    scene = choose_scene(scenes, choice, path)
    if has_all_channels:
        planes = choose_planes(scene, replace(choice, channels=("1",)), path)
        planes = replace(planes, channels=tuple(range(len(scene.channel_names))))
    else:
        planes = choose_planes(scene, choice, path)
    _require_levels(path, scene)
    levels = [
        SlideLevel(
            path,
            level,
            planes,
            scene.dtype,
            scene.height / level.height,
            scene.width / level.width,
        )
        for level in _falling(scene.levels)
    ]
    return Slide(tuple(levels), scene.um_per_px)


def _require_levels(path: Path, scene: MicroscopeScene) -> None:
    if not scene.levels:
        raise ImageError(
            shown_location(path),
            expected="an image stored in tiles, of which regions can be read",
            found="one that can only be read whole",
            fix="leave the region out, or save the image as OME-Zarr or tiled TIFF",
            settings=("region",),
        )
    if scene.dtype not in READ_TYPES:
        raise ImageError(
            shown_location(path),
            expected="pixels of type uint8 or uint16 in an image that is read by region",
            found=str(scene.dtype),
            fix="export it with 8 or 16 bits",
        )


def _falling(levels: tuple[PlaneLevel, ...]) -> list[PlaneLevel]:
    """Return the levels that have the proportions of the first, largest first."""
    full, *others = levels
    kept = [full]
    usable = [level for level in others if level.height and level.width]
    for level in sorted(usable, key=lambda each: -each.height):
        vertical, horizontal = full.height / level.height, full.width / level.width
        is_reduced = level.height < kept[-1].height and level.width <= kept[-1].width
        if is_reduced and abs(vertical / horizontal - 1) < SAME_FACTOR - 1:
            kept.append(level)
    return kept
