"""Write pictures as TIFF with the side of a pixel, as ImageJ, Fiji and QuPath read it."""

from pathlib import Path

import numpy as np
import tifffile

from gapjunction.files import written_whole
from gapjunction.images.pictures import ImageArray

UNIT = "um"
_RGB = 3


def write_sized_tiff(path: Path, image: ImageArray, um_per_px: float) -> None:
    """Write an image (C, H, W) without loss, whole or not at all.

    Grey is one plane, color of 8 bits RGB, color of 16 bits three channels.
    """
    is_rgb = len(image) == _RGB and image.dtype == np.uint8
    rows = np.moveaxis(image, 0, -1) if is_rgb else image
    px_per_um = 1 / um_per_px
    with written_whole(path) as partial:
        tifffile.imwrite(
            partial,
            np.ascontiguousarray(rows),
            imagej=True,
            photometric="rgb" if is_rgb else "minisblack",
            resolution=(px_per_um, px_per_um),
            metadata={"unit": UNIT, "axes": "YXS" if is_rgb else "CYX"},
        )
