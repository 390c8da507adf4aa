"""Draws what was found in an image, with a scale bar and the count."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.detections import Detections
from gapjunction.images.pictures import ImageArray
from gapjunction.samples.intensity import measure_intensity, normalize

BAR_SHARE = 0.2  # of the image's width, at most
BAR_STEPS = (1, 2, 5)
BAR_COLOR, MARGIN = "white", 0.04
BOX_LINE = 0.8
UM_PER_MM = 1000


def draw_found(
    image: ImageArray,
    detections: Detections,
    colors: Sequence[str],
    title: str,
    um_per_px: float | None,
    axes: Axes | None,
) -> Axes:
    """Draw an image (C, H, W), boxes and scale bar into `axes`, or into new ones; return them."""
    if axes is None:
        _, axes = plt.subplots(layout="constrained")
    height, width = image.shape[1:]
    axes.imshow(_shown(image), cmap="gray", interpolation="nearest")
    for label, color in enumerate(colors):
        boxes = detections.boxes[detections.labels == label]
        axes.add_collection(_outlines(boxes, color))
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xticks=[], yticks=[])
    axes.set_title(title)
    if um_per_px is not None:
        _draw_bar(axes, width * um_per_px, height, um_per_px)
    return axes


def nice_length(longest: float) -> float:
    """Return the longest of 1, 2 and 5 times a power of ten that is not longer.

    >>> nice_length(27.0), nice_length(0.6)
    (20.0, 0.5)
    """
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in BAR_STEPS if step * power <= longest))


def _shown(image: ImageArray) -> NDArray[np.float32]:
    """Return an image as it looks to the detector, grey (H, W) or in color (H, W, 3)."""
    shown = np.clip(normalize(image, measure_intensity(image)), 0, 1)
    return shown[0] if len(image) == 1 else np.moveaxis(shown, 0, -1)


def _outlines(boxes: BoxArray, color: str) -> PolyCollection:
    """Return rectangles around the pixels of boxes: pixel 0 is drawn from -0.5 to 0.5."""
    x0, y0, x1, y1 = boxes.T - np.float32(0.5)
    corners = [np.stack([x, y], axis=-1) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    rectangles: Sequence[NDArray[np.float32]] = list(np.stack(corners, axis=1))
    return PolyCollection(rectangles, facecolors="none", edgecolors=color, linewidths=BOX_LINE)


def _draw_bar(axes: Axes, width_um: float, height: int, um_per_px: float) -> None:
    length_um = nice_length(BAR_SHARE * width_um)
    x0, y = MARGIN * width_um / um_per_px, height * (1 - MARGIN)
    axes.plot([x0, x0 + length_um / um_per_px], [y, y], color=BAR_COLOR, linewidth=3)
    text = f"{length_um:g} µm" if length_um < UM_PER_MM else f"{length_um / UM_PER_MM:g} mm"
    axes.text(x0, y - height * MARGIN / 2, text, color=BAR_COLOR, va="bottom", ha="left")
