"""A scale bar in a picture, so that the size of what is seen can be told."""

from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from PIL import Image, ImageDraw

from gapjunction.overlays.bar_length import BAR_SHARE, length_text, round_length
from gapjunction.overlays.fonts import font_of_size

MARGIN_SHARE, THICKNESS_SHARE, TEXT_SHARE = 0.025, 0.008, 0.03
SMALLEST_TEXT_PX = 10


def draw_scale_bar(picture: Image.Image, um_per_px: float) -> None:
    """Draw a bar of a round length at the lower right; a pixel of the picture is `um_per_px`."""
    length_um = round_length(BAR_SHARE * picture.width * um_per_px)
    margin = round(MARGIN_SHARE * picture.width)
    right, bottom = picture.width - margin, picture.height - margin
    left = right - length_um / um_per_px
    top = bottom - max(2, round(THICKNESS_SHARE * picture.width))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left, top, right, bottom), fill="white", outline="black")
    size = max(SMALLEST_TEXT_PX, round(TEXT_SHARE * picture.width))
    draw.text(
        ((left + right) / 2, top - 2),
        length_text(length_um),
        fill="white",
        stroke_width=1,
        stroke_fill="black",
        anchor="mb",
        font=font_of_size(size),
    )


def draw_bar_in_axes(axes: Axes, size_px: tuple[int, int], um_per_px: float) -> None:
    """Draw the same into axes that show an image of this width and height, y growing downward."""
    width, height = size_px
    length_um = round_length(BAR_SHARE * width * um_per_px)
    right, bottom = (1 - MARGIN_SHARE) * width, (1 - MARGIN_SHARE) * height
    left = right - length_um / um_per_px
    outline = [Stroke(linewidth=2, foreground="black"), Normal()]
    axes.plot([left, right], [bottom, bottom], color="white", linewidth=3, path_effects=outline)
    axes.text(
        *((left + right) / 2, bottom - MARGIN_SHARE * height / 2, length_text(length_um)),
        color="white",
        ha="center",
        va="bottom",
        path_effects=outline,
    )
