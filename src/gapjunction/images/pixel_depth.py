"""Pixels of any type as 16 bits: kept where they fit, else mapped by one stated rule.

Whole numbers from 0 to 65535 stay as they are, whatever their type: of 8, 12 and 16 bits nothing
changes. Whole numbers that are negative or larger, but span no more than 65535, are shifted. All
else (fractions, wider ranges) is mapped linearly: the lowest value becomes 0, the highest 65535.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.errors import ImageError

TOP = 65535
WHITE_PERCENTILE = 99.99  # so that a hot pixel does not make everything else dark


@dataclass(frozen=True, slots=True)
class ValueRange:
    """What values occur: the lowest, the highest, and whether all are whole numbers."""

    lowest: float
    highest: float
    is_whole: bool

    def joined(self, other: "ValueRange") -> "ValueRange":
        """Return the range of both together."""
        return ValueRange(
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            self.is_whole and other.is_whole,
        )


@dataclass(frozen=True, slots=True)
class DepthMapping:
    """The value that becomes 0, and how many of 65535 steps a value of 1 above it makes."""

    zero: float
    factor: float

    def to_16_bits(self, image: NDArray[Any]) -> NDArray[np.uint16]:
        """Return the image with 16 bits; values are rounded."""
        if self == UNCHANGED and image.dtype in (np.uint8, np.uint16):
            return image.astype(np.uint16, copy=False)
        if self.factor == 1:
            shifted = image - np.asarray(self.zero, _wider(image.dtype))
            return np.asarray(shifted, np.uint16)
        scaled = (image.astype(np.float64) - self.zero) * self.factor
        return np.asarray(np.clip(np.rint(scaled), 0, TOP), np.uint16)


UNCHANGED = DepthMapping(0.0, 1.0)


def value_range(image: NDArray[Any], path: Path) -> ValueRange:
    """Return the range of an image of whatever real type.

    Raises:
        ImageError: as `require_real` does.
    """
    require_real(image, path)
    is_whole = image.dtype.kind != "f" or bool(np.all(image == np.rint(image)))
    return ValueRange(float(image.min()), float(image.max()), is_whole)


def require_real(image: NDArray[Any], path: Path) -> None:
    """Make sure that all pixels are real numbers.

    Raises:
        ImageError: if a value is complex, infinite or not a number.
    """
    if image.dtype.kind not in "buif":
        raise ImageError(
            path,
            expected="pixels that are numbers",
            found=f"values of type {image.dtype}",
            fix="export the intensities",
        )
    if not (np.isfinite(image.min()) and np.isfinite(image.max())):
        raise ImageError(
            path,
            expected="finite pixels",
            found="infinity or not-a-number among them",
            fix="replace these pixels and save the image again",
        )


def depth_mapping(values: ValueRange) -> DepthMapping:
    """Return how values of this range become 16 bits, by the rule at the top.

    >>> depth_mapping(ValueRange(0.0, 4095.0, is_whole=True))
    DepthMapping(zero=0.0, factor=1.0)
    >>> depth_mapping(ValueRange(-1.0, 1.0, is_whole=False))
    DepthMapping(zero=-1.0, factor=32767.5)
    """
    span = values.highest - values.lowest
    if values.is_whole and values.lowest >= 0 and values.highest <= TOP:
        return UNCHANGED
    if values.is_whole and span <= TOP:
        return DepthMapping(values.lowest, 1.0)
    is_flat = span < TOP / np.finfo(np.float64).max  # the factor would be infinite
    return DepthMapping(values.lowest, 1.0 if is_flat else TOP / span)


def joined_range(ranges: Sequence[ValueRange]) -> ValueRange:
    """Return the range of all of them together."""
    first, *others = ranges
    for other in others:
        first = first.joined(other)
    return first


def _wider(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return a type in which subtracting the lowest value cannot overflow."""
    return np.dtype(np.float64 if dtype.kind == "f" else np.int64)
