"""A dataset, or a folder of predictions, as layers: images of an asset one behind the other."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.napari_plugin.box_layers import box_layer
from gapjunction.napari_plugin.image_layers import image_layer
from gapjunction.napari_plugin.images_on_demand import ImagesOnDemand
from gapjunction.napari_plugin.layer_data import LayerData, LayerOrigin
from gapjunction.napari_plugin.plaque_layers import plaque_layers, plaques_of_boxes
from gapjunction.napari_plugin.shown_images import Shown, ShownImage, Stack


def folder_layers(shown: Shown) -> list[LayerData]:
    """Return image, boxes and plaques of each asset; those of the first one are visible.

    Images of an asset that differ in size or depth are layers of their own.

    Raises:
        ImageError: if the first image of an asset cannot be read.
    """
    layers: list[LayerData] = []
    for name, stack, images in _groups(shown.images):
        own = _layers_of(shown, name, stack, images)
        layers += [_hidden(each) for each in own] if layers else own
    return layers


def _groups(images: Sequence[ShownImage]) -> Iterator[tuple[str, Stack, list[ShownImage]]]:
    """Yield what is one layer, with its name, slices of stacks in order."""
    groups: dict[tuple[Stack, tuple[int, ...]], list[ShownImage]] = {}
    for image in images:
        groups.setdefault((image.stack, image.kind), []).append(image)
    for (stack, _), own in groups.items():
        if all(image.slice_number is not None for image in own):
            own = sorted(own, key=lambda image: image.slice_number or 0)  # noqa: PLW2901
        yield own[0].path.stem if len(own) == 1 else stack[1], stack, own


def _layers_of(
    shown: Shown, name: str, stack: Stack, images: Sequence[ShownImage]
) -> list[LayerData]:
    numbers = {image.slice_number for image in images if image.slice_number is not None}
    is_stacked = len(images) > 1
    origin = LayerOrigin(
        shown.classes,
        tuple(image.path for image in images),
        shown.root,
        images[0].um_per_px,
        images[0].z_step_um,
        tuple(sorted(numbers)) if len(numbers) == len(images) else (),
        is_stacked,
    )
    plaques = shown.plaques.get(stack, ()) if origin.numbers and is_stacked else ()
    slices = [image.found for image in images]
    owners = plaques_of_boxes(slices, plaques, origin) if plaques else None
    return [
        *_pixel_layers(name, images, origin),
        *plaque_layers(plaques, origin, name),
        box_layer(slices, origin, f"{name} boxes", owners, shown.threshold),
    ]


def _pixel_layers(
    name: str, images: Sequence[ShownImage], origin: LayerOrigin
) -> Iterator[LayerData]:
    """Yield a layer of each channel, or one of all where they are the colors of a picture."""
    first = images[0].read()
    if images[0].is_color:
        yield _stacked([_Pixels(image, None) for image in images], name, origin)
        return
    for channel in range(len(first)):
        label = f"{name} channel {channel + 1}" if len(first) > 1 else name
        yield _stacked([_Pixels(image, channel) for image in images], label, origin)


class _Pixels:
    """Reads an image as napari shows it: (H, W), of one channel, or (H, W, 3)."""

    def __init__(self, image: ShownImage, channel: int | None) -> None:
        self._image, self._channel = image, channel

    def __call__(self) -> NDArray[Any]:
        pixels: NDArray[Any] = self._image.read()
        if self._channel is not None:
            one: NDArray[Any] = pixels[self._channel]
            return one
        shown: NDArray[Any] = pixels[0] if len(pixels) == 1 else np.moveaxis(pixels, 0, -1)
        return shown


def _stacked(readers: Sequence[_Pixels], name: str, origin: LayerOrigin) -> LayerData:
    first = readers[0]()
    pixels = ImagesOnDemand(readers, first) if origin.is_stacked else first
    return image_layer(pixels, first, origin, name)


def _hidden(layer: LayerData) -> LayerData:
    pixels, shown, kind = layer
    return pixels, {**shown, "visible": False}, kind
