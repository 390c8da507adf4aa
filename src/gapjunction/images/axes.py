"""Axes of microscope files by their letters: T time, Z slices, C channels, Y, X, S samples."""

from collections.abc import Mapping
from pathlib import Path

from gapjunction.errors import ImageError

UNKNOWN_AXES = "IQ"  # tifffile's letters for planes of which the file does not say what they are
_AXIS_NAMES = {
    "B": "block",
    "H": "phase or lifetime",
    "L": "wavelength",
    "M": "tile of a mosaic",
    "P": "position",
    "R": "rotation",
    "V": "view",
    "A": "angle",
    "S": "samples of a pixel",
    "I": "planes of an unknown kind",
    "Q": "planes of an unknown kind",
}


def refuse_other_axes(sizes: Mapping[str, int], known: str, path: Path) -> None:
    """Refuse a file with several planes along an axis that no option chooses from.

    Raises:
        ImageError: naming the first such axis and its size.
    """
    for axis, size in sizes.items():
        if size > 1 and axis not in known:
            raise ImageError(
                path,
                expected="no axes but time, z, channel, y and x",
                found=f"{size} along {axis!r} ({_AXIS_NAMES.get(axis[:1], 'another axis')})",
                fix="save the planes that you need as OME-TIFF",
            )
