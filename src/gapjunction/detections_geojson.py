"""Write the boxes of one image as GeoJSON that QuPath opens over it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gapjunction.detections import Detections
from gapjunction.files import written_whole

_DECIMALS = 3  # of a pixel


def write_geojson(
    path: Path, detections: Detections, class_names: Sequence[str], class_colors: Sequence[str]
) -> None:
    """Write a detection of its class for each box, with its score as a measurement.

    A line an object, so that millions need no more memory than their boxes. Colors are "#RRGGBB".
    """
    with written_whole(path) as partial, partial.open("w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        separator = "\n"
        classes = [
            {"name": name, "color": list(bytes.fromhex(color.removeprefix("#")))}
            for name, color in zip(class_names, class_colors, strict=True)
        ]
        for box, score, label in zip(
            detections.boxes, detections.scores, detections.labels, strict=True
        ):
            feature = _feature(box.tolist(), float(score), classes[label])
            stream.write(separator + json.dumps(feature))
            separator = ",\n"
        stream.write("\n]}\n")


def _feature(box: Sequence[float], score: float, classification: dict[str, Any]) -> dict[str, Any]:
    x0, y0, x1, y1 = (round(each, _DECIMALS) for each in box)
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "objectType": "detection",
            "classification": classification,
            "measurements": {"score": score},
        },
    }
