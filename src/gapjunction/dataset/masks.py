"""Read masks as class maps (H, W): 0 is background, 1 the first class, 2 the second.

A color mask (WEBP, or PNG with colors) shows each class in its color of the label file. An
index mask (PNG in grey or with a palette) holds the numbers themselves. docs/metrics.md tells
the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile

from gapjunction.errors import ImageError
from gapjunction.images.pictures import PIXELS_PER_STRIP, opened_picture
from gapjunction.images.png_data import refuse_cut_png
from gapjunction.images.webp import is_lossy_webp, webp_pixels

ClassMap = NDArray[np.uint16]

MASK_SUFFIXES = (".webp", ".png")
COLOR_TOLERANCE = 10  # in each of R, G and B, as on the platform: masks went through lossy WEBP
# Lossy compression blends colors along the edges of small objects. Were more than half of all
# colored pixels blends, the mask would say little; more likely its colors are not the classes'.
MAX_UNKNOWN_SHARE = 0.5

_UNKNOWN = np.iinfo(np.uint16).max
_GREY_MODES, _COLOR_MODES = ("1", "L", "I;16", "I"), ("RGB", "RGBA")
_RGB, _RGBA = 3, 4


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A class map (H, W), and how many colored pixels of a lossy file had no class's color."""

    classes: ClassMap
    num_unknown_px: int = 0


def read_mask(path: Path, classes: Mapping[str, str]) -> Mask:
    """Read a mask of `classes` (name -> "#RRGGBB", in label order).

    Raises:
        ImageError: if the file cannot be read, or holds an index or color of no class.
    """
    if path.suffix.lower() not in MASK_SUFFIXES:
        raise _refusal(path, "a mask as PNG or WEBP", path.suffix, "save it as PNG")
    with opened_picture(path) as picture:
        if picture.format == "WEBP":
            content = path.read_bytes()
            return _by_color(webp_pixels(content), classes, path, is_lossy=is_lossy_webp(content))
        if picture.format == "PNG":
            refuse_cut_png(picture, path)
        if picture.mode in _COLOR_MODES and picture.format == "PNG":
            is_keyed = "transparency" in picture.info
            pixels = np.asarray(picture.convert("RGBA") if is_keyed else picture)
            return _by_color(pixels, classes, path, is_lossy=False)
        if picture.mode == "P":
            _refuse_contradicting_palette(picture, classes, path)
        elif picture.mode not in _GREY_MODES or picture.format != "PNG":
            found = f"{picture.format} of mode {picture.mode}"
            raise _refusal(path, "a mask as RGB(A), palette or grey PNG, or WEBP", found, "convert")
        return _by_index(np.asarray(picture), classes, path)


def _by_index(values: NDArray[np.generic], classes: Mapping[str, str], path: Path) -> Mask:
    """Take the pixels (H, W) of a grey or palette PNG as they are."""
    if values.size and values.max() > len(classes):
        y, x = np.unravel_index(int(values.argmax()), values.shape)
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(classes, start=1))
        raise _refusal(
            path,
            f"class indices (0 background, {numbered})",
            str(values.max()),
            "write class indices, or a color mask as RGBA",
            item=f"pixel x {x}, y {y}",
        )
    return Mask(values.astype(np.uint16))


def _by_color(
    pixels: NDArray[np.uint8], classes: Mapping[str, str], path: Path, *, is_lossy: bool
) -> Mask:
    """Find the class of each pixel (H, W, 3 or 4) in strips, to hold differences only briefly."""
    found = np.empty(pixels.shape[:2], np.uint16)
    colors = _colors(classes)
    rows = max(PIXELS_PER_STRIP // max(pixels.shape[1], 1), 1)
    for y0 in range(0, len(pixels), rows):
        found[y0 : y0 + rows] = _nearest_classes(pixels[y0 : y0 + rows], colors)
    is_unknown = found == _UNKNOWN
    num_unknown, num_colored = int(is_unknown.sum()), int(np.count_nonzero(found))
    if num_unknown > (MAX_UNKNOWN_SHARE * num_colored if is_lossy else 0):
        y, x = np.unravel_index(int(is_unknown.argmax()), is_unknown.shape)
        red, green, blue = pixels[y, x, :_RGB].tolist()
        raise _refusal(
            path,
            f"a class's color ({', '.join(classes.values())}, each within {COLOR_TOLERANCE}), "
            "or transparent or black background",
            f"#{red:02X}{green:02X}{blue:02X} there, and {num_unknown:,} of {num_colored:,} "
            "colored pixels of no class",
            "correct the colors of the label file, or export the mask without loss",
            item=f"pixel x {x}, y {y}",
        )
    found[is_unknown] = 0
    return Mask(found, num_unknown)


def _nearest_classes(pixels: NDArray[np.uint8], colors: Sequence[NDArray[np.int16]]) -> ClassMap:
    """Return the class map of pixels (H, W, 3 or 4), `_UNKNOWN` for a color of no class.

    A pixel that several classes would take goes to the one whose color is nearest, the first
    of equals.
    """
    rgb = pixels[..., :_RGB].astype(np.int16)
    nearest = np.full(rgb.shape[:2], COLOR_TOLERANCE + 1, np.int16)
    is_black = rgb.max(axis=-1) <= COLOR_TOLERANCE
    found = np.where(is_black, 0, _UNKNOWN).astype(np.uint16)
    for number, color in enumerate(colors, start=1):
        distance = np.abs(rgb - color).max(axis=-1)
        is_nearer = distance < nearest
        nearest[is_nearer] = distance[is_nearer]
        found[is_nearer] = number
    if pixels.shape[-1] == _RGBA:
        found[pixels[..., _RGB] == 0] = 0
    return found


def _refuse_contradicting_palette(
    picture: ImageFile, classes: Mapping[str, str], path: Path
) -> None:
    """Refuse a palette PNG that shows the classes' colors in another order than its indices.

    It is a color mask that some program made smaller: its indices would swap classes silently.
    """
    picture.load()
    picture.apply_transparency()
    palette = np.array(picture.getpalette("RGBA"), np.uint8).reshape(-1, _RGBA)
    used = np.flatnonzero(picture.histogram())
    used = used[used < len(palette)]
    by_color = _nearest_classes(palette[None, used], _colors(classes))[0]
    shows_colors = not (by_color == _UNKNOWN).any() and by_color.any()
    differs = by_color != used
    if shows_colors and differs.any():
        index, number = used[differs][0], by_color[differs][0]
        raise _refusal(
            path,
            "a palette that gives each class index the color of its class, or other colors",
            f"index {index} in the color of {['background', *classes][number]} ({number})",
            "save it as RGBA if it is a color mask, as grey if it holds class indices",
        )


def _colors(classes: Mapping[str, str]) -> list[NDArray[np.int16]]:
    """Return the colors as (3,) arrays of R, G and B."""
    return [
        np.frombuffer(bytes.fromhex(color[1:]), np.uint8).astype(np.int16)
        for color in classes.values()
    ]


def _refusal(path: Path, expected: str, found: str, fix: str, item: str = "") -> ImageError:
    return ImageError(path, item=item, expected=expected, found=found, fix=fix)
