"""The boxes of a layer of napari as they are now, a person's changes among them."""

from collections.abc import Collection
from typing import Any

import numpy as np

from gapjunction.napari_plugin.box_layers import as_rectangle, colors_of, defaults_of
from gapjunction.napari_plugin.corrections import changed_places
from gapjunction.napari_plugin.hidden_boxes import BEFORE, HIDDEN, THRESHOLD, BoxSet
from gapjunction.napari_plugin.layer_data import LayerOrigin, origin_of
from gapjunction.napari_plugin.writer import detections_of


def is_of_boxes(layer: Any) -> bool:
    """Tell whether a layer of shapes came from here, and can be counted and saved."""
    return origin_of(layer.metadata) is not None and HIDDEN in layer.metadata


def origin_of_layer(layer: Any) -> LayerOrigin:
    """Return where a layer of boxes came from.

    Raises:
        ValueError: if it is of others.
    """
    origin = origin_of(layer.metadata)
    if origin is None:
        raise ValueError(f"layer {layer.name} has no origin")
    return origin


def shown_boxes(layer: Any) -> BoxSet:
    """Return the boxes that count, among them those that a person drew."""
    origin = origin_of_layer(layer)
    features = {name: layer.features[name].to_numpy() for name in defaults_of(origin)}
    return BoxSet([as_rectangle(np.asarray(each)) for each in layer.data], features)


def show_from(layer: Any, threshold: float) -> None:
    """Show the boxes with this score or more, and keep the others aside."""
    boxes, hidden = _every_box(layer).divided(threshold)
    layer.data = boxes.corners
    layer.features = dict(boxes.features)
    layer.metadata.update({HIDDEN: hidden, THRESHOLD: threshold})
    paint(layer)


def threshold_of(layer: Any) -> float:
    """Return the score from which on boxes of a layer are shown."""
    return float(layer.metadata[THRESHOLD])


def place_shown(layer: Any, viewer: Any) -> int:
    """Return the place of the image of a layer that a viewer shows; 0 where there is one only."""
    origin = origin_of_layer(layer)
    if not origin.is_stacked:
        return 0
    place = round(float(layer.world_to_data(viewer.dims.point)[0]))
    return min(max(place, 0), len(layer.metadata[BEFORE]) - 1)


def paint(layer: Any) -> None:
    """Show each box in the color of its class."""
    if len(layer.data):
        layer.edge_color = colors_of(layer.features["class"], origin_of_layer(layer).classes)


def give_class(layer: Any, name: str) -> None:
    """Make the selected boxes, and those that are drawn from now on, ones of a class."""
    features = layer.features.copy()
    features.loc[sorted(layer.selected_data), "class"] = name
    layer.features = features
    layer.feature_defaults = {**defaults_of(origin_of_layer(layer)), "class": name}
    paint(layer)


def corrected_places(layer: Any) -> list[int]:
    """Return the images, by place, in which a person changed, drew or deleted a box.

    Raises:
        ConfigError: if a box lies outside of all images, or has an unknown class.
    """
    return sorted(changed_places(layer.metadata[BEFORE], _every_box(layer), origin_of_layer(layer)))


def take_as_unchanged(layer: Any, places: Collection[int]) -> None:
    """Count changes of some images, by place, from now on: they are saved."""
    every = _every_box(layer)
    now = detections_of(every.corners, every.features, origin_of_layer(layer))
    before = layer.metadata[BEFORE]
    layer.metadata[BEFORE] = tuple(
        new if place in places else old
        for place, (new, old) in enumerate(zip(now, before, strict=True))
    )


def _every_box(layer: Any) -> BoxSet:
    return shown_boxes(layer).joined(layer.metadata[HIDDEN])
