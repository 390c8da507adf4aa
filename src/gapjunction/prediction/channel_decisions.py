"""What is taken of images with several channels: of which images, which channel, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gapjunction.images.microscope_scene import listed_names
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import TakenChannel

COLOR = "color as it is"


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
        reason: that it was taken earlier, that the model was trained on it, that puncta stand
            out there, that only color tells autofluorescence, or that too little is seen.
        stain: share of the stain's light in each channel, relative to that one: puncta that shine
            elsewhere by more are left out. None leaves none out.
    """

    channel: int | None
    reason: Literal["earlier", "learnt", "seen", "telling", "unseen"]
    stain: tuple[float, ...] | None = None


def taken_earlier(group: ImageGroup, earlier: Mapping[str, TakenChannel]) -> Decision | None:
    """Return what was taken of a group before; None if nothing was that the group has."""
    taken, num_channels = earlier.get(group.place), len(group.channels)
    if taken is None or not 1 <= (taken.channel or 1) <= num_channels:
        return None
    if taken.stain is not None and len(taken.stain) != num_channels:
        return None
    return Decision(None if taken.channel is None else taken.channel - 1, "earlier", taken.stain)


def as_taken(group: ImageGroup, decision: Decision) -> TakenChannel:
    """Return what is decided of a group, to be kept."""
    number = None if decision.channel is None else decision.channel + 1
    return TakenChannel(channel=number, name=name_of(group, decision), stain=decision.stain)


def name_of(group: ImageGroup, decision: Decision) -> str:
    """Return the name of what is taken."""
    return COLOR if decision.channel is None else channel_name(group, decision.channel)


def channel_name(group: ImageGroup, channel: int) -> str:
    """Return the name of a channel, or its number if it has none."""
    return group.channels[channel] or str(channel + 1)
