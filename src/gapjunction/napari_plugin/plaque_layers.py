"""Plaques of a stack in three dimensions: a point for each box, and lines from slice to slice."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.detections import Detections
from gapjunction.napari_plugin.box_layers import NO_PLAQUE
from gapjunction.napari_plugin.layer_data import CENTER_PX, LayerData, LayerOrigin
from gapjunction.plaque_table import BOX_DECIMALS, TabledPlaque

POINT_PX, LINE_PX = 5.0, 2.0
GOLDEN_RATIO = 0.618  # of the way around the color map from a plaque to the next one


def plaque_layers(
    plaques: Sequence[TabledPlaque], origin: LayerOrigin, name: str
) -> list[LayerData]:
    """Return the plaques of a stack as points and lines, each plaque in a color of its own."""
    place_of = {number: place for place, number in enumerate(origin.numbers)}
    chains = [(each.number, _centers(each, place_of)) for each in plaques]
    points = [(number, point) for number, centers in chains for point in centers]
    lines = [
        (number, np.stack([start, end - start]))
        for number, centers in chains
        for start, end in pairwise(centers)
    ]
    if not points:
        return []
    numbers = np.array([number for number, _ in points])
    dots: dict[str, Any] = {
        **origin.shown_as(f"{name} plaques"),
        "size": POINT_PX,
        "face_color": colors_of_plaques(numbers),
        "border_width": 0,
        "features": {"plaque": numbers},
        "visible": False,
    }
    layers: list[LayerData] = [(np.array([point for _, point in points]), dots, "points")]
    if lines:
        own = np.array([number for number, _ in lines])
        links: dict[str, Any] = {
            **origin.shown_as(f"{name} links"),
            "edge_width": LINE_PX,
            "edge_color": colors_of_plaques(own),
            "vector_style": "line",
            "features": {"plaque": own},
            "visible": False,
        }
        layers.append((np.array([line for _, line in lines]), links, "vectors"))
    return layers


def plaques_of_boxes(
    slices: Sequence[Detections], plaques: Sequence[TabledPlaque], origin: LayerOrigin
) -> list[NDArray[np.int64]]:
    """Return for each image the number of the plaque that each of its boxes belongs to.

    Boxes are found again by their sides, which tables have rounded.
    """
    place_of = {number: place for place, number in enumerate(origin.numbers)}
    number_of = {
        (place_of[number], *_rounded(box)): plaque.number
        for plaque in plaques
        for number, box in zip(plaque.numbers.tolist(), plaque.boxes, strict=True)
        if number in place_of
    }
    return [
        np.array(
            [number_of.get((place, *_rounded(box)), NO_PLAQUE) for box in each.boxes], np.int64
        )
        for place, each in enumerate(slices)
    ]


def colors_of_plaques(numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a color (N, 4) for each plaque: hues far from those of the plaques before."""
    hue = (numbers * GOLDEN_RATIO) % 1
    thirds = np.array([0.0, 1 / 3, 2 / 3])
    distance = np.abs((hue[:, None] - thirds + 0.5) % 1 - 0.5)
    colors = np.clip(2 - 6 * distance, 0.15, 1)
    return np.concatenate([colors, np.ones((len(numbers), 1))], axis=1)


def _centers(plaque: TabledPlaque, place_of: Mapping[int, int]) -> NDArray[np.float64]:
    """Return the centers (S, 3) of a plaque's boxes, in the slices that are there."""
    rows = [
        (place_of[number], (y0 + y1) / 2 - CENTER_PX, (x0 + x1) / 2 - CENTER_PX)
        for number, (x0, y0, x1, y1) in zip(
            plaque.numbers.tolist(), plaque.boxes.tolist(), strict=True
        )
        if number in place_of
    ]
    return np.array(rows, np.float64).reshape(-1, 3)


def _rounded(box: BoxArray) -> tuple[float, ...]:
    return tuple(round(float(side), BOX_DECIMALS) for side in box)
