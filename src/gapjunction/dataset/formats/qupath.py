"""QuPath GeoJSON beside each image. A prediction is a "detection" with a measured score."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import Mark, MarkedImage, assemble
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import fields, members, number, read_json, text
from gapjunction.dataset.formats.shapes import (
    WITHOUT_AREA,
    WITHOUT_CLASS,
    Box,
    Point,
    box_around,
    box_at,
)
from gapjunction.dataset.formats.source import ReadResult, Source, counted, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json

SUFFIXES = (".geojson", ".json")
SCORE = "score"
NUM_COLOURS = 3


def read_qupath(source: Source) -> ReadResult:
    """Read the GeoJSON file named after each image, or one file.

    A file without objects says that there is nothing; where there is none, nobody looked.

    Raises:
        DatasetError: if there are none, or one is wrong.
    """
    images = find_images(source)
    paths = [source.path] if source.path.is_file() else list(files_in(source.path, SUFFIXES))
    if not paths:
        raise no_files(source, "GeoJSON files")
    notes: Counter[str] = Counter()
    classes: dict[str, str] = {}
    marked = []
    for path in paths:
        marks = []
        for index, feature in enumerate(_features(path)):
            item = f"object {index}"
            properties = fields(feature.get("properties") or {}, "properties", path, item)
            name, colour = _class(properties, path, item)
            if name is None:
                notes[WITHOUT_CLASS] += 1
                name = source.class_name
            classes[name] = classes.get(name) or colour
            geometry = fields(feature.get("geometry"), "geometry", path, item)
            score = _score(properties, path, item)
            boxes = _boxes(geometry, source.point_size_px, path, item, notes)
            marks += [Mark(name, box, item, score) for box in boxes]
        marked.append(MarkedImage(images.of(path), path, tuple(marks)))
    return ReadResult((assemble(source, images, marked, classes),), counted(notes))


def write_qupath(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a .geojson beside each image; WEBP becomes PNG for QuPath."""
    for each in place_images(
        dataset, folder, keeps_unseen=True, keeps_predicted=True, reads_webp=False
    ):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}.geojson")
            features = list(_written_features(each, dataset))
            write_json(place, {"type": "FeatureCollection", "features": features})
    return losses(dataset, {"colours", "predictions"})


def _features(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the features of a collection, a list, or a single one."""
    content = read_json(path)
    if isinstance(content, dict):
        is_collection = content.get("type") == "FeatureCollection"
        content = content.get("features") if is_collection else [content]
    for index, each in enumerate(members(content, "features", path)):
        feature = fields(each, "a feature", path, f"object {index}")
        if feature.get("type") != "Feature":
            expected, found = "a GeoJSON feature", repr(feature.get("type"))
            fix = "export the objects of QuPath again"
            raise DatasetError(
                path, item=f"object {index}", expected=expected, found=found, fix=fix
            )
        yield feature


def _class(properties: Mapping[str, Any], file: Path, item: str) -> tuple[str | None, str]:
    """Return the class and its colour; None and "" where they are not given."""
    given = properties.get("classification")
    if not given:
        return None, ""
    classification = fields(given, "classification", file, item)
    colour = classification.get("color")
    shown = ""
    if isinstance(colour, list) and len(colour) == NUM_COLOURS:
        shown = "#" + "".join(
            f"{int(number(value, 'color', file, item)) % 256:02X}" for value in colour
        )
    return text(classification.get("name"), "the class's name", file, item), shown


def _score(properties: Mapping[str, Any], file: Path, item: str) -> float | None:
    """Return the measurement "score", from a mapping or, as older versions have it, a list."""
    measured = properties.get("measurements") or {}
    if isinstance(measured, list):
        pairs = [fields(each, "a measurement", file, item) for each in measured]
        measured = {str(each.get("name")): each.get("value") for each in pairs}
    score = fields(measured, "measurements", file, item).get(SCORE)
    return None if score is None else number(score, SCORE, file, item)


def _boxes(
    geometry: Mapping[str, Any], size_px: float | None, file: Path, item: str, notes: Counter[str]
) -> list[Box]:
    kind, values = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        return [box_at(_point(values, file, item), size_px, file, item)]
    if kind == "MultiPoint":
        points = [_point(each, file, item) for each in members(values, "points", file, item)]
        return [box_at(point, size_px, file, item) for point in points]
    if kind not in ("Polygon", "MultiPolygon"):
        notes[WITHOUT_AREA] += 1
        return []
    polygons = members(values, "coordinates", file, item)
    rings = [polygons] if kind == "Polygon" else [members(p, "rings", file, item) for p in polygons]
    corners = [
        _point(each, file, item)
        for ring in rings
        for outer in ring[:1]
        for each in members(outer, "points", file, item)
    ]
    if not corners:
        fix = "delete the object"
        raise DatasetError(file, item=item, expected="corners", found="none", fix=fix)
    return [box_around(corners, notes)]


def _point(pair: object, file: Path, item: str) -> Point:
    x, y, *_ = [*members(pair, "x, y", file, item), None, None]
    return number(x, "x", file, item), number(y, "y", file, item)


def _written_features(placed: Placed, dataset: Dataset) -> Iterator[dict[str, Any]]:
    for (x0, y0, x1, y1), score, label in zip(
        placed.boxes_xyxy, placed.scores, placed.labels, strict=True
    ):
        name = dataset.class_names[label]
        colour = list(bytes.fromhex(dataset.classes[name].removeprefix("#")))
        properties: dict[str, Any] = {
            "objectType": "annotation" if score is None else "detection",
            "classification": {"name": name, "color": colour},
        }
        ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
        yield {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": properties | ({} if score is None else {"measurements": {SCORE: score}}),
        }
