"""An image as it is looked at, to train on and to predict: as it is, or one of its channels."""

from dataclasses import dataclass, field
from pathlib import Path

from gapjunction.errors import ImageError
from gapjunction.images.locations import shown_location
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.pictures import ImageArray, read_picture
from gapjunction.images.plane_choice import NOTHING_CHOSEN, PlaneChoice
from gapjunction.samples.intensity import without_color
from gapjunction.samples.slide_sample import read_standing_part


@dataclass(frozen=True, slots=True)
class Picture:
    """The chosen planes of a file and, if it is a color picture, the channel that is taken of it.

    Attributes:
        channel: index of the channel; None takes all. Pictures of a single hue are taken as grey,
            whatever it is: their channels are multiples of each other.
        is_file: it is all of a picture file of which nothing was chosen.
        num_pixels: of a plane, where it is known.
        is_slide: it is read region by region, never whole.
        pixels: the planes (C, H, W) themselves, where they are in memory and no file is read.
    """

    path: Path
    choice: PlaneChoice = NOTHING_CHOSEN
    channel: int | None = None
    is_file: bool = False
    num_pixels: int = 0
    is_slide: bool = False
    pixels: ImageArray | None = field(default=None, compare=False)

    def read(self, *, is_quiet: bool = False) -> ImageArray:
        """Return the image (C, H, W); with `is_quiet`, pixels without data are not logged.

        Raises:
            ImageError: as `read_chosen` does.
        """
        return self.shown(self.read_whole(is_quiet=is_quiet))

    def read_whole(self, *, is_quiet: bool = False) -> ImageArray:
        """Return the image with all channels that were read, as `read` does otherwise."""
        if self.pixels is not None:
            return self.pixels
        if self.is_slide:
            raise ImageError(
                shown_location(self.path),
                expected="an image that is read whole",
                found=f"one of {self.num_pixels:,} pixels, which is read region by region",
                fix="leave out what needs all of it, or cut the image into parts",
            )
        if self.is_file:
            return read_picture(self.path)
        return read_chosen(self.path, self.choice, is_quiet=is_quiet)

    def read_part(self) -> ImageArray:
        """Return what there is to look at before all is read: of a slide, one part of it.

        Raises:
            ImageError: as `read_chosen` does.
        """
        if self.is_slide:
            return self.shown(read_standing_part(self.path, self.choice))
        return self.read(is_quiet=True)

    def shown(self, whole: ImageArray) -> ImageArray:
        """Return what is looked at of the whole image."""
        return whole if self.channel is None else in_channel(whole, self.channel)


def in_channel(image: ImageArray, channel: int) -> ImageArray:
    """Return a channel (1, H, W) of an image (C, H, W), or the brightest if it has a single hue."""
    if len(image) == 1:
        return image
    grey = without_color(image)
    return (grey if len(grey) == 1 else image[channel : channel + 1]).copy()  # frees the others
