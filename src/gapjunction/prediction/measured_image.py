"""Measures the objects of a listed image, in all channels that its file has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.images.microscope_files import chosen_facts, read_filled
from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.object_columns import ObjectSource
from gapjunction.measurement.objects import RESOLUTION_UM, MeasuredObject, measured_objects
from gapjunction.prediction.listed_image import ListedImage


@dataclass(frozen=True, slots=True, eq=False)
class AllChannels:
    """An image with all channels of its file.

    Attributes:
        names: of the channels, each of its own.
        pixels: (C, H, W), the file's own grey values.
        looked_at: (H, W), the light that objects are found in.
    """

    names: tuple[str, ...]
    pixels: NDArray[Any]
    looked_at: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Measuring:
    """How objects are measured.

    Attributes:
        class_names: of the labels.
        resolution_um: as for `measured_objects`.
        has_scores: False for what people marked.
    """

    class_names: tuple[str, ...]
    resolution_um: float = RESOLUTION_UM
    has_scores: bool = True


def measure_image(
    image: ListedImage,
    detections: Detections,
    um_per_px: float | None,
    measuring: Measuring,
    slice_number: int | None = None,
) -> tuple[ObjectSource, list[MeasuredObject]]:
    """Return what the objects of an image are like, and the image as tables call it.

    `slice_number` is what its name tells, where it is not one of all slices of a file.

    Raises:
        ImageError: if the image cannot be read.
    """
    light = read_all_channels(image)
    objects = measured_objects(
        light.pixels,
        detections,
        um_per_px,
        outlined=light.looked_at,
        resolution_um=measuring.resolution_um,
    )
    source = ObjectSource(
        image.origin.dataset,
        image.origin.asset,
        image.output_name,
        slice_number if image.slice_number is None else image.slice_number,
        measuring.class_names,
        light.names,
        um_per_px,
        measuring.has_scores,
    )
    return source, objects


def read_all_channels(image: ListedImage) -> AllChannels:
    """Read all channels of an image, whichever of them it is looked at in.

    Raises:
        ImageError: if it cannot be read.
    """
    looked_at = light_of(image.picture.read(is_quiet=True))
    if image.pixels is not None:
        return AllChannels(unique_channels([""] * len(image.pixels)), image.pixels, looked_at)
    path, choice = image.origin.path, replace(image.choice, channels=())
    facts = chosen_facts(path, choice, may_find_channel=True)
    if facts.is_color or not facts.open_channels:
        pixels = read_filled(path, choice, is_quiet=True)
    else:
        numbers = range(1, len(facts.open_channels) + 1)
        chosen = [replace(choice, channels=(str(number),)) for number in numbers]
        pixels = np.concatenate([read_filled(path, each, is_quiet=True) for each in chosen])
    names = facts.open_channels or facts.channel_names
    return AllChannels(unique_channels(names), pixels, looked_at)


def light_of(seen: ImageArray) -> NDArray[Any]:
    """Return the light (H, W) of what a detector looks at (C, H, W): the mean of its channels."""
    light: NDArray[Any] = seen[0] if len(seen) == 1 else seen.mean(axis=0, dtype=np.float32)
    return light


def unique_channels(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of channels, with the number of one that shares its name, or has none.

    >>> unique_channels(("DAPI", "", "Cy3", "Cy3"))
    ('DAPI', '2', '3 Cy3', '4 Cy3')
    """
    return tuple(
        name if name and names.count(name) == 1 else f"{number} {name}".rstrip()
        for number, name in enumerate(names, start=1)
    )
