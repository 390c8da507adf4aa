"""The options of planes, slices, regions, cells and clusters, alike wherever they are."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from gapjunction.choices import ZAxis

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
ZAxisOption = Annotated[
    ZAxis,
    Field(
        description="Axis along which the slices of a stack lie, where the program that wrote the "
        "file called them time points or channels."
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
        description="Side of a pixel in micrometers, instead of what the files say.",
    ),
]
RoiOption = Annotated[
    Path | None,
    Field(
        description="Regions to count in: ImageJ ROI sets, QuPath GeoJSON or masks (PNG, TIFF), "
        "one file or a folder of files called after their images."
    ),
]
ExcludedRegionsOption = Annotated[
    tuple[str, ...],
    Field(
        description="Names or classes of regions that are taken out of all others; may be given "
        "several times."
    ),
]
TissueMaskOption = Annotated[
    bool,
    Field(
        description="Find where there is tissue, and count and measure areas only there: what is "
        "off the section does not enter the density."
    ),
]
CellsOption = Annotated[
    Path | None,
    Field(
        description="Label images of cells (PNG or TIFF, as of Cellpose or StarDist), one file or "
        "a folder of files called after their images: tells which cells share plaques."
    ),
]
BorderOption = Annotated[
    float,
    Field(
        ge=0,
        allow_inf_nan=False,
        description="With --cells: a plaque lies on the border of two cells if its center is at "
        "most so many micrometers from both.",
    ),
]
SecondChannelOption = Annotated[
    str | None,
    Field(
        description="Another channel of the images, by name or by number from 1: tells how far "
        "plaques go together with it, against chance, in each region or image."
    ),
]
AlignOption = Annotated[
    str | None,
    Field(
        description="With --second_channel: how far it lies from the channel of the plaques, as "
        "x,y in pixels, or a picture of beads with the same channels, by which both are aligned. "
        "Without it, channels are taken as they are."
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
ClusterOption = Annotated[
    str | None,
    Field(
        description="Work in several processes: local (this machine, one for each GPU or, without "
        "GPUs, for each core), local:4, tcp://HOST:8786 (a running Dask scheduler) or FILE.yaml "
        '(jobs of SLURM, PBS, LSF or SGE); needs pip install ".[cluster]".'
    ),
]
TimeLimitOption = Annotated[
    float,
    Field(
        gt=0,
        allow_inf_nan=False,
        description="With --cluster: an image, or a block of a slide, that takes longer, in "
        "seconds, is tried once more, and then left out and named in the end.",
    ),
]
