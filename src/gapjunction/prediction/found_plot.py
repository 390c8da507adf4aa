"""Draws what was found in an image as overlays show it, but sharp in every size."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import ListedColormap, Normalize
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.overlays.boxed_image import brightened_rgb
from gapjunction.overlays.caption import score_colors
from gapjunction.overlays.counted_image import Counted, ShownImage
from gapjunction.overlays.scale_bar import draw_bar_in_axes

BOX_LINE = 0.8
SCORE_STEPS = 256


def draw_found(shown: ShownImage, counted: Counted, title: str, axes: Axes | None) -> Axes:
    """Draw image, boxes, scale bar and what colors mean into `axes`, or new ones; return them."""
    if axes is None:
        axes = plt.figure(layout="constrained").add_subplot()
    height, width = shown.pixels.shape[1:]
    axes.imshow(brightened_rgb(shown.pixels), interpolation="nearest")
    axes.add_collection(_outlines(counted.found.boxes, counted.box_colors()))
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xticks=[], yticks=[])
    axes.set_title(title, parse_math=False)
    if shown.um_per_px is not None:
        draw_bar_in_axes(axes, (width, height), shown.um_per_px)
    if counted.has_classes:
        _draw_legend(axes, counted)
    else:
        _draw_scale_of_scores(axes, counted.lowest_score)
    return axes


def _outlines(boxes: BoxArray, colors: Sequence[str]) -> PolyCollection:
    """Return rectangles around the pixels of boxes: pixel 0 is drawn from -0.5 to 0.5."""
    x0, y0, x1, y1 = boxes.T - np.float32(0.5)
    corners = [np.stack([x, y], axis=-1) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    rectangles: Sequence[NDArray[np.float32]] = list(np.stack(corners, axis=1))
    return PolyCollection(rectangles, facecolors="none", edgecolors=colors, linewidths=BOX_LINE)


def _draw_legend(axes: Axes, counted: Counted) -> None:
    for name, color in zip(counted.class_names, counted.class_colors, strict=True):
        axes.plot([], [], color=color, label=name)
    legend = axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        ncols=len(counted.class_names),
        facecolor="black",  # as the image is: pale lines are seen
        labelcolor="white",
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _draw_scale_of_scores(axes: Axes, lowest: float) -> None:
    colors = score_colors(np.linspace(lowest, 1, SCORE_STEPS, dtype=np.float32), lowest)
    scale = ScalarMappable(Normalize(lowest, 1), ListedColormap(colors))
    axes.figure.colorbar(scale, ax=axes, label="score", shrink=0.6)
