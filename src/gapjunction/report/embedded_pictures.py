"""Figures and microscope images as pictures of an HTML page."""

import io
from collections.abc import Sequence

from matplotlib.figure import Figure

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.images.pictures import read_picture
from gapjunction.report.error_overlays import error_overlay
from gapjunction.report.html_page import PagePicture
from gapjunction.report.overlays import overlay

MAX_SIDE_PX = 1200
LINE_PX = 2  # two images stand beside each other, so that it is one pixel of a screen
JPEG_QUALITY = 85  # a tenth of the size of PNG for noisy images, and no box is lost


def picture_of_figure(figure: Figure, caption: str, *, is_half: bool = False) -> PagePicture:
    """Return a figure as PNG; the caption also stands in for it."""
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return PagePicture(caption, caption, "image/png", content.getvalue(), is_half)


def picture_of_image(image: MeasuredImage, colors: Sequence[str]) -> PagePicture:
    """Return an image with what is counted in it, each box in the colour of its class.

    Raises:
        ImageError: if the image cannot be read.
    """
    pixels = read_picture(image.path)
    shown = overlay(pixels, image.counted, colors, max_side_px=MAX_SIDE_PX, line_px=LINE_PX)
    content = io.BytesIO()
    shown.save(content, format="JPEG", quality=JPEG_QUALITY, subsampling=0)
    caption = f"{image.name} ({image.dataset}, {image.asset}): {len(image.counted)} counted"
    alternative = f"Image {image.name} with a box around each of {len(image.counted)} objects"
    return PagePicture(caption, alternative, "image/jpeg", content.getvalue(), is_half=True)


def picture_of_errors(study: DetectionStudy, image: int) -> PagePicture:
    """Return an image with its right, wrong and missed boxes.

    Raises:
        ImageError: if the image cannot be read.
    """
    figure = error_overlay(study, image)
    content = io.BytesIO()
    figure.savefig(content, format="jpeg", pil_kwargs={"quality": JPEG_QUALITY, "subsampling": 0})
    name = study.paired.stems[image]
    num_truth, num_found = int(study.counts.num_truth[image]), int(study.counts.num_found[image])
    right = int(study.counts.num_right["iou50"][image])
    asset = study.groups.name_of_image(image)
    caption = (
        f"{name}{f' ({asset})' if asset else ''}: {num_truth} annotated, {num_found} found, "
        f"{right} of them right at IoU 0.5"
    )
    alternative = f"Image {name} with boxes by kind of error; {caption}"
    return PagePicture(caption, alternative, "image/jpeg", content.getvalue(), is_half=True)
