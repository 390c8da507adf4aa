"""One level of a pyramid, of which any region can be read by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from gapjunction.images.region import Region

MOST_BYTES_A_TILE = 500_000_000  # decoded; what is stored in larger ones cannot be read in parts

# Of a time, slice and channels, counted from 0, and a region: pixels (C, H, W).
RegionReader = Callable[[int, int, Sequence[int], Region], NDArray[Any]]
# Whether anything is stored of a time, slice and channel in a region.
StoredTeller = Callable[[int, int, int, Region], bool]


def always_stored(_time: int, _place: int, _channel: int, _region: Region) -> bool:
    """Say of every region that something is stored there, where nobody can tell."""
    return True


@dataclass(frozen=True, slots=True, eq=False)
class PlaneLevel:
    """The planes of a scene at one size, stored in tiles or chunks.

    Attributes:
        height, width: of a plane in pixels.
        read_region: gives the pixels of a region, which lies in the plane.
        is_stored: tells whether a region is more than fill.
    """

    height: int
    width: int
    read_region: RegionReader
    is_stored: StoredTeller = always_stored
