"""Masks in LabelMe's files: a PNG as base64, placed by the corner at its top left."""

import base64
import binascii
import io
from pathlib import Path

from PIL.PngImagePlugin import PngImageFile

from gapjunction.dataset.formats.shapes import Box, Point
from gapjunction.errors import DatasetError
from gapjunction.images.pictures import decoding
from gapjunction.images.usable_size import require_usable_size


def box_of_mask(mask: str, corner: Point, file: Path, item: str) -> Box:
    """Return the box around the pixels of a mask that are not 0.

    The corners beside it do not tell: some versions end at the last pixel, others behind it.

    Raises:
        DatasetError: if it is no PNG, or marks nothing.
        ImageError: if it is damaged, or too large.
    """
    with decoding(file):
        try:
            picture = PngImageFile(io.BytesIO(base64.b64decode(mask, validate=True)))
        except (binascii.Error, SyntaxError):
            expected = "a mask that is a PNG file as base64"
            raise _refusal(expected, repr(mask)[:30], file, item) from None
        require_usable_size(file, picture.height, picture.width)
        box = picture.convert("L").getbbox()
    if box is None:
        raise _refusal("a mask with pixels in it", "none", file, item)
    x, y = map(round, corner)
    left, top, right, bottom = box
    return x + left, y + top, x + right, y + bottom


def _refusal(expected: str, found: str, file: Path, item: str) -> DatasetError:
    fix = "delete the shape, or draw it again"
    return DatasetError(file, item=item, expected=expected, found=found, fix=fix)
