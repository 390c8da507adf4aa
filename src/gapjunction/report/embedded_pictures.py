"""Figures and microscope images as pictures of an HTML page."""

import io

from matplotlib.figure import Figure

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.names import as_file_name
from gapjunction.images.pictures import read_picture
from gapjunction.overlays.boxed_image import overlay
from gapjunction.overlays.scale_bar import draw_scale_bar
from gapjunction.report.error_overlays import error_overlay
from gapjunction.report.figure_files import figure_files
from gapjunction.report.html_page import PagePicture

MAX_SIDE_PX = 1200
LINE_PX = 2  # two images stand beside each other, so that it is one pixel of a screen
# Of Okabe & Ito's color-blind safe palette.
BOX_COLORS = ("#E69F00", "#F0E442", "#CC79A7", "#D55E00")
JPEG_QUALITY = 85  # a tenth of the size of PNG for noisy images, and no box is lost


def picture_of_figure(
    figure: Figure, caption: str, name: str = "", *, is_half: bool = False
) -> PagePicture:
    """Return a figure as PNG, and with a name as files too; the caption also stands in for it."""
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    files = figure_files(figure, as_file_name(name)) if name else {}
    return PagePicture(caption, caption, "image/png", content.getvalue(), is_half, files)


def picture_of_image(image: MeasuredImage) -> PagePicture:
    """Return an image with what is counted in it, each box in a color for its class.

    The colors are ones that stand out of green, cyan and grey tissue.

    Raises:
        ImageError: if the image cannot be read.
    """
    pixels = read_picture(image.path)
    colors = [BOX_COLORS[label % len(BOX_COLORS)] for label in image.counted.labels.tolist()]
    shown = overlay(pixels, image.counted, colors, max_side_px=MAX_SIDE_PX, line_px=LINE_PX)
    if image.um_per_px is not None:
        draw_scale_bar(shown, image.um_per_px * image.width / shown.width)
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
