"""An image as read from a file for a Python user, with what the file says of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.choices import ZAxis
from gapjunction.images.microscope_files import chosen_facts, read_chosen
from gapjunction.images.pictures import ImageArray
from gapjunction.images.plane_choice import PlaneChoice


@dataclass(frozen=True, slots=True, eq=False)
class MicroscopeImage:
    """Pixels with what is known of them; `numpy.asarray` gives the pixels.

    Attributes:
        path: of the file.
        pixels: (C, H, W), of 8 or 16 bits.
        um_per_px: the side of a pixel as the file tells it, None where it does not.
        channels: names of the channels, where there are several that none was chosen of.
        is_color: the channels are red, green and blue of one picture.
    """

    path: Path
    pixels: ImageArray
    um_per_px: float | None
    channels: tuple[str, ...]
    is_color: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """(C, H, W)."""
        return self.pixels.shape

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False and dtype not in (None, self.pixels.dtype):
            raise ValueError(f"pixels of {self.pixels.dtype} become {dtype} only as a copy")
        return np.array(self.pixels, dtype=dtype, copy=copy is not False)


def read_image(
    path: Path | str,
    *,
    channel: str | int | Sequence[str | int] | None = None,
    z: str | int | None = None,
    z_axis: ZAxis = "z",
    time: int | None = None,
    scene: str | int | None = None,
) -> MicroscopeImage:
    """Read one image of a picture or microscope file, as `gapjunction predict` reads it.

    Args:
        path: WEBP, PNG, JPEG, TIFF, CZI, LIF, ND2, OIB, OIF or OIR.
        channel: name or number from 1; several (up to three) are shown as red, green and blue.
            Without it all are read, and a model finds the one in which puncta stand out.
        z: "max" or "mean" of all slices, a slice from 1 on (5), or the maximum of some ("3-7").
        z_axis: "time" or "channel" where the file calls slices so.
        time: time point from 1 on.
        scene: of files with several, by name or by number from 1.

    Raises:
        ImageError: if the file cannot be read, an axis has several planes and nothing was said
            of it, or what was said is not there.
    """
    source = Path(path)
    asked = (channel,) if isinstance(channel, str | int) else channel or ()
    choice = PlaneChoice(
        tuple(str(each) for each in asked),
        None if z is None else str(z),
        time,
        None if scene is None else str(scene),
        z_axis,
    )
    facts = chosen_facts(source, choice, may_find_channel=True)
    if facts.open_channels and not facts.is_color:
        numbers = range(1, len(facts.open_channels) + 1)
        # One by one: a channel of floats is stretched from its own range.
        own = [read_chosen(source, replace(choice, channels=(str(n),))) for n in numbers]
        pixels: Any = np.concatenate(own)
    else:
        pixels = read_chosen(source, choice)
    return MicroscopeImage(
        source, pixels, facts.um_per_px, facts.open_channels, is_color=facts.is_color
    )
