"""What the scenes of a microscope file hold, before a plane of them is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.images.plane_level import PlaneLevel

Plane = NDArray[Any]
PlaneReader = Callable[[int, int, int], Plane]

RGB_NAMES = ("red", "green", "blue")
SQUARE_TOLERANCE = 0.01  # sides of a pixel that differ by less, relative to each other, are equal


@dataclass(frozen=True, slots=True, eq=False)
class MicroscopeScene:
    """One field of a microscope file: its axes, and a way to read one plane at a time.

    Attributes:
        name: what the file calls it; may be empty.
        channel_names: one for each channel, empty where the file names none.
        num_slices, num_times: planes along z and time, 1 or more.
        height, width: size of a plane in pixels.
        dtype: type of the pixels; a single plane may be of a smaller one.
        um_per_px: the side of a pixel, None where the file does not tell or pixels are no squares.
        is_color: the three channels are the colors of one picture: nobody need choose.
        read_plane: gives the plane (H, W) of a time, slice and channel, counted from 0.
        is_picture: it is all of a WEBP, PNG or JPEG file.
        z_step_um: from one slice to the next, None where the file does not tell.
        levels: the planes in full and reduced size, largest first, of which regions can be read;
            none where a plane can only be read whole.
    """

    name: str
    channel_names: tuple[str, ...]
    num_slices: int
    num_times: int
    height: int
    width: int
    dtype: np.dtype[Any]
    um_per_px: float | None
    is_color: bool
    read_plane: PlaneReader
    is_picture: bool = False
    z_step_um: float | None = None
    levels: tuple[PlaneLevel, ...] = ()

    def __str__(self) -> str:
        parts = [
            f"{len(self.channel_names)} channels ({', '.join(listed_names(self.channel_names))})"
            if len(self.channel_names) > 1
            else "1 channel",
            f"{self.num_slices} slices" if self.num_slices > 1 else "1 slice",
            f"{self.num_times} times" if self.num_times > 1 else "1 time",
            f"{self.width} x {self.height} px of {self.dtype}",
            *([f"{len(self.levels)} sizes"] if len(self.levels) > 1 else []),
            "pixel size not known" if self.um_per_px is None else f"{self.um_per_px:.4g} um/px",
        ]
        return ", ".join(parts)


def listed_names(names: tuple[str, ...]) -> list[str]:
    """Return names as a user may type them, each after its number.

    >>> listed_names(("DAPI", ""))
    ['1 DAPI', '2']
    """
    return [f"{number} {name}".rstrip() for number, name in enumerate(names, start=1)]


def z_step(um: float | None, num_slices: int) -> float | None:
    """Return the distance of neighboring slices in um, None for one slice or without a number."""
    is_step = um is not None and np.isfinite(um) and um != 0 and num_slices > 1
    return abs(float(um)) if is_step and um is not None else None


def square_side(width_um: float | None, height_um: float | None) -> float | None:
    """Return the side of a pixel in um, or None if it is not known or the pixel is no square."""
    if not width_um or not height_um or not np.isfinite((width_um, height_um)).all():
        return None
    if width_um < 0 or abs(width_um - height_um) > SQUARE_TOLERANCE * width_um:
        return None
    return float(width_um)
