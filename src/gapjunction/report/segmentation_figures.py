"""The figure of a segmentation benchmark, built as those of `figures.py`: legible in grey."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gapjunction.metrics.segmentation import FloatArray, PixelCounts, iou, mean_of_defined
from gapjunction.report.figures import DOTS_PER_INCH, LINES, POINTS

HEIGHT_INCHES, INCHES_PER_CLASS, MIN_WIDTH_INCHES = 4.5, 1.2, 5.0
DOTS_HALF_WIDTH, BAR_HALF_WIDTH = 0.25, 0.32  # of the distance between two classes
DIAMOND_SHIFT = 0.39  # to the right, where it hides no dot
GOLDEN_RATIO = (5**0.5 - 1) / 2  # multiples of it, without their whole part, spread evenly
MAX_LEVEL_NAMES = 8  # with more classes, their names are turned


@dataclass(frozen=True, slots=True)
class Marks:
    """How points are drawn; `size` in square points."""

    label: str
    color: str
    size: float
    marker: str = "o"
    alpha: float = 0.5


def iou_per_class_figure(pixels: PixelCounts) -> Figure:
    """Draw the IoU of each class and the background: a dot an image, a bar for the pooled value.

    A diamond marks the mean over the images. Images without a class give no dot for it.
    """
    each = iou(pixels.matrices)[:, [*range(1, len(pixels.class_names) + 1), 0]]
    pooled = np.roll(iou(pixels.matrices.sum(axis=0)), -1)
    names = [*pixels.class_names, "background"]
    places = np.arange(len(names), dtype=np.float64)
    width = max(MIN_WIDTH_INCHES, INCHES_PER_CLASS * len(names))
    figure = Figure(figsize=(width, HEIGHT_INCHES), dpi=DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    shifts = (np.arange(len(each)) * GOLDEN_RATIO % 1 - 0.5) * 2 * DOTS_HALF_WIDTH
    x = (places + shifts[:, None]).ravel().astype(np.float64)
    _draw_points(axes, x, each.ravel(), Marks("one image", POINTS, size=22))
    ends = places - BAR_HALF_WIDTH, places + BAR_HALF_WIDTH
    axes.hlines(pooled, *ends, color="black", linewidth=2, label="pooled", zorder=1)
    diamonds = Marks("mean of images", "white", size=45, marker="D", alpha=1)
    _draw_points(axes, places + DIAMOND_SHIFT, mean_of_defined(each.T), diamonds)
    for place, value in zip(places, pooled, strict=True):
        written = "absent" if np.isnan(value) else f"{value:.3f}"
        axes.annotate(written, (place, 1.04), ha="center", va="bottom", color=LINES)
    axes.set(xlim=(-0.6, len(names) - 0.4), ylim=(-0.03, 1.12), ylabel="Intersection over union")
    axes.set_xticks(places, names, rotation=0 if len(names) <= MAX_LEVEL_NAMES else 90)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", frameon=False, ncols=3)
    images = "1 image" if len(each) == 1 else f"{len(each)} images"
    axes.set_title(f"IoU by class, {images} (numbers: pooled)")
    return figure


def _draw_points(axes: Axes, x: FloatArray, y: FloatArray, marks: Marks) -> None:
    axes.scatter(
        x,
        y,
        s=marks.size,
        color=marks.color,
        marker=marks.marker,
        alpha=marks.alpha,
        edgecolors="black",
        label=marks.label,
        zorder=2,
    )
