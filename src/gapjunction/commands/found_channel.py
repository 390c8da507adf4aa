"""Decides in which channel images with several are predicted on, where nothing was said."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from gapjunction.commands.image_list import ListedImage
from gapjunction.commands.messages import counted
from gapjunction.commands.shown_size import Viewer
from gapjunction.dataset.images import ImageArray
from gapjunction.dataset.microscope_files import read_chosen
from gapjunction.dataset.microscope_scene import listed_names
from gapjunction.dataset.plane_choice import ALL_CHANNELS, CHANNEL_FIX
from gapjunction.errors import ImageError
from gapjunction.prediction.channel_estimate import (
    MOST_LOOKS,
    ChannelEvidence,
    look_at_channels,
)
from gapjunction.samples.intensity import without_colour

logger = logging.getLogger(__name__)

COLOR = "color as it is"
# From this share of puncta on that are puncta in a channel without the stain as well, which is
# autofluorescence, color finds more that is right than the stain's channel alone.
TELLING_SHARE = 0.08
FEWEST_TELLING = 2  # puncta; one may be there by chance
# Puncta that are looked at, by their probabilities: those of all groups tell autofluorescence.
ENOUGH_IN_ALL, ENOUGH_IN_GROUP = 30.0, 10.0
MOST_NAMED = 3  # assets
MOST_READ = 16  # images of a group, if those first looked at are grey

ScalesOf = Callable[[ListedImage], Sequence[float]]


@dataclass(frozen=True, slots=True)
class ImageGroup:
    """Images with one staining and the same channels: of an asset, or of a folder."""

    dataset: str
    asset: str
    channels: tuple[str, ...]
    is_color: bool

    @classmethod
    def of(cls, image: ListedImage) -> "ImageGroup":
        """Return the group of an image with several channels."""
        origin = image.origin
        return cls(origin.dataset, origin.asset, image.open_channels, image.is_color)

    @property
    def place(self) -> str:
        """Where the images are and what their channels are called."""
        names = ", ".join(listed_names(self.channels))
        return f"{'/'.join(filter(None, (self.dataset, self.asset)))} ({names})".strip()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is taken of the images of a group, and why.

    Attributes:
        channel: its index; None takes color as it is.
        reason: that the model was trained on it, that puncta stand out there, that color tells
            autofluorescence, or that too little is seen.
    """

    channel: int | None
    reason: Literal["learnt", "seen", "telling", "unseen"]


@dataclass(frozen=True, slots=True)
class FoundChannels:
    """Images of which every channel is chosen.

    Attributes:
        by_place: for each group of images with several channels, what is taken of them.
    """

    images: list[ListedImage]
    by_place: dict[str, str]


def find_channels(
    images: Sequence[ListedImage], viewer: Viewer, scales_of: ScalesOf
) -> FoundChannels:
    """Choose a channel for each group of images with several, and say which in one line or few.

    It is the channel that the model was trained on, where there is one of its name, else the one
    in which most is seen. Color pictures with much autofluorescence are taken as they are.

    Raises:
        ImageError: if no channel of a microscope file stands out.
    """
    groups: dict[ImageGroup, list[ListedImage]] = {}
    for image in images:
        if image.open_channels:
            groups.setdefault(ImageGroup.of(image), []).append(image)
    enough_seen = max(ENOUGH_IN_GROUP, ENOUGH_IN_ALL / max(len(groups), 1))
    decisions: dict[ImageGroup, Decision] = {}
    evidence: dict[ImageGroup, ChannelEvidence] = {}
    for group, own in groups.items():
        learnt = _learnt_channel(group, viewer.config.channel)
        if learnt is not None:
            decisions[group] = Decision(learnt, "learnt")
            continue
        seen = look_at_channels(
            viewer.detector,
            viewer.config,
            _looked_at(own),
            viewer.device,
            scales_of(own[0]),
            enough_seen,
        )
        if seen is not None:
            evidence[group] = seen
    decisions |= _decided(evidence)
    for group, seen in evidence.items():
        is_followed = group in decisions and not seen.says_something
        if not (group.is_color or seen.is_clear or is_followed):
            raise _undecided(groups[group][0], group, seen)
    _tell(decisions, groups, evidence)
    return FoundChannels(
        [_taken(image, decisions) for image in images],
        {group.place: _name(group, decision) for group, decision in decisions.items()},
    )


def _learnt_channel(group: ImageGroup, learnt: Sequence[str]) -> int | None:
    """Return the index of the one channel that a model was trained on, if the images have it."""
    names = [name.strip().casefold() for name in group.channels]
    if len(learnt) != 1 or names.count(learnt[0].casefold()) != 1:
        return None
    return names.index(learnt[0].casefold())


def _looked_at(images: Sequence[ListedImage]) -> Iterator[ImageArray]:
    """Yield evenly spread images with all their channels; the prediction names unreadable ones.

    Pictures of a single hue have no channel to choose.
    """
    spread = images[:: -(-len(images) // MOST_LOOKS)]
    others = [image for image in images[:: -(-len(images) // MOST_READ)] if image not in spread]
    for image in (*spread, *others):
        try:
            pixels = _all_channels(image)
        except ImageError:
            continue
        if not image.is_color or len(without_colour(pixels)) > 1:
            yield pixels


def _all_channels(image: ListedImage) -> ImageArray:
    path, choice = image.origin.path, image.choice
    if image.is_color:
        return read_chosen(path, replace(choice, channels=ALL_CHANNELS), is_quiet=True)
    numbers = range(1, len(image.open_channels) + 1)
    chosen = [replace(choice, channels=(str(number),)) for number in numbers]
    planes = [read_chosen(path, each, is_quiet=True) for each in chosen]
    return cast(ImageArray, np.concatenate(planes))


def _decided(evidence: Mapping[ImageGroup, ChannelEvidence]) -> dict[ImageGroup, Decision]:
    """Return what is decided for groups in which enough is seen, and for others with them."""
    decisions: dict[ImageGroup, Decision] = {}
    for group, seen in evidence.items():
        if seen.says_something:
            is_telling = group.is_color and _is_color_telling(group, evidence)
            own = Decision(None, "telling") if is_telling else Decision(seen.best, "seen")
            decisions[group] = own
    for group in evidence.keys() - decisions.keys():
        like = [each for other, each in decisions.items() if other.channels == group.channels]
        if like:
            decisions[group] = like[0]
        elif group.is_color:
            decisions[group] = Decision(None, "unseen")
    return {group: decisions[group] for group in evidence if group in decisions}


def _is_color_telling(group: ImageGroup, evidence: Mapping[ImageGroup, ChannelEvidence]) -> bool:
    """Tell whether many puncta are seen in a channel which lacks the group's stain as well.

    Those of all groups with the same channels and the same best one count, as a few puncta say
    little. They are none if the stain is in all channels.
    """
    own = evidence[group]
    if not own.lacks_stain.any():
        return False
    alike = [
        seen.is_elsewhere
        for other, seen in evidence.items()
        if (other.dataset, other.channels) == (group.dataset, group.channels)
        and seen.best == own.best
        and seen.lacks_stain.any()
    ]
    is_elsewhere = np.concatenate(alike)
    most = int(is_elsewhere.sum(axis=0).max())
    return most >= max(FEWEST_TELLING, TELLING_SHARE * len(is_elsewhere))


def _undecided(image: ListedImage, group: ImageGroup, seen: ChannelEvidence) -> ImageError:
    return ImageError(
        image.origin.path,
        expected="a channel in which puncta stand out, or to be told which",
        found=f"{len(group.channels)} channels (puncta: {_scores(group, seen.seen)})",
        fix=f"type {CHANNEL_FIX}",
    )


def _taken(image: ListedImage, decisions: Mapping[ImageGroup, Decision]) -> ListedImage:
    """Return an image with the channel that was decided on; unseen color pictures stay as is."""
    decision = decisions.get(ImageGroup.of(image)) if image.open_channels else None
    if decision is None or decision.channel is None:
        return image
    if image.is_color:
        return replace(image, channel=decision.channel)
    choice = replace(image.choice, channels=(str(decision.channel + 1),))
    return replace(image, choice=choice)


def _tell(
    decisions: Mapping[ImageGroup, Decision],
    groups: Mapping[ImageGroup, Sequence[ListedImage]],
    evidence: Mapping[ImageGroup, ChannelEvidence],
) -> None:
    """Say what is taken of which images: in one line, or one for each choice."""
    alike: dict[tuple[tuple[str, ...], Decision], list[ImageGroup]] = {}
    for group, decision in decisions.items():
        alike.setdefault((group.channels, decision), []).append(group)
    for (_, decision), own in alike.items():
        num_images = sum(len(groups[group]) for group in own)
        assets = [group.asset for group in own if group.asset]
        named = ", ".join(assets[:MOST_NAMED]) + (", ..." if len(assets) > MOST_NAMED else "")
        name = _name(own[0], decision)
        logger.info(
            "%s with several channels%s %s taken %s%s; --channel chooses%s",
            counted(num_images, "image"),
            f" ({named})" if named and len(alike) > 1 else "",
            "is" if num_images == 1 else "are",
            f"in {COLOR}" if decision.channel is None else f"from channel {name}",
            _because(decision, [(group, evidence[group]) for group in own if group in evidence]),
            "" if decision.channel is None else f", --channel all takes {COLOR}",
        )


def _because(decision: Decision, seen: Sequence[tuple[ImageGroup, ChannelEvidence]]) -> str:
    if decision.reason == "learnt":
        return ", which the model was trained on"
    group = seen[0][0]
    scores = _scores(group, np.sum([each.seen for _, each in seen], axis=0))
    if decision.reason == "telling":
        is_elsewhere = np.concatenate([each.is_elsewhere for _, each in seen])
        share = float(is_elsewhere.any(axis=1).mean())
        return f", which tells autofluorescence: {share:.0%} of puncta are in several ({scores})"
    return f" (puncta: {scores})" + (", too few to choose by" * (decision.reason == "unseen"))


def _name(group: ImageGroup, decision: Decision) -> str:
    return COLOR if decision.channel is None else _channel_name(group, decision.channel)


def _channel_name(group: ImageGroup, channel: int) -> str:
    return group.channels[channel] or str(channel + 1)


def _scores(group: ImageGroup, seen: Sequence[float]) -> str:
    return ", ".join(
        f"{_channel_name(group, channel)} {round(score)}" for channel, score in enumerate(seen)
    )
