"""Leaves out what shines in other channels than the stain does, and says how much that was."""

import logging
from dataclasses import dataclass

from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.samples.channel_light import are_autofluorescent
from gapjunction.text import counted

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Autofluorescence:
    """Keeps count of what is left out, among it `num_counted` that would have been counted."""

    rule: CountingRule
    num_counted: int = 0
    num_images: int = 0

    def left_out(self, seen: Detections, whole: ImageArray, image: ListedImage) -> Detections:
        """Return what is stained of what was seen in a channel of the whole image (C, H, W)."""
        channel, stain = image.channel, image.stain
        if channel is None or stain is None:
            return seen
        shines = are_autofluorescent(whole, channel, seen.boxes, stain)
        num_counted = len(self.rule.counted(seen[shines]))
        self.num_counted += num_counted
        self.num_images += num_counted > 0
        return seen[~shines]

    def tell(self) -> None:
        """Say how much would have been counted."""
        if self.num_counted:
            logger.info(
                "left out %s in %s: they shine in other channels more than the stain does, as "
                "autofluorescence does; --channel NAME counts all that is in a channel",
                counted(self.num_counted, "object"),
                counted(self.num_images, "image"),
            )
