"""The annotated objects of datasets, with the images that they are in."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.images import list_images
from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.dataset.named_images import read_named_images
from gapjunction.dataset.records import AnnotatedImage
from gapjunction.images.plane_choice import index_of_channel
from gapjunction.images.slice_names import slice_number
from gapjunction.prediction.channel_decisions import ImageGroup, channel_name
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.samples.annotated_channel import Example, stained_channel
from gapjunction.samples.intensity import without_color
from gapjunction.samples.shared_span import evenly_spread

logger = logging.getLogger(__name__)

MOST_LOOKS = 4  # images of a group


def annotated_objects(
    root: Path, channel: str | None, um_per_px: float | None, slice_names: re.Pattern[str]
) -> tuple[list[ImageObjects], tuple[str, ...]]:
    """Return what people marked in each image of datasets, and the names of the classes.

    Outlines are to be drawn in the channel that was asked for, else in the one in which the
    annotated objects of an asset stand out. `um_per_px` is what the user states, `slice_names` how
    names of images tell slices.

    Raises:
        DatasetError: if a dataset has errors.
        ImageError: if an image has no such channel.
    """
    classes, named = read_named_images(root)
    annotated = {each.name: each.image for each in named}
    selection = ImageSelection(annotated_only=True, um_per_px=um_per_px, may_find_channel=True)
    listed = list_images(root, selection, Path())
    images = [
        ImageObjects(
            image,
            own.as_detections(),
            (own.height, own.width),
            image.um_per_px,
            slice_number(image.origin.path.stem, slice_names),
        )
        for image in _in_channels(listed, annotated, channel)
        for own in (annotated[image.output_name],)
    ]
    return images, tuple(classes)


def _in_channels(
    images: Sequence[ListedImage], annotated: Mapping[str, AnnotatedImage], asked: str | None
) -> list[ListedImage]:
    """Return images in the channels that outlines are to be drawn in."""
    groups: dict[ImageGroup, list[ListedImage]] = {}
    for image in images:
        if image.open_channels:
            groups.setdefault(ImageGroup.of(image), []).append(image)
    places = {group: _channel_of(own, annotated, asked) for group, own in groups.items()}
    found = {group: place for group, place in places.items() if place is not None}
    if asked is None:
        _tell(found)
    return [
        replace(image.in_channel(place, None), open_channels=())
        if image.open_channels and (place := found.get(ImageGroup.of(image))) is not None
        else image
        for image in images
    ]


def _channel_of(
    images: Sequence[ListedImage], annotated: Mapping[str, AnnotatedImage], asked: str | None
) -> int | None:
    """Return the index of the channel of a group; None where nothing is annotated, or all grey."""
    if asked is not None:
        return index_of_channel(asked, images[0].open_channels, images[0].origin.path)
    marked = [image for image in images if len(annotated[image.output_name].boxes)]
    examples: list[Example] = []
    for image in evenly_spread(marked, MOST_LOOKS):
        pixels = image.read_channels()
        if not image.is_color or len(without_color(pixels)) > 1:
            examples.append((pixels, annotated[image.output_name].boxes))
    stained = stained_channel(examples) if examples else None
    return None if stained is None else stained.channel


def _tell(channels: Mapping[ImageGroup, int]) -> None:
    by_name: dict[str, int] = {}
    for group, place in channels.items():
        name = channel_name(group, place)
        by_name[name] = by_name.get(name, 0) + 1
    if by_name:
        logger.info(
            "outlines are drawn in channel %s, in which annotated objects stand out; --channel "
            "chooses",
            ", ".join(
                f"{name} (of {number} assets)" if len(by_name) > 1 else name
                for name, number in by_name.items()
            ),
        )
