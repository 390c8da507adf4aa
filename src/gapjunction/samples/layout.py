"""The channel layout of an image: what a network sees of its colors."""

from gapjunction.dataset.records import AnnotatedImage
from gapjunction.images.pictures import read_picture
from gapjunction.samples.intensity import without_color

GREY, COLOR = "grey", "color"


def channel_layout(image: AnnotatedImage) -> str:
    """Return "grey" for an image of one stain, whatever its hue, else "color".

    Raises:
        ImageError: if the image cannot be decoded.
    """
    return GREY if len(without_color(read_picture(image.path))) == 1 else COLOR
