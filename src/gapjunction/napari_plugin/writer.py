"""Write the boxes of one image as the annotation platform's detection file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.detections import Detections
from gapjunction.detections_json import DETECTION_SUFFIX, write_detection_file
from gapjunction.errors import ConfigError
from gapjunction.images.pictures import read_image_size
from gapjunction.napari_plugin.box_layers import boxes_of
from gapjunction.napari_plugin.layer_data import LayerOrigin, origin_of


def write_boxes(path: str, corners: Sequence[NDArray[Any]], shown: Mapping[str, Any]) -> list[str]:
    """Write the boxes around the shapes of a layer; return the path of the file, in a list.

    The image that they are of is the one that the layer came with; its stem names the boxes.

    Raises:
        ConfigError: if the layer came with none, or with several.
    """
    origin = origin_of(shown.get("metadata", {}))
    if origin is None or origin.is_stacked or len(origin.paths) != 1:
        raise ConfigError(
            shown.get("name", "layer"),
            expected="boxes of one image file",
            found="a stack" if origin is not None and origin.is_stacked else "no word of a file",
            fix="save those of a dataset with 'Save' in the panel 'Find gap junctions'",
        )
    target, [image] = Path(path), origin.paths
    if not target.stem.endswith(DETECTION_SUFFIX):
        target = target.with_name(f"{target.stem}{DETECTION_SUFFIX}.json")
    write_detection_file(
        target,
        detections_of(corners, shown["features"], origin)[0],
        origin.class_names,
        image_name=image.name,
        image_size=read_image_size(image),
    )
    return [str(target)]


def detections_of(
    corners: Sequence[NDArray[Any]], features: Mapping[str, Any], origin: LayerOrigin
) -> list[Detections]:
    """Return the boxes of each image along a layer's first axis; of one image, in a list.

    Raises:
        ConfigError: if a shape has a class that its dataset does not have, or lies in no image.
    """
    boxes, places = boxes_of(corners)
    labels = _labels(features, len(boxes), origin)
    scores = np.asarray(features["score"], np.float32) if "score" in features else None
    found = Detections(boxes, np.ones(len(boxes), np.float32) if scores is None else scores, labels)
    num_images = len(origin.paths) or int(places.max(initial=0)) + 1
    outside = (places < 0) | (places >= num_images)
    if outside.any():
        raise ConfigError(
            "boxes",
            expected=f"places from 0 to {num_images - 1}",
            found=f"one at {places[outside][0]}",
            fix="delete it, or move it to an image",
        )
    return [found[places == place] for place in range(num_images)]


def _labels(features: Mapping[str, Any], number: int, origin: LayerOrigin) -> NDArray[np.int64]:
    names = list(features["class"]) if "class" in features else [origin.class_names[0]] * number
    unknown = next((name for name in names if name not in origin.classes), None)
    if unknown is not None:
        raise ConfigError(
            "boxes",
            expected=f"a class out of {', '.join(origin.class_names)}",
            found=str(unknown),
            fix="change it in the layer's features",
        )
    return np.array([origin.class_names.index(name) for name in names], np.int64)
