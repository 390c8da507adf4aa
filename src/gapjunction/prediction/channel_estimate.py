"""In which channel of some images a detector sees most, and what it sees in the others as well."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.backends import TileDetector
from gapjunction.prediction.scale_estimate import middle_part
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.samples.channel_light import (
    are_among,
    channels_without_stain,
    is_bleed_through,
    light_in_channels,
)

LOOK_PX = 256  # the middle of an image, so large as the detector sees it, is looked at
MOST_LOOKS = 4  # images
LEAST_SEEN = 3.0  # objects, by their probabilities; fewer say nothing
CLEARLY_MORE = 1.5  # times as much as in any other channel
ABOUT_MOST = 0.8  # of what is seen in any channel: there objects may stand out most
LEAST_SPREAD = 0.5  # grey values

Image = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class ChannelEvidence:
    """What a detector saw in each channel of some images.

    Attributes:
        seen: sum of the probabilities of all objects that would be counted, by channel; 0 where
            they are echoes of another channel's.
        best: the channel in which objects stand out most, of those in which most is seen.
        lacks_stain: which channels (C,) the objects of the best channel do not show in.
        is_elsewhere: which of these objects are, in such a channel, objects as well, (N, C).
    """

    seen: tuple[float, ...]
    best: int
    lacks_stain: NDArray[np.bool_]
    is_elsewhere: NDArray[np.bool_]

    @property
    def says_something(self) -> bool:
        """Tell whether enough was seen to choose by."""
        return self.seen[self.best] >= LEAST_SEEN

    @property
    def is_clear(self) -> bool:
        """Tell whether clearly more was seen in the best channel than in any other."""
        others = self.seen[: self.best] + self.seen[self.best + 1 :]
        return self.says_something and self.seen[self.best] >= CLEARLY_MORE * max(others)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The middle of an image (C, H, W) and what would be counted in each of its channels."""

    part: Image
    found: tuple[Detections, ...]


def look_at_channels(
    detector: TileDetector,
    config: DetectorConfig,
    images: Iterable[Image],
    device: torch.device,
    scales: Sequence[float],
    enough_seen: float,
) -> ChannelEvidence | None:
    """Return what is seen in the channels of images (C, H, W), each shown alone as a grey image.

    The middle of one image after the other is looked at, of four at most, until enough was seen:
    so many objects in one channel, by their probabilities.
    Of several scales to show images at, the one at which most is seen counts. None if there is no
    image.
    """
    looks: dict[float, list[_Look]] = {scale: [] for scale in scales}
    most: Sequence[_Look] = ()
    for image in islice(images, MOST_LOOKS):
        for scale, own in looks.items():
            settings = PredictionSettings.of(config, device, scale=scale)
            part = middle_part(image, LOOK_PX / scale)
            own.append(_Look(part, _counted(detector, config, part, settings)))
        most = max(looks.values(), key=lambda own: max(_seen(own)))
        if max(_seen(most)) >= enough_seen:
            break
    return _evidence(most) if most else None


def _counted(
    detector: TileDetector, config: DetectorConfig, part: Image, settings: PredictionSettings
) -> tuple[Detections, ...]:
    seen = (detect_image(detector, channel[None], settings) for channel in part)
    calibrated = map(config.calibration.calibrated, seen)
    return tuple(each.scored_at_least(config.score_threshold) for each in calibrated)


def _seen(looks: Sequence[_Look]) -> tuple[float, ...]:
    by_channel = zip(*(look.found for look in looks), strict=True)
    return tuple(float(sum(each.scores.sum() for each in own)) for own in by_channel)


def _evidence(looks: Sequence[_Look]) -> ChannelEvidence:
    light = [_light(looks, channel) for channel in range(len(looks[0].part))]
    is_echo = np.array([is_bleed_through(own, channel) for channel, own in enumerate(light)])
    seen = np.where(is_echo, 0.0, _seen(looks))
    outstanding = [
        own[:, channel].mean() / _spread(looks, channel) if len(own) else 0.0
        for channel, own in enumerate(light)
    ]
    best = int(np.argmax(np.where(seen >= ABOUT_MOST * seen.max(), outstanding, -1.0)))
    lacks_stain = channels_without_stain(light[best], best)
    found = [[own.boxes for own in look.found] for look in looks]
    is_elsewhere = np.concatenate(
        [np.stack([are_among(own[best], each) for each in own], axis=1) for own in found]
    )
    return ChannelEvidence(
        tuple(seen.tolist()), best, lacks_stain, is_elsewhere & lacks_stain & ~is_echo
    )


def _light(looks: Sequence[_Look], channel: int) -> NDArray[np.float64]:
    """Return the light (N, C) of all objects of a channel in all channels."""
    light = [light_in_channels(look.part, look.found[channel].boxes) for look in looks]
    return np.concatenate(light)


def _spread(looks: Sequence[_Look], channel: int) -> float:
    """Return the standard deviation of a channel: of what objects have to stand out from."""
    return max(float(np.mean([look.part[channel].std() for look in looks])), LEAST_SPREAD)
