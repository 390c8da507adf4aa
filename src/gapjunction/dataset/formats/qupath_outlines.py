"""The areas that QuPath annotations outline: polygons with holes, and several as one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.dataset.formats.area_outlines import AreaOutline, Ring
from gapjunction.dataset.formats.json_records import parse
from gapjunction.dataset.formats.qupath_kinds import ANNOTATION
from gapjunction.dataset.formats.qupath_records import (
    GEOMETRIES,
    MultiPoint,
    Point,
    read_features,
)
from gapjunction.errors import DatasetError

Part = tuple[Ring, ...]


def read_qupath_outlines(path: Path) -> Iterator[AreaOutline]:
    """Yield the annotations of a GeoJSON file that outline an area.

    Lines, points, and what is no annotation (detections, cells, tiles) are left out.

    Raises:
        DatasetError: if the file is no GeoJSON, or an outline is wrong.
    """
    for item, feature in read_features(path):
        if feature.kind == ANNOTATION:
            parts = tuple(_parts(feature.geometry, path, item))
            if parts:
                yield AreaOutline(feature.name, feature.class_name, item, parts)


def _parts(geometry: Mapping[str, Any], path: Path, item: str) -> Iterator[Part]:
    inner = geometry.get("geometries")
    if geometry.get("type") == "GeometryCollection" and isinstance(inner, list):
        for each in inner:
            if isinstance(each, dict):
                yield from _parts(each, path, item)
        return
    kind = GEOMETRIES.get(str(geometry.get("type")))
    if kind is None:
        return
    shape = parse(kind, geometry, path, item)
    if isinstance(shape, Point | MultiPoint):
        return
    for polygon in shape.polygons:
        if not polygon or not all(polygon):
            fix = "delete the object"
            raise DatasetError(path, item=item, expected="corners", found="none", fix=fix)
        yield tuple(np.array([point.xy for point in ring], np.float64) for ring in polygon)
