"""The font of text in pictures."""

from functools import cache
from pathlib import Path

import matplotlib as mpl
from PIL import ImageFont


@cache
def font_of_size(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the font that figures have, too; Pillow's own knows no micro sign and no Cyrillic."""
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"), size_px)
