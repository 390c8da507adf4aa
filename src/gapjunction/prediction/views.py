"""Decides how images are looked at: from which channel, and in what size.

That is decided of all images of a prediction together, from a first look at some of them. What
was decided earlier holds for images that join.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from gapjunction.prediction.doubted_sizes import judge_sizes
from gapjunction.prediction.found_channel import find_channels
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.shown_size import (
    ShownSize,
    SizeVerdicts,
    Viewer,
    scales_to_try,
    tell_how_shown,
)
from gapjunction.prediction_folder import TakenChannel


@dataclass(frozen=True, slots=True)
class EarlierViews:
    """What was decided before; `estimated_scale` is None where nothing was.

    Attributes:
        channels: what was taken of images with several, by their place.
    """

    estimated_scale: float | None = None
    verdicts: SizeVerdicts = field(default_factory=SizeVerdicts)
    channels: Mapping[str, TakenChannel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Views:
    """How images are looked at.

    Attributes:
        images: with the channel that is taken of each.
        channels: what is taken of images with several, by their place.
    """

    images: list[ListedImage]
    shown_size: ShownSize
    channels: dict[str, TakenChannel]


def choose_views(
    images: Sequence[ListedImage],
    viewer: Viewer,
    scale: float | None = None,
    earlier: EarlierViews | None = None,
) -> Views:
    """Return how the images are looked at, and say so; `scale` is what the user asks for.

    Raises:
        ImageError: if no channel of a microscope file stands out.
        ConfigError: if a pixel size is out of all proportion.
    """
    known = earlier or EarlierViews()
    learnt = viewer.config.pixel_sizes
    scales = partial(scales_to_try, scale, learnt, is_estimated=viewer.is_shipped)
    found = find_channels(images, viewer, scales, known.channels)
    return Views(found.images, _shown_size(found.images, viewer, scale, known), found.by_place)


def _shown_size(
    images: Sequence[ListedImage], viewer: Viewer, scale: float | None, earlier: EarlierViews
) -> ShownSize:
    learnt = viewer.config.pixel_sizes
    if scale is not None:
        return ShownSize(scale, 1.0, learnt)
    verdicts = judge_sizes(images, viewer, earlier.verdicts)
    estimated = earlier.estimated_scale
    if estimated is None:
        unknown = [image for image in images if not verdicts.is_known(image)]
        estimated = viewer.estimated_scale(unknown) if viewer.is_shipped else 1.0
    shown_size = ShownSize(None, estimated, learnt, verdicts)
    for image in images:  # a wrong pixel size is said before the work begins
        shown_size.scale_of(image)
    tell_how_shown(images, shown_size)
    return shown_size
