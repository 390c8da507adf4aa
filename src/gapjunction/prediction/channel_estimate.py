"""In which channel of some images a detector sees most, and what color its objects have there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

import numpy as np
import torch
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.models.detector import TileDetector
from gapjunction.prediction.scale_estimate import middle_part, parts_beside_middle
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.samples.channel_light import (
    FEWEST,
    are_among,
    is_bleed_through,
    light_elsewhere,
    light_in_channels,
    pooled,
    shines_elsewhere,
    stain_shares,
)

LOOK_PX = 256  # the middle of an image, so large as the detector sees it, is looked at
MOST_LOOKS = 4  # images
MOST_MORE_LOOKS = 4  # beside the middles, where these say nothing
ENOUGH_SEEN = 10.0  # objects, by their probabilities: no further image is looked at
LEAST_SEEN = 3.0  # fewer say nothing
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
        stain: share of the light of stained objects in each channel, relative to the best one;
            None where too few are seen to tell.
        num_stained: objects in the best channel that do not shine elsewhere.
        num_in_color: objects that are seen in the picture in color.
    """

    seen: tuple[float, ...]
    best: int
    stain: tuple[float, ...] | None
    num_stained: int
    num_in_color: int

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
    """A part of an image (C, H, W) and what would be counted in each of its channels.

    Attributes:
        in_color: what would be counted in color; None where that is not looked at.
    """

    part: Image
    found: tuple[Detections, ...]
    in_color: Detections | None


def look_at_channels(
    detector: TileDetector,
    config: DetectorConfig,
    images: Iterable[Image],
    device: torch.device,
    scales: Sequence[float],
    *,
    is_color: bool,
) -> ChannelEvidence | None:
    """Return what is seen in the channels of images (C, H, W), each shown alone as a grey image.

    The middle of one image after the other is looked at, of four at most, until enough is seen in
    a channel. Of several scales to show images at, the first counts at which that is not too
    little. Color pictures are looked at in color, too: what is seen there as well is taken as
    stained. Where the middles say too little of channels or colors, up to four parts beside them
    are looked at as well. None if there is no image.
    """

    def look_at(part: Image, scale: float) -> _Look:
        settings = PredictionSettings.of(config, device, scale=scale)
        alone = (_counted(detector, config, channel[None], settings) for channel in part)
        in_color = _counted(detector, config, part, settings) if is_color else None
        return _Look(part, tuple(alone), in_color)

    waiting = islice(images, MOST_LOOKS)
    known: list[Image] = []
    looks: list[_Look] = []
    scale = scales[0]
    for scale in scales:
        looks = []
        for image in chain(known.copy(), _kept(waiting, known)):
            looks.append(look_at(middle_part(image, LOOK_PX / scale), scale))
            if max(_seen(looks)) >= ENOUGH_SEEN:
                break
        if looks and max(_seen(looks)) >= LEAST_SEEN:
            break
    if not looks:
        return None
    for part in islice(_beside_middles(known, LOOK_PX / scale), MOST_MORE_LOOKS):
        if _is_telling(looks):
            break
        looks.append(look_at(part, scale))
    return _evidence(looks, is_color=is_color)


def _kept(images: Iterable[Image], known: list[Image]) -> Iterator[Image]:
    """Yield images, and keep them for another look."""
    for image in images:
        known.append(image)
        yield image


def _beside_middles(images: Sequence[Image], side_px: float) -> Iterator[Image]:
    """Yield what lies around the middles of images, one part of each image after the other."""
    for parts in zip_longest(*(parts_beside_middle(image, side_px) for image in images)):
        yield from (part for part in parts if part is not None)


def _is_telling(looks: Sequence[_Look]) -> bool:
    """Tell whether looks say something of channels, and in color of the stain's color."""
    in_color = [look.in_color for look in looks if look.in_color is not None]
    is_color_told = not in_color or sum(map(len, in_color)) >= FEWEST
    return max(_seen(looks)) >= LEAST_SEEN and is_color_told


def _counted(
    detector: TileDetector, config: DetectorConfig, image: Image, settings: PredictionSettings
) -> Detections:
    seen = config.calibration.calibrated(detect_image(detector, image, settings))
    return seen.scored_at_least(config.score_threshold)


def _seen(looks: Sequence[_Look]) -> tuple[float, ...]:
    by_channel = zip(*(look.found for look in looks), strict=True)
    return tuple(float(sum(each.scores.sum() for each in own)) for own in by_channel)


def _evidence(looks: Sequence[_Look], *, is_color: bool) -> ChannelEvidence:
    light = [_light(looks, channel) for channel in range(len(looks[0].part))]
    is_echo = np.array([is_bleed_through(own, channel) for channel, own in enumerate(light)])
    seen = np.where(is_echo, 0.0, _seen(looks))
    outstanding = [
        own[:, channel].mean() / _spread(looks, channel) if len(own) else 0.0
        for channel, own in enumerate(light)
    ]
    best = int(np.argmax(np.where(seen >= ABOUT_MOST * seen.max(), outstanding, -1.0)))
    num_best = sum(len(look.found[best]) for look in looks)
    in_color = [look.in_color for look in looks if look.in_color is not None]
    if not is_color:
        return ChannelEvidence(tuple(seen.tolist()), best, None, num_best, num_best)
    found = [look.found[best].boxes for look in looks]
    light_of_best = pooled(
        [light_elsewhere(look.part, best, own) for look, own in zip(looks, found, strict=True)]
    )
    is_sure = [are_among(own, each.boxes) for own, each in zip(found, in_color, strict=True)]
    stain = stain_shares(light_of_best.of(np.concatenate(is_sure)))
    num_shining = 0 if stain is None else int(shines_elsewhere(light_of_best, stain).sum())
    num_in_color = sum(map(len, in_color))
    return ChannelEvidence(tuple(seen.tolist()), best, stain, num_best - num_shining, num_in_color)


def _light(looks: Sequence[_Look], channel: int) -> NDArray[np.float64]:
    """Return the light (N, C) of all objects of a channel in all channels."""
    light = [light_in_channels(look.part, look.found[channel].boxes) for look in looks]
    return np.concatenate(light)


def _spread(looks: Sequence[_Look], channel: int) -> float:
    """Return the standard deviation of a channel: of what objects have to stand out from."""
    return max(float(np.mean([look.part[channel].std() for look in looks])), LEAST_SPREAD)
