"""The options that choose planes of microscope files and slices, alike wherever they are."""

from typing import Annotated, Protocol

from pydantic import Field

from gapjunction.images.plane_choice import PlaneChoice

ChannelOption = Annotated[
    tuple[str, ...],
    Field(
        description="Channel of color pictures and microscope files, by name (red, green, blue) or "
        "by number from 1; up to three times, to show them as red, green and blue; all: color as "
        "it is."
    ),
]
ZOption = Annotated[
    str | None,
    Field(
        description="Planes along z: max or mean of all, one slice from 1 on (5), the maximum of "
        "some (3-7), mean:3-7, or all: an image of each slice."
    ),
]
TimeOption = Annotated[int | None, Field(ge=1, description="Time point, from 1 on.")]
SceneOption = Annotated[
    str | None,
    Field(
        description="Scene (field, series, position) of files with several, by name or by number "
        "from 1; 'all' makes an image of each."
    ),
]
PixelSizeOption = Annotated[
    float | None,
    Field(
        gt=0,
        allow_inf_nan=False,
        description="Side of a pixel in micrometres, instead of what the files say.",
    ),
]
SliceNamesOption = Annotated[
    str,
    Field(
        description="How names tell the slices of a stack, of which plaques are linked and counted "
        "once: auto (_Z47_, z-047, (Z 47)), off, or a regular expression with the number as its "
        "one group."
    ),
]


class PlaneOptions(Protocol):
    """The settings of a command with these options."""

    @property
    def channel(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def z(self) -> str | None: ...  # noqa: D102
    @property
    def time(self) -> int | None: ...  # noqa: D102
    @property
    def scene(self) -> str | None: ...  # noqa: D102


def plane_choice(options: PlaneOptions) -> PlaneChoice:
    """Return what the options say of the planes."""
    return PlaneChoice(options.channel, options.z, options.time, options.scene)
