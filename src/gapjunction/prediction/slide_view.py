"""How a slide is looked at: in which size, in which channels, with whose intensities."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gapjunction.images.microscope_files import as_picture
from gapjunction.images.pictures import ImageArray
from gapjunction.images.region import Region
from gapjunction.images.slide import Slide, SlideLevel
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.tiled import PredictionSettings
from gapjunction.samples.intensity import without_color
from gapjunction.samples.slide_sample import sampled


@dataclass(frozen=True, slots=True, eq=False)
class SlideView:
    """How a slide is looked at.

    Attributes:
        level: the size it is read in.
        channels: those of its pixels that are looked at.
        has_color: there are several hues in it, whatever is looked at.
        scale: the factor that this level is shown with.
        settings: for that level.
        sample: pixels (C, H, W) of these channels, whose intensities are those of the whole.
    """

    level: SlideLevel
    channels: tuple[int, ...]
    has_color: bool
    scale: float
    settings: PredictionSettings
    sample: ImageArray

    @classmethod
    def of(
        cls, model: Model, image: ListedImage, slide: Slide, scale: float, least_span: float
    ) -> "SlideView":
        """Return the view of an image, shown with the factor `scale` as images are.

        Its intensities are those of the whole slide, also where a region of it is predicted.

        Raises:
            ImageError: if the slide cannot be read.
        """
        level = slide.level_for(scale)
        sample = as_shown(sampled(level))
        grey = without_color(sample)
        has_color = len(grey) > 1
        channels = _looked_at(sample, grey, image.channel)
        own_scale = scale * level.factor_y
        settings = model.settings(own_scale, least_span)
        return cls(level, channels, has_color, own_scale, settings, _shown(sample, channels))

    def read(self, region: Region) -> ImageArray:
        """Return the pixels (C, H, W) of a region that are looked at."""
        return _shown(as_shown(self.level.read(region)), self.channels)


def as_shown(pixels: Any) -> ImageArray:
    """Return pixels (C, H, W) with 1 or 3 channels: beside two, blue is dark."""
    picture: ImageArray = as_picture(pixels)
    return picture


def _looked_at(sample: ImageArray, grey: ImageArray, channel: int | None) -> tuple[int, ...]:
    """Return the channels of a slide to look at: of a single hue, the brightest (`grey`) alone."""
    if len(grey) == 1:
        alike = (index for index, own in enumerate(sample) if np.array_equal(own, grey[0]))
        return (next(alike),)
    return tuple(range(len(sample))) if channel is None else (channel,)


def _shown(pixels: ImageArray, channels: tuple[int, ...]) -> ImageArray:
    return pixels if len(channels) == len(pixels) else pixels[list(channels)]
