"""Decides in what size the images of a prediction are shown to the detector."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from gapjunction.choices import LARGEST_SCALE, SMALLEST_SCALE
from gapjunction.errors import ConfigError, ImageError
from gapjunction.images.pictures import ImageArray
from gapjunction.models.checkpoint import DetectorConfig, PixelSizes
from gapjunction.models.detector import TileDetector
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.scale import scale_for
from gapjunction.prediction.scale_estimate import SCALES, estimate_scale, probability_seen
from gapjunction.text import counted

logger = logging.getLogger(__name__)

MOST_LOOKED_AT = 8  # images, evenly spread


@dataclass(frozen=True, slots=True)
class SizeVerdicts:
    """Which of the pixel sizes that make images be shown in another size are believed, in um."""

    believed_um: frozenset[float] = frozenset()
    reason_of_doubt: Mapping[float, str] = field(default_factory=dict)

    def is_known(self, image: ListedImage) -> bool:
        """Tell whether the pixel size of an image is known and believed."""
        is_stated = image.size_source == "user"
        return image.um_per_px is not None and (
            is_stated or image.um_per_px not in self.reason_of_doubt
        )

    def um_of(self, image: ListedImage) -> float | None:
        """Return the side of an image's pixels in um, where it is known and believed."""
        return image.um_per_px if self.is_known(image) else None


@dataclass(frozen=True, slots=True)
class ShownSize:
    """The factors that images are shown with.

    Attributes:
        asked: the factor for all images, if the user named one.
        estimated: the factor for images whose pixel size is not known.
        learnt: the pixel sizes that the detector was trained on.
        verdicts: which pixel sizes are believed, but where the user states them.
    """

    asked: float | None
    estimated: float
    learnt: PixelSizes | None
    verdicts: SizeVerdicts = field(default_factory=SizeVerdicts)

    def scale_of(self, image: ListedImage) -> float:
        """Return the factor to show an image with.

        Raises:
            ConfigError: if the pixel size of the image is out of all proportion.
        """
        if self.asked is not None:
            return self.asked
        if image.um_per_px is None or not self.verdicts.is_known(image):
            return self.estimated
        scale = scale_for(image.um_per_px, self.learnt)
        if self.learnt is not None and not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
            finest, coarsest = self.learnt.finest_um, self.learnt.coarsest_um
            raise ConfigError(
                image.origin.path,
                item="pixel size",
                expected=f"{finest * SMALLEST_SCALE:g} to {coarsest * LARGEST_SCALE:g} um",
                found=f"{image.um_per_px:g} um",
                fix="state it in um, or the factor to show images with",
                settings=("pixel_size_um", "scale"),
            )
        return scale


def scales_to_try(
    asked: float | None, learnt: PixelSizes | None, image: ListedImage, *, is_estimated: bool
) -> Sequence[float]:
    """Return the factors to look at an image with, before that for unknown sizes is estimated."""
    if asked is None and is_estimated and image.um_per_px is None:
        return SCALES
    return (ShownSize(asked, 1.0, learnt).scale_of(image),)


@dataclass(frozen=True, slots=True, eq=False)
class Viewer:
    """A detector that looks at some images before they are predicted.

    Attributes:
        is_shipped: it comes with the package, so that it meets images from anywhere: in what size
            it sees objects best is looked for.
    """

    detector: TileDetector
    config: DetectorConfig
    device: torch.device
    is_shipped: bool = False

    def estimated_scale(self, images: Sequence[ListedImage]) -> float:
        """Return one factor for all images of unknown pixel size.

        Images of one prediction mostly come from one microscope, and their counts are compared.
        """
        return estimate_scale(self.detector, self.config, _some_of(images), self.device)

    def probability_seen(
        self, images: Sequence[ListedImage], scales: Sequence[float]
    ) -> NDArray[np.float64]:
        """Return what is seen in some of the images at each scale, by probabilities."""
        chosen = _some_of(images)
        return probability_seen(self.detector, self.config, chosen, self.device, scales)


def tell_how_shown(images: Sequence[ListedImage], shown_size: ShownSize) -> None:
    """Say how images are shown whose size the user did not choose, where it is not their own."""
    known = [image for image in images if shown_size.verdicts.is_known(image)]
    if shown_size.estimated != 1 and len(known) < len(images):
        logger.info(
            "objects look larger than those the model knows, and no pixel size is given: images "
            "are shown at %g of their size; --scale 1 shows them as they are",
            shown_size.estimated,
        )
    rescaled = [image for image in known if shown_size.scale_of(image) != 1]
    learnt = shown_size.learnt
    if rescaled and learnt is not None:
        logger.info(
            "%s shown at %s times actual size, because of pixels of %s um, where the model learnt "
            "from %g to %g um; --pixel_size_um and --scale override that",
            counted(len(rescaled), "image") + (" is" if len(rescaled) == 1 else " are"),
            _range([shown_size.scale_of(image) for image in rescaled]),
            _range([image.um_per_px for image in rescaled if image.um_per_px is not None]),
            learnt.finest_um,
            learnt.coarsest_um,
        )


def _some_of(images: Sequence[ListedImage]) -> Iterator[ImageArray]:
    """Yield a few images, evenly spread, of those that can be read.

    The prediction itself names the rest.
    """
    step = max(-(-len(images) // MOST_LOOKED_AT), 1)
    for image in images[::step]:
        try:
            yield image.picture.read_part()
        except ImageError:
            continue


def _range(values: Sequence[float]) -> str:
    """Return values as "0.5", or "0.5 to 0.8" if they differ."""
    shortest, longest = f"{min(values):.3g}", f"{max(values):.3g}"
    return shortest if shortest == longest else f"{shortest} to {longest}"
