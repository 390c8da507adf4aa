"""The shift of the second channel, where the user states one or has a picture of beads."""

import logging
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Self

from gapjunction.errors import ConfigError, ImageError
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.measurement.channel_shift import ChannelShift
from gapjunction.prediction.listed_image import ListedImage

logger = logging.getLogger(__name__)

SETTING = "align"


@dataclass(frozen=True, slots=True)
class SecondChannel:
    """The second channel, aligned by a stated shift, by beads, or not at all.

    Attributes:
        name: or number; None where none is asked for.
        beads: a picture with both channels.
    """

    name: str | None = None
    stated: ChannelShift | None = None
    beads: Path | None = None

    @classmethod
    def of(cls, name: str | None, align: str | None) -> Self:
        """Return what is asked for.

        Raises:
            ConfigError: if no second channel is named, or it is neither a shift nor a file.
        """
        if align is None:
            return cls(name)
        if name is None:
            raise _refused("--second_channel with it", "none", "leave it out, or name the channel")
        stated = ChannelShift.stated(align)
        if stated is None and not Path(align).is_file():
            expected = "a shift in pixels, such as 1.5,-0.3, or a picture of beads"
            raise _refused(expected, repr(align), "correct it")
        return cls(name, stated, None if stated else Path(align))

    def shift_of(self, image: ListedImage) -> ChannelShift | None:
        """Return by how much the second channel of an image is shifted; None if not at all.

        Raises:
            ImageError: if the beads lack a channel, or do not look alike in both.
        """
        if self.beads is None or self.name is None:
            return self.stated
        return _shift_in(self.beads, _channel_of(image), self.name, image.choice)


@cache
def _shift_in(beads: Path, first: str, second: str, choice: PlaneChoice) -> ChannelShift:
    """Return the shift that beads show, looked at once for all images of the same channels."""
    one, other = (
        read_chosen(beads, replace(choice, channels=(channel,))).max(axis=0)
        for channel in (first, second)
    )
    shift = ChannelShift.between(one, other)
    if shift is None:
        raise ImageError(
            beads,
            expected=f"beads that are seen in channels {first} and {second}",
            found="two that do not look alike, wherever one is shifted",
            fix="take another picture of beads, or state the shift",
            settings=(SETTING,),
        )
    logger.info("channel %s is shifted by %s, as in %s; it is taken off", second, shift, beads)
    return shift


def _channel_of(image: ListedImage) -> str:
    """Return the channel that plaques are found in, by name or number."""
    if len(image.choice.channels) == 1:
        return image.choice.channels[0]
    if image.channel is not None:
        return str(image.channel + 1)
    raise ImageError(
        image.origin.path,
        expected="plaques found in one channel, which the second is aligned with",
        found="several channels at once",
        fix="name one with --channel, or leave the alignment out",
        settings=(SETTING,),
    )


def _refused(expected: str, found: str, fix: str) -> ConfigError:
    return ConfigError(SETTING, expected=expected, found=found, fix=fix, settings=(SETTING,))
