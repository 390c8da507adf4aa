"""Decides in which channel annotated images are learnt from."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gapjunction.dataset.coco import CocoImage
from gapjunction.dataset.splits import AssetKey
from gapjunction.errors import ConfigError
from gapjunction.images.microscope_files import chosen_facts
from gapjunction.images.pictures import read_picture
from gapjunction.images.plane_choice import ALL_CHANNELS, NOTHING_CHOSEN, index_of_channel
from gapjunction.samples.annotated_channel import Example, StainedChannel, stained_channel
from gapjunction.samples.intensity import without_color
from gapjunction.samples.shared_span import evenly_spread

logger = logging.getLogger(__name__)

MOST_LOOKS = 4  # images of an asset
# From this share of autofluorescence on, color tells more than the stain's channel alone.
TELLING_SHARE = 0.15
MOST_NAMED = 3  # assets

Names = tuple[str, ...]  # of the channels of an image


@dataclass(frozen=True, slots=True)
class LearntChannel:
    """The channel of a color picture that is learnt from.

    Attributes:
        index: its place among the channels.
        stain: as in `StainedChannel`: what shines elsewhere by more is not counted. None where
            the channel was asked for: then all in it is.
    """

    index: int
    stain: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class LearntChannels:
    """What is learnt from.

    Attributes:
        of_image: path -> the channel of that color picture; others are taken as they are.
        names, stain: for `DetectorConfig`.
    """

    of_image: Mapping[Path, LearntChannel]
    names: Names
    stain: tuple[float, ...] | None = None


def learnt_channels(images: Sequence[CocoImage], asked: Names) -> LearntChannels:
    """Return the channel that was asked for, or find one for each asset and say which.

    Raises:
        ConfigError: if several were asked for.
        ImageError: if an image has no such channel.
    """
    if asked == ALL_CHANNELS:
        return LearntChannels({}, ALL_CHANNELS)
    if len(asked) > 1:
        raise ConfigError(
            "channel",
            expected="one channel to train on, or all",
            found=", ".join(asked),
            fix="name one",
            settings=("channel",),
        )
    channels = {path: _channel_names(path) for path in (image.source.path for image in images)}
    if asked:
        of_image = {
            path: LearntChannel(index_of_channel(asked[0], names, path))
            for path, names in channels.items()
            if len(names) > 1
        }
        return _named(of_image, channels)
    return _found(images, channels)


def _channel_names(path: Path) -> Names:
    facts = chosen_facts(path, NOTHING_CHOSEN, may_find_channel=True)
    return facts.open_channels or facts.channel_names


def _named(
    of_image: Mapping[Path, LearntChannel], channels: Mapping[Path, Names]
) -> LearntChannels:
    """Return channels with the name that all have; without one if they have several."""
    names = {channels[path][learnt.index] for path, learnt in of_image.items()}
    if len(names) != 1:
        return LearntChannels(of_image, ())
    return LearntChannels(of_image, tuple(names), _largest([*of_image.values()]))


def _largest(learnt: Sequence[LearntChannel]) -> tuple[float, ...] | None:
    """Return shares that no stain exceeds; None if one is unknown, or they do not go together."""
    stains = [each.stain for each in learnt if each.stain is not None]
    if len(stains) < len(learnt) or len({len(each) for each in stains}) != 1:
        return None
    return tuple(np.max(stains, axis=0).tolist())


def _found(images: Sequence[CocoImage], channels: Mapping[Path, Names]) -> LearntChannels:
    """Return for each asset the channel in which its boxes stand out, or color for all."""
    of_asset: dict[tuple[AssetKey, Names], list[CocoImage]] = {}
    for image in images:
        names = channels[image.source.path]
        if len(names) > 1:
            of_asset.setdefault(((image.dataset, image.asset), names), []).append(image)
    measured = {group: _stained_channel(own) for group, own in of_asset.items()}
    found = {group: stained for group, stained in measured.items() if stained is not None}
    is_telling = _is_color_telling(list(found.values()))
    _tell(found, is_telling=is_telling)
    if is_telling:
        return LearntChannels({}, ALL_CHANNELS)
    of_image = {
        image.source.path: LearntChannel(stained.channel, stained.stain)
        for group, stained in found.items()
        for image in of_asset[group]
    }
    return _named(of_image, channels)


def _stained_channel(images: Sequence[CocoImage]) -> StainedChannel | None:
    """Return where the annotations of an asset stand out; None if all its images are grey."""
    annotated = [image for image in images if len(image.boxes)]
    examples: list[Example] = []
    for image in evenly_spread(annotated, MOST_LOOKS):
        pixels = read_picture(image.source.path)
        if len(without_color(pixels)) > 1:
            examples.append((pixels, image.boxes))
    return stained_channel(examples) if examples else None


def _is_color_telling(found: Sequence[StainedChannel]) -> bool:
    """Tell whether much shines in several channels; a model learns one way for all assets."""
    num_shining = sum(each.num_shining for each in found)
    num_spots = num_shining + sum(each.num_annotated for each in found)
    return num_shining > TELLING_SHARE * num_spots


def _tell(found: Mapping[tuple[AssetKey, Names], StainedChannel], *, is_telling: bool) -> None:
    """Say what is learnt from: in one line, or one for each channel."""
    alike: dict[tuple[Names, int], list[AssetKey]] = {}
    for (key, names), stained in found.items():
        alike.setdefault((names, stained.channel), []).append(key)
    for (names, channel), keys in alike.items():
        assets = ", ".join(asset for _, asset in keys[:MOST_NAMED])
        assets += ", ..." if len(keys) > MOST_NAMED else ""
        means = np.mean([found[key, names].outstanding for key in keys], axis=0)
        scores = ", ".join(
            f"{name or number} {mean:.1f}"
            for number, (name, mean) in enumerate(zip(names, means, strict=True), start=1)
        )
        logger.info(
            "images with several channels%s are learnt from in %s (boxes stand out by: %s); "
            "--channel chooses%s",
            f" ({assets})" if len(alike) > 1 else "",
            "color, which tells autofluorescence"
            if is_telling
            else f"channel {names[channel] or channel + 1}",
            scores,
            "" if is_telling else ", --channel all takes color as it is",
        )
