"""Write the images of an asset with 8 bits, all with the same contrast."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.dataset.creation.contrast import (
    TOP_8_BITS,
    ChannelContrast,
    measured_contrast,
    stretched_to_8_bits,
)
from gapjunction.errors import DatasetError
from gapjunction.files import write_json
from gapjunction.images.microscope_files import ChosenFacts, as_picture, read_filled
from gapjunction.images.microscope_scene import RGB_NAMES
from gapjunction.images.pictures import MAX_WEBP_SIDE, write_png, write_webp
from gapjunction.images.pixel_depth import (
    UNCHANGED,
    WHITE_PERCENTILE,
    DepthMapping,
    depth_mapping,
    joined_range,
    value_range,
)
from gapjunction.images.plane_choice import PlaneChoice


@dataclass(frozen=True, slots=True)
class SourceImage:
    """An image to come: the chosen planes of a file, and the name it gets, without suffix."""

    path: Path
    choice: PlaneChoice
    facts: ChosenFacts
    name: str


@dataclass(frozen=True, slots=True)
class AssetContrast:
    """How values become 8 bits: first 16 bits, then black to 0 and white to 255."""

    depth: DepthMapping
    channels: tuple[ChannelContrast, ...]

    def in_file_values(self) -> list[dict[str, float]]:
        """Return black and white of each channel in the values of the files."""
        zero, factor = self.depth.zero, self.depth.factor
        return [
            {"black": zero + each.black / factor, "white": zero + each.white / factor}
            for each in self.channels
        ]


def measure_asset(images: Sequence[SourceImage]) -> AssetContrast:
    """Return the contrast for all images of an asset; those of 8 bits stay as they are.

    Each image is read twice: once for the range of values, once for how often they occur.

    Raises:
        ImageError: if a file cannot be read.
        DatasetError: if the images differ in their number of channels, or some have 8 bits.
    """
    ranges, kinds = [], set()
    for image in images:
        pixels = read_filled(image.path, image.choice)
        kinds.add((len(pixels), pixels.dtype == np.uint8))
        _require_one_kind(kinds, image)
        ranges.append(value_range(pixels, image.path))
    num_channels, has_8_bits = kinds.pop()
    if has_8_bits:
        return AssetContrast(UNCHANGED, (ChannelContrast(0, TOP_8_BITS),) * num_channels)
    depth = depth_mapping(joined_range(ranges))
    deep = (depth.to_16_bits(_read_again(image)) for image in images)
    return AssetContrast(depth, tuple(measured_contrast(deep)))


def write_asset_image(image: SourceImage, contrast: AssetContrast, folder: Path) -> None:
    """Write an image as WEBP without loss, or as PNG where it is too large for that.

    Raises:
        ImageError: if the file cannot be read.
    """
    deep = contrast.depth.to_16_bits(_read_again(image))
    picture = as_picture(stretched_to_8_bits(deep, contrast.channels))
    if max(picture.shape) > MAX_WEBP_SIDE:
        write_png(folder / f"{image.name}.png", picture)
    else:
        write_webp(folder / f"{image.name}.webp", picture)


def write_contrast(images: Sequence[SourceImage], contrast: AssetContrast, path: Path) -> None:
    """Write how the images of an asset were made, for whoever measures intensities later."""
    shown_as = ("grey",) if len(contrast.channels) == 1 else RGB_NAMES
    names = images[0].facts.channel_names or ("",) * len(contrast.channels)
    channels = zip(names, shown_as, contrast.in_file_values(), strict=False)
    write_json(
        path,
        {
            "mapping": "linear, black to 0 and white to 255, cut off beyond; values of the files",
            "is_same_for": "all images of this asset",
            "white_percentile": WHITE_PERCENTILE,
            "channels": [
                {"name": name, "shown_as": shown, **values} for name, shown, values in channels
            ],
            "images": [_origin(image) for image in images],
        },
    )


def _read_again(image: SourceImage) -> NDArray[Any]:
    return read_filled(image.path, image.choice, is_quiet=True)


def _origin(image: SourceImage) -> dict[str, Any]:
    return {
        "image": image.name,
        "file": image.path.name,
        "channel": list(image.choice.channels),
        "z": image.choice.z,
        "z_axis": image.choice.z_axis,
        "time": image.choice.time,
        "scene": image.choice.scene,
        "um_per_px": image.facts.um_per_px,
    }


def _require_one_kind(kinds: set[tuple[int, bool]], image: SourceImage) -> None:
    if len(kinds) > 1:
        found = " and ".join(
            f"{count} channel{'s' if count > 1 else ''} of {'8' if has_8_bits else 'more'} bits"
            for count, has_8_bits in sorted(kinds)
        )
        raise DatasetError(
            image.path,
            expected="images of one kind in an asset, as they share a contrast",
            found=found,
            fix="choose channels, or make an asset of each kind",
        )
