"""Says in which images blobs can be seen of which hardly any was counted."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gapjunction.images.pictures import ImageArray
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.structure import Blobs, find_blobs
from gapjunction.text import counted
from gapjunction.tiling import SEAM_MARGIN

logger = logging.getLogger(__name__)

FEW = 5  # images with more objects than this are not looked at: that would take time
MANY_TIMES = 5  # as many times more blobs than objects are worth a word
SMALLEST_PX = 3.0  # side of the smallest object that detectors tell from noise
FAMILIAR_PX = 10.0  # side of an object that detectors know well
CLEARLY = 1.5  # a size that differs by less is as good as the same


@dataclass(frozen=True, slots=True)
class MissedBlobs:
    """Blobs in an image, the factor that it was shown with, and the side of its pixels."""

    name: str
    blobs: Blobs
    scale: float
    um_per_px: float | None


@dataclass(slots=True)
class MissedStructure:
    """Collects images with more blobs than objects; tells of them in the end, in a line."""

    config: DetectorConfig
    missed: list[MissedBlobs] = field(default_factory=list)

    def look_at(
        self, name: str, pixels: ImageArray, num_counted: int, scale: float, um_per_px: float | None
    ) -> None:
        """Look for blobs in an image (C, H, W) in which few objects were counted."""
        if num_counted > FEW:
            return
        blobs = find_blobs(pixels)
        if blobs is not None and blobs.num > MANY_TIMES * num_counted:
            self.missed.append(MissedBlobs(name, blobs, scale, um_per_px))

    def tell(self) -> None:
        """Say in which images blobs were passed by, what was looked for, and what may help."""
        dark = [each for each in self.missed if each.blobs.are_dark]
        bright = [each for each in self.missed if not each.blobs.are_dark]
        if dark:
            logger.warning(
                "%s: next to nothing was counted among things of about %s that are darker than "
                "their ground; the model looks for bright ones: invert the images if these are "
                "meant",
                _names(dark),
                _size([each.blobs.side_px for each in dark], dark),
            )
        if bright:
            largest_px = self.config.overlap - 2 * SEAM_MARGIN
            logger.info(
                "%s: next to nothing was counted among bright things of about %s; the model looks "
                "for objects of %s to %s that look as those it learnt from: if these are meant, "
                "try %s, or train on such images",
                _names(bright),
                _size([each.blobs.side_px for each in bright], bright),
                _size([SMALLEST_PX / each.scale for each in bright], bright),
                _size([largest_px / each.scale for each in bright], bright),
                _advice(bright),
            )


def _advice(missed: Sequence[MissedBlobs]) -> str:
    """Return which options may help: a scale only where it would change the size clearly."""
    scale = float(np.median([each.scale for each in missed]))
    better = FAMILIAR_PX / float(np.median([each.blobs.side_px for each in missed]))
    if 1 / CLEARLY <= better / scale <= CLEARLY:
        return "a lower --threshold"
    return f"--scale {better:.1g} or a lower --threshold"


def _names(missed: Sequence[MissedBlobs]) -> str:
    return missed[0].name if len(missed) == 1 else counted(len(missed), "image")


def _size(sides_px: Sequence[float], missed: Sequence[MissedBlobs]) -> str:
    """Return the usual one of sides, in um as well where all pixel sizes are known."""
    sides_um = [
        side * each.um_per_px
        for side, each in zip(sides_px, missed, strict=True)
        if each.um_per_px is not None
    ]
    in_px = f"{np.median(sides_px):.0f} px"
    if len(sides_um) < len(sides_px):
        return in_px
    return f"{in_px} ({np.median(sides_um):.2g} um)"
