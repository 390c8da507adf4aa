"""An image that is to be predicted: a file, some planes of it, or pixels in memory."""

from dataclasses import dataclass
from typing import Literal

from gapjunction.dataset.names import ImageOrigin
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from gapjunction.samples.picture import Picture

SizeSource = Literal["user", "dataset", "file"]


@dataclass(frozen=True, slots=True)
class ListedImage:
    """An image to predict; `output_name` is its name, without suffix, among all of them.

    Dataset and asset of a plain image file are empty. `um_per_px` is the side of a pixel, None
    where nobody tells it. `choice` says which planes of the file it is.

    Attributes:
        size_source: who tells the pixel size.
        open_channels: names of the channels of which one is still to be chosen; none where the
            user chose, or the image has one only.
        is_color: its channels are the colors of one picture.
        channel: index of the channel that is taken of a color picture; None takes all.
        stain: share of the stain's light in each channel of a color picture, relative to that
            one; objects that shine elsewhere by more are left out. None leaves none out.
    """

    origin: ImageOrigin
    output_name: str
    um_per_px: float | None = None
    size_source: SizeSource = "file"
    choice: PlaneChoice = NOTHING_CHOSEN
    open_channels: tuple[str, ...] = ()
    is_color: bool = False
    channel: int | None = None
    stain: tuple[float, ...] | None = None

    @property
    def picture(self) -> Picture:
        """What is read of it."""
        return Picture(self.origin.path, self.choice, self.channel)
