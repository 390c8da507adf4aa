"""Decides in what size the images of a prediction are shown to the detector."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from gapjunction.commands.image_list import ListedImage
from gapjunction.dataset.images import ImageArray
from gapjunction.errors import ConfigError, ImageError
from gapjunction.models.checkpoint import DetectorConfig, PixelSizes
from gapjunction.prediction.backends import TileDetector
from gapjunction.prediction.scale import scale_for
from gapjunction.prediction.scale_estimate import SCALES as ESTIMATED_SCALES
from gapjunction.prediction.scale_estimate import estimate_scale

logger = logging.getLogger(__name__)

MOST_LOOKED_AT = 8  # images, evenly spread
SCALES = (0.1, 10.0)  # smallest and largest; beyond, a pixel size is in the wrong unit


@dataclass(frozen=True, slots=True)
class ShownSize:
    """The factors that images are shown with.

    Attributes:
        asked: the factor for all images, if the user named one.
        estimated: the factor for images whose pixel size is not known.
        learnt: the pixel sizes that the detector was trained on.
    """

    asked: float | None
    estimated: float
    learnt: PixelSizes | None

    def scale_of(self, image: ListedImage) -> float:
        """Return the factor to show an image with.

        Raises:
            ConfigError: if the pixel size of the image is out of all proportion.
        """
        if self.asked is not None:
            return self.asked
        if image.um_per_px is None:
            return self.estimated
        scale = scale_for(image.um_per_px, self.learnt)
        if self.learnt is not None and not SCALES[0] <= scale <= SCALES[1]:
            finest, coarsest = self.learnt.finest_um, self.learnt.coarsest_um
            raise ConfigError(
                image.origin.path,
                item="pixel size",
                expected=f"{finest * SCALES[0]:g} to {coarsest * SCALES[1]:g} um",
                found=f"{image.um_per_px:g} um",
                fix="state it in um with --pixel_size_um, or how to show images with --scale",
            )
        return scale


def scales_to_try(known: ShownSize, image: ListedImage, *, is_estimated: bool) -> Sequence[float]:
    """Return the factors to show an image with before those of unknown pixel size have theirs."""
    if is_estimated and image.um_per_px is None:
        return ESTIMATED_SCALES
    return (known.scale_of(image),)


def estimate_for_unknown(
    images: Sequence[ListedImage],
    detector: TileDetector,
    config: DetectorConfig,
    device: torch.device,
) -> float:
    """Return one factor for all images of unknown pixel size, and say if it is not 1.

    Images of one prediction mostly come from one microscope, and their counts are compared.
    """
    unknown = [image for image in images if image.um_per_px is None]
    step = max(-(-len(unknown) // MOST_LOOKED_AT), 1)
    scale = estimate_scale(detector, config, _readable(unknown[::step]), device)
    if scale != 1:
        logger.info(
            "objects look larger than those the model knows, and no pixel size is given: images "
            "are shown at %g of their size; --scale 1 shows them as they are",
            scale,
        )
    return scale


def _readable(images: Sequence[ListedImage]) -> Iterator[ImageArray]:
    """Yield what can be read; the prediction itself names the rest."""
    for image in images:
        try:
            yield image.picture.read()
        except ImageError:
            continue
