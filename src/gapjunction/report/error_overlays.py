"""Images with every box drawn by the kind of error it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from gapjunction.benchmark.detection_suite import DetectionStudy
from gapjunction.boxes import BoxArray
from gapjunction.images.pictures import read_picture
from gapjunction.metrics.detection_errors import FoundKind, TruthKind
from gapjunction.overlays.boxed_image import brightened_rgb
from gapjunction.overlays.scale_bar import draw_bar_in_axes

DOTS_PER_INCH = 120
MIN_SIDE_INCHES, MAX_SIDE_INCHES = 6.0, 9.0
PX_PER_INCH = 80
# Points; a report shows these pictures at half their size.
LEGEND_SIZE, LETTER_SIZE = 14, 9
POINTS_PER_INCH = 72


class Pen(NamedTuple):
    """How boxes of one kind are drawn: line, color of Okabe & Ito, and a letter beside them."""

    title: str
    style: Literal["solid", "dashed", "dashdot", "dotted"]
    color: str
    letter: str


FOUND_PENS = {
    FoundKind.RIGHT: Pen("right", "solid", "#F0E442", ""),
    FoundKind.FALSE: Pen("false", "solid", "#D55E00", "F"),
    FoundKind.DOUBLED: Pen("doubled", "dashed", "#CC79A7", "D"),
    FoundKind.BADLY_PLACED: Pen("badly placed", "dashdot", "#56B4E9", "P"),
    FoundKind.MERGED: Pen("merges several", "dashed", "#009E73", "G"),
    FoundKind.SPLIT: Pen("piece of a split", "dashdot", "#E69F00", "S"),
}
MISSED_PEN = Pen("annotation not found", "dotted", "#FFFFFF", "M")
MISSED_KINDS = (TruthKind.MISSED, TruthKind.MERGED, TruthKind.SPLIT, TruthKind.BADLY_PLACED)


def choose_worst_images(study: DetectionStudy, number: int) -> list[int]:
    """Return the images with the most unmatched boxes, worst first; none without one."""
    counts = study.counts
    wrong = counts.num_truth + counts.num_found - 2 * counts.num_right["iou50"]
    order = np.argsort(-wrong, kind="stable")[:number]
    return [int(image) for image in order if wrong[image] > 0]


def error_overlay(study: DetectionStudy, image: int) -> Figure:
    """Draw an image with its boxes; without the image file on a grey ground."""
    stem = study.paired.stems[image]
    truth, found = study.paired.truth[image].boxes, study.paired.found[image].boxes
    pixels = _pixels(study.paired.image_paths.get(stem), [truth, found])
    height, width = pixels.shape[:2]
    side = float(np.clip(max(height, width) / PX_PER_INCH, MIN_SIDE_INCHES, MAX_SIDE_INCHES))
    scale = side / max(height, width)
    figure = Figure(
        figsize=(max(width * scale, MIN_SIDE_INCHES), height * scale + 1.6),
        dpi=DOTS_PER_INCH,
        layout="constrained",
    )
    axes = figure.add_subplot()
    axes.imshow(pixels, extent=(0, width, height, 0), interpolation="nearest")
    pens = _draw_boxes(axes, study, image, side_px=LETTER_SIZE / POINTS_PER_INCH / scale)
    if study.settings.um_per_px is not None:
        draw_bar_in_axes(axes, (width, height), study.settings.um_per_px)
    axes.set_axis_off()
    axes.set_title(stem, parse_math=False)
    lines = [
        Line2D([], [], linestyle=pen.style, color=pen.color, label=_legend(pen)) for pen in pens
    ]
    if lines:
        figure.legend(
            handles=lines,
            loc="outside lower center",
            ncols=2,
            facecolor="0.1",  # dark as the images are, so that all lines are seen in grey too
            labelcolor="white",
            fontsize=LEGEND_SIZE,
        )
    return figure


def place_letters(
    lettered: Sequence[tuple[str, Sequence[float]]], side_px: float
) -> list[tuple[str, tuple[float, float]]]:
    """Return letters and where their middles go, at a corner outside of their xyxy box each.

    A letter that would lie on another one at every corner is left out: the line tells as much.
    """
    placed: list[tuple[str, tuple[float, float]]] = []
    half = side_px / 2
    for letter, (x0, y0, x1, y1) in lettered:
        corners = [(x, y) for x in (x1 + half, x0 - half) for y in (y0 - half, y1 + half)]
        free = [spot for spot in corners if not _is_taken(spot, placed, side_px)]
        if free:
            placed.append((letter, free[0]))
    return placed


def _is_taken(
    spot: tuple[float, float], placed: Sequence[tuple[str, tuple[float, float]]], side_px: float
) -> bool:
    x, y = spot
    return any(
        max(abs(x - other_x), abs(y - other_y)) < side_px for _, (other_x, other_y) in placed
    )


def _draw_boxes(axes: Axes, study: DetectionStudy, image: int, side_px: float) -> list[Pen]:
    """Draw all boxes of an image, with letters of `side_px`, and return the pens that were used."""
    of_image = study.table.truth.images == image
    missed = of_image & np.isin(study.errors.truth, MISSED_KINDS)
    groups: list[tuple[Pen, BoxArray]] = [(MISSED_PEN, study.table.truth.boxes[missed])]
    rows, kinds = study.errors.kept, study.errors.found
    for kind, pen in FOUND_PENS.items():
        chosen = rows[(kinds == kind) & (study.table.found.images[rows] == image)]
        groups.append((pen, study.table.found.boxes[chosen]))
    for pen, boxes in groups:
        axes.add_collection(
            PolyCollection(
                [((x0, y0), (x1, y0), (x1, y1), (x0, y1)) for x0, y0, x1, y1 in boxes.tolist()],
                facecolors="none",
                edgecolors=pen.color,
                linestyles=pen.style,
                linewidths=1.2,
            ),
            autolim=False,
        )
    lettered = [(pen.letter, box) for pen, boxes in groups if pen.letter for box in boxes.tolist()]
    for letter, (x, y) in place_letters(lettered, side_px):
        axes.text(
            *(x, y, letter),
            color="white",
            fontsize=LETTER_SIZE,
            ha="center",
            va="center",
            clip_on=True,
            path_effects=[Stroke(linewidth=1.5, foreground="black"), Normal()],
        )
    return [pen for pen, boxes in groups if len(boxes)]


def _legend(pen: Pen) -> str:
    return f"{pen.title} ({pen.letter})" if pen.letter else pen.title


def _pixels(path: Path | None, boxes: Sequence[BoxArray]) -> np.ndarray:
    if path is not None:
        return brightened_rgb(read_picture(path))
    corners = np.concatenate([each[:, 2:] for each in boxes])
    width, height = np.ceil(corners.max(axis=0, initial=1.0)).astype(int).tolist()
    return np.full((height, width, 3), 90, np.uint8)
