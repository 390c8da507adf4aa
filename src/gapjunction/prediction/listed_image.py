"""An image that is to be predicted: a file, some planes of it, or pixels in memory."""

from dataclasses import dataclass, field, replace
from typing import Literal, Self, cast

import numpy as np

from gapjunction.boxes import BoxArray
from gapjunction.dataset.names import ImageOrigin
from gapjunction.images.locations import absolute_location
from gapjunction.images.microscope_files import read_chosen
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import ALL_CHANNELS, NOTHING_CHOSEN, PlaneChoice
from gapjunction.images.region import Region
from gapjunction.samples.picture import Picture
from gapjunction.samples.slide_sample import read_standing_part

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
        is_file: it is all of a picture file, see `Picture`.
        num_pixels: of a plane; 0 where the file cannot be read.
        is_slide: it is read region by region, as it is too large, or a region of it is asked for.
        region: the part of it to predict; None is all of it.
        is_8_bit: its pixels are known to have 8 bits.
        is_wide: they are known to have more than 16, and may be stretched from their own range.
        pixels: all its channels (C, H, W), where they are in memory.
        stack, slice_number: where it is one of all slices of a file, what these are called
            together, and its number from 1 on.
        z_step_um: to the next slice, where it is one of a stack and somebody tells it.
        annotations: boxes (N, 4) that people marked in it; None where nobody looked.
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
    is_file: bool = False
    num_pixels: int = 0
    is_slide: bool = False
    region: Region | None = None
    is_8_bit: bool = False
    is_wide: bool = False
    pixels: ImageArray | None = field(default=None, compare=False)
    stack: str = ""
    slice_number: int | None = None
    z_step_um: float | None = None
    annotations: BoxArray | None = field(default=None, compare=False)

    @property
    def picture(self) -> Picture:
        """What is read of it."""
        return Picture(
            self.origin.path,
            self.choice,
            self.channel,
            self.is_file,
            self.num_pixels,
            self.is_slide,
            self.pixels,
        )

    def read_channels(self) -> ImageArray:
        """Return all channels (C, H, W) that one is to be chosen of; of a slide, those of a part.

        Raises:
            ImageError: as `read_chosen` does.
        """
        if self.pixels is not None:
            return self.pixels
        path, choice = self.origin.path, self.choice
        if self.is_slide:
            return read_standing_part(path, choice, has_all_channels=True)
        if self.is_file:
            return self.picture.read_whole(is_quiet=True)
        if self.is_color:
            return read_chosen(path, replace(choice, channels=ALL_CHANNELS), is_quiet=True)
        numbers = range(1, len(self.open_channels) + 1)
        chosen = [replace(choice, channels=(str(number),)) for number in numbers]
        planes = [read_chosen(path, each, is_quiet=True) for each in chosen]
        return cast(ImageArray, np.concatenate(planes))

    def absolute(self) -> Self:
        """Return the image with a path that holds in whatever folder a process works."""
        path = absolute_location(self.origin.path)
        return replace(self, origin=replace(self.origin, path=path))

    def in_channel(self, channel: int, stain: tuple[float, ...] | None) -> Self:
        """Return the image as it is taken from one of its open channels, by index."""
        if self.is_color:
            return replace(self, channel=channel, stain=stain)
        if self.pixels is not None:
            return replace(self, pixels=self.pixels[channel : channel + 1])
        return replace(self, choice=replace(self.choice, channels=(str(channel + 1),)))
