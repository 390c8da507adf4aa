"""Boxes as rectangles and as points of napari, and rectangles of napari as boxes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray, as_boxes
from gapjunction.detections import Detections
from gapjunction.napari_plugin.hidden_boxes import BEFORE, HIDDEN, THRESHOLD, BoxSet
from gapjunction.napari_plugin.layer_data import CENTER_PX, LayerData, LayerOrigin

LINE_PX, RING_PX = 1.0, 10.0
NO_PLAQUE = -1  # of a box that is linked to none
TEXT = {
    "string": "{class} {score:.2f}",
    "size": 8,
    "anchor": "upper_left",
    "color": "white",
    "visible": False,
}


def rectangles_of(boxes: BoxArray, place: int | None) -> NDArray[np.float64]:
    """Return the corners (N, 4, 2 or 3) of boxes, (y, x) or, in a stack, (place, y, x)."""
    x0, y0, x1, y1 = boxes.astype(np.float64).T - CENTER_PX
    corners = np.stack([[y0, x0], [y0, x1], [y1, x1], [y1, x0]]).transpose(2, 0, 1)
    if place is None:
        return corners
    return np.concatenate([np.full((*corners.shape[:2], 1), float(place)), corners], axis=2)


def boxes_of(corners: Sequence[NDArray[Any]]) -> tuple[BoxArray, NDArray[np.int64]]:
    """Return the boxes (N, 4) around shapes, whatever their kind, and the place of each (N,).

    Shapes of a single image are all at place 0.
    """
    rows, places = [], []
    for each in corners:
        points = np.asarray(each, np.float64)
        (y0, x0), (y1, x1) = points[:, -2:].min(0), points[:, -2:].max(0)
        rows.append([x0 + CENTER_PX, y0 + CENTER_PX, x1 + CENTER_PX, y1 + CENTER_PX])
        places.append(round(float(points[0, 0])) if points.shape[1] > 2 else 0)  # noqa: PLR2004 - y and x
    return as_boxes(rows), np.array(places, np.int64)


def box_layer(
    slices: Sequence[Detections],
    origin: LayerOrigin,
    name: str,
    plaques: Sequence[NDArray[np.int64]] | None = None,
    threshold: float = 0.0,
) -> LayerData:
    """Return rectangles, in the colors of their classes, with class, score and plaque.

    Args:
        slices: the boxes of each image along the first axis; of one image, they alone.
        origin: of the images.
        name: of the layer.
        plaques: the number of each box's plaque, `NO_PLAQUE` for those in none.
        threshold: boxes with a lower score are kept aside, to be shown when it is lowered.
    """
    found = Detections.joined(slices)
    corners = _corners(slices, is_stacked=origin.is_stacked)
    every = BoxSet(list(corners), features_of(found, origin.class_names, plaques))
    boxes, hidden = every.divided(threshold)
    shown = origin.shown_as(name)
    shown["metadata"] |= {HIDDEN: hidden, THRESHOLD: threshold, BEFORE: tuple(slices)}
    shown |= {
        "ndim": origin.ndim,
        "shape_type": "rectangle",
        "edge_width": LINE_PX,
        "face_color": "transparent",
        "edge_color": colors_of(boxes.features["class"], origin.classes),
        "features": boxes.features,
        "feature_defaults": defaults_of(origin),
        "text": dict(TEXT),
    }
    return list(boxes.corners), shown, "shapes"


def point_layer(boxes: BoxSet, origin: LayerOrigin, name: str) -> LayerData:
    """Return the centers of boxes as rings of their size, with class and score."""
    sides = [np.ptp(each[:, -2:], axis=0) for each in boxes.corners]
    centers = np.array([each.mean(axis=0) for each in boxes.corners]).reshape(-1, origin.ndim)
    shown: dict[str, Any] = {
        **origin.shown_as(name),
        "ndim": origin.ndim,
        "size": np.array([float(side.max()) for side in sides]) if sides else RING_PX,
        "face_color": "transparent",
        "border_color": colors_of(boxes.features["class"], origin.classes),
        "features": boxes.features,
        "text": dict(TEXT),
    }
    return centers, shown, "points"


def features_of(
    found: Detections, class_names: Sequence[str], plaques: Sequence[NDArray[np.int64]] | None
) -> dict[str, NDArray[Any]]:
    """Return class, score and plaque of each box, as columns."""
    if plaques is None or not len(found):
        numbers = np.full(len(found), NO_PLAQUE, np.int64)
    else:
        numbers = np.concatenate(plaques)
    return {
        "class": np.array([class_names[label] for label in found.labels], dtype=object),
        "score": found.scores.astype(np.float64),
        "plaque": numbers,
    }


def defaults_of(origin: LayerOrigin) -> dict[str, Any]:
    """Return what a rectangle has that a person draws: as certain as can be."""
    return {"class": origin.class_names[0], "score": 1.0, "plaque": NO_PLAQUE}


def colors_of(names: Iterable[str], classes: Mapping[str, str]) -> list[str] | str:
    """Return the color of each name; white for a class that is not known."""
    return [classes.get(name) or "#FFFFFF" for name in names] or "#FFFFFF"


def as_rectangle(corners: NDArray[Any]) -> NDArray[np.float64]:
    """Return the corners (4, 2 or 3) of the box around a shape, in the order of a rectangle's."""
    (box,), (place,) = boxes_of([corners])
    is_stacked = corners.shape[1] > 2  # noqa: PLR2004 - y and x
    around: NDArray[np.float64] = rectangles_of(box[None], int(place) if is_stacked else None)[0]
    return around


def _corners(slices: Sequence[Detections], *, is_stacked: bool) -> NDArray[np.float64]:
    parts = [
        rectangles_of(each.boxes, place if is_stacked else None)
        for place, each in enumerate(slices)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 4, 3 if is_stacked else 2))
