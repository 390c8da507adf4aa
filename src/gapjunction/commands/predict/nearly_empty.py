"""Says which images show next to nothing, so that a count of none is not taken for a failure."""

import logging
from dataclasses import dataclass, field

from gapjunction.images.pictures import ImageArray
from gapjunction.samples.intensity import is_nearly_empty
from gapjunction.text import counted

logger = logging.getLogger(__name__)

FEW = 5  # images with more objects than this are not empty
MOST_NAMED = 3


@dataclass(slots=True)
class NearlyEmpty:
    """Collects images in which nothing is bright enough to be seen; tells of them in the end."""

    names: list[str] = field(default_factory=list)

    def look_at(self, name: str, pixels: ImageArray, num_counted: int, least_span: float) -> None:
        """Look at an image (C, H, W) in which few objects were counted."""
        if num_counted <= FEW and is_nearly_empty(pixels, least_span):
            self.names.append(name)

    def tell(self) -> None:
        """Say which images are nearly empty, and what to do if they should not be."""
        if not self.names:
            return
        names = ", ".join(self.names[:MOST_NAMED]) + ", ..." * (len(self.names) > MOST_NAMED)
        logger.info(
            "%s nearly empty (%s): nothing there stands out from noise and darkness, and what is "
            "too dark to be seen on a screen is not counted; if plaques are there, export the "
            "images with more contrast",
            counted(len(self.names), "image") + (" is" if len(self.names) == 1 else " are"),
            names,
        )
