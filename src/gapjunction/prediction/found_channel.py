"""Decides in which channel images with several are predicted on, where nothing was said."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gapjunction.errors import ImageError
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import CHANNEL_FIX
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.channel_decisions import (
    COLOR,
    Decision,
    ImageGroup,
    as_taken,
    channel_name,
    name_of,
    taken_earlier,
)
from gapjunction.prediction.channel_estimate import (
    MOST_LOOKS,
    ChannelEvidence,
    look_at_channels,
)
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.shown_size import Viewer
from gapjunction.prediction_folder import TakenChannel
from gapjunction.samples.intensity import without_color
from gapjunction.samples.shared_span import evenly_spread
from gapjunction.text import counted

logger = logging.getLogger(__name__)

# Color is kept where it shows so many times fewer puncta, and fewer by so many, than the best
# channel without what shines elsewhere: all that is there may have the color of autofluorescence.
FEWER_IN_COLOR, FEWER_BY = 2.0, 5.0
MOST_NAMED = 3  # assets
MOST_READ = 16  # images of a group, if those first looked at are grey

ScalesOf = Callable[[ListedImage], Sequence[float]]


@dataclass(frozen=True, slots=True)
class FoundChannels:
    """Images of which every channel is chosen.

    Attributes:
        by_place: for each group of images with several channels, what is taken of them.
    """

    images: list[ListedImage]
    by_place: dict[str, TakenChannel]


def find_channels(
    images: Sequence[ListedImage],
    viewer: Viewer,
    scales_of: ScalesOf,
    earlier: Mapping[str, TakenChannel] | None = None,
) -> FoundChannels:
    """Choose a channel for each group of images with several, and say which in one line or few.

    It is what was taken earlier, or the channel that the model was trained on, where there is one
    of its name, else the one in which most is seen; of color pictures, what shines in other
    channels than the stain does is to be left out.

    Raises:
        ImageError: if no channel of a microscope file stands out.
    """
    groups: dict[ImageGroup, list[ListedImage]] = {}
    for image in images:
        if image.open_channels:
            groups.setdefault(ImageGroup.of(image), []).append(image)
    decisions: dict[ImageGroup, Decision] = {}
    evidence: dict[ImageGroup, ChannelEvidence] = {}
    for group, own in groups.items():
        known = taken_earlier(group, earlier or {}) or _learnt(group, viewer.config)
        if known is not None:
            decisions[group] = known
            continue
        seen = look_at_channels(
            viewer.detector,
            viewer.config,
            _looked_at(own),
            viewer.device,
            scales_of(own[0]),
            is_color=group.is_color,
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
        {group.place: as_taken(group, decision) for group, decision in decisions.items()},
    )


def _learnt(group: ImageGroup, config: DetectorConfig) -> Decision | None:
    """Return the one channel that a model was trained on, if the images have it."""
    names, learnt = [name.strip().casefold() for name in group.channels], config.channel
    if len(learnt) != 1 or names.count(learnt[0].casefold()) != 1:
        return None
    is_known = config.stain is not None and len(config.stain) == len(names)
    stain = config.stain if is_known else None
    return Decision(names.index(learnt[0].casefold()), "learnt", stain)


def _looked_at(images: Sequence[ListedImage]) -> Iterator[ImageArray]:
    """Yield evenly spread images with all their channels; the prediction names unreadable ones.

    Pictures of a single hue have no channel to choose.
    """
    spread = evenly_spread(images, MOST_LOOKS)
    others = [image for image in evenly_spread(images, MOST_READ) if image not in spread]
    for image in (*spread, *others):
        try:
            pixels = image.read_channels()
        except ImageError:
            continue
        if not image.is_color or len(without_color(pixels)) > 1:
            yield pixels


def _decided(evidence: Mapping[ImageGroup, ChannelEvidence]) -> dict[ImageGroup, Decision]:
    """Return what is decided for groups in which enough is seen, and for others with them."""
    decisions: dict[ImageGroup, Decision] = {}
    for group, seen in evidence.items():
        alike = [each for other, each in evidence.items() if _are_alike(group, other)]
        if group.is_color and _is_color_needed(alike):
            decisions[group] = Decision(None, "telling")
        elif seen.says_something:
            channel = _best_of_alike(seen, alike)
            own_stain = seen.stain if channel == seen.best else None
            stain = own_stain or _any_stain(channel, alike)
            decisions[group] = Decision(channel, "seen", stain)
    for group in evidence.keys() - decisions.keys():
        like = [each for other, each in decisions.items() if other.channels == group.channels]
        if like:  # of its stain's color nothing is known
            decisions[group] = replace(like[0], stain=None)
        elif group.is_color:
            decisions[group] = Decision(None, "unseen")
    return {group: decisions[group] for group in evidence if group in decisions}


def _are_alike(one: ImageGroup, other: ImageGroup) -> bool:
    return (one.dataset, one.channels) == (other.dataset, other.channels)


def _is_color_needed(seen: Sequence[ChannelEvidence]) -> bool:
    """Tell whether far less is seen in color than in the best channels, in all groups together."""
    num_stained = sum(each.num_stained for each in seen)
    num_in_color = sum(each.num_in_color for each in seen)
    is_fewer = num_stained > FEWER_IN_COLOR * num_in_color
    return is_fewer and num_stained - num_in_color > FEWER_BY


def _best_of_alike(seen: ChannelEvidence, alike: Sequence[ChannelEvidence]) -> int:
    """Return the best channel of a group, or where that is not clear, of most clear ones like it.

    A dataset's animals are stained alike, and one without many plaques shows something else.
    """
    clear = [each.best for each in alike if each.is_clear]
    if seen.is_clear or not clear:
        return seen.best
    return int(np.bincount(clear).argmax())


def _any_stain(channel: int, alike: Sequence[ChannelEvidence]) -> tuple[float, ...] | None:
    """Return shares that no other group's stain in a channel exceeds, where its own is unknown."""
    stains = [each.stain for each in alike if each.stain is not None and each.best == channel]
    return tuple(np.max(stains, axis=0).tolist()) if stains else None


def _undecided(image: ListedImage, group: ImageGroup, seen: ChannelEvidence) -> ImageError:
    return ImageError(
        image.origin.path,
        expected="a channel in which puncta stand out, or to be told which",
        found=f"{len(group.channels)} channels (puncta: {_scores(group, seen.seen)})",
        fix=f"choose {CHANNEL_FIX}",
        settings=("channel",),
    )


def _taken(image: ListedImage, decisions: Mapping[ImageGroup, Decision]) -> ListedImage:
    """Return an image with the channel that was decided on; unseen color pictures stay as is."""
    decision = decisions.get(ImageGroup.of(image)) if image.open_channels else None
    if decision is None or decision.channel is None:
        return image
    return image.in_channel(decision.channel, decision.stain)


def _tell(
    decisions: Mapping[ImageGroup, Decision],
    groups: Mapping[ImageGroup, Sequence[ListedImage]],
    evidence: Mapping[ImageGroup, ChannelEvidence],
) -> None:
    """Say what is taken of which images: in one line, or one for each choice."""
    alike: dict[tuple[tuple[str, ...], Decision], list[ImageGroup]] = {}
    for group, decision in decisions.items():
        alike.setdefault((group.channels, replace(decision, stain=None)), []).append(group)
    for (_, decision), own in alike.items():
        num_images = sum(len(groups[group]) for group in own)
        assets = [group.asset for group in own if group.asset]
        named = ", ".join(assets[:MOST_NAMED]) + (", ..." if len(assets) > MOST_NAMED else "")
        name = name_of(own[0], decision)
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
    if decision.reason == "earlier":
        return ", as before"
    if decision.reason == "learnt":
        return ", which the model was trained on"
    group = seen[0][0]
    scores = _scores(group, np.sum([each.seen for _, each in seen], axis=0))
    if decision.reason == "telling":
        in_color = sum(each.num_in_color for _, each in seen)
        return f", which tells autofluorescence (puncta: {scores}, in color {in_color})"
    return f" (puncta: {scores})" + (", too few to choose by" * (decision.reason == "unseen"))


def _scores(group: ImageGroup, seen: Sequence[float]) -> str:
    return ", ".join(
        f"{channel_name(group, channel)} {round(score)}" for channel, score in enumerate(seen)
    )
