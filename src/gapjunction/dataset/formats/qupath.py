"""QuPath GeoJSON beside each image. A prediction is a "detection" with a measured score."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.json_records import Name, Number, Pair, Record, members, parse
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import read_json
from gapjunction.dataset.formats.shapes import (
    WITHOUT_AREA,
    WITHOUT_CLASS,
    Box,
    Notes,
    box_around,
    box_at,
)
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json

SUFFIXES = (".geojson", ".json")
SCORE = "score"
NUM_COLORS = 3


class _Classification(Record):
    """A class, and its color as red, green, blue if it has one."""

    name: Name
    color: list[Number] | None = None

    @field_validator("color", mode="before")
    @classmethod
    def _leave_out_others(cls, value: object) -> object:
        return value if isinstance(value, list) and len(value) == NUM_COLORS else None

    @property
    def shown_color(self) -> str:
        """The color as "#RRGGBB", "" if it has none."""
        return "#" + "".join(f"{int(each) % 256:02X}" for each in self.color) if self.color else ""


class _Measurements(Record):
    score: Number | None = None


class _Properties(Record):
    classification: _Classification | None = None
    measurements: _Measurements | None = None

    @field_validator("classification", mode="before")
    @classmethod
    def _take_empty_for_none(cls, value: object) -> object:
        return value or None

    @field_validator("measurements", mode="before")
    @classmethod
    def _take_list_for_mapping(cls, value: object) -> object:
        """Older versions have a list of names and values."""
        if isinstance(value, list) and all(isinstance(each, dict) for each in value):
            return {str(each.get("name")): each.get("value") for each in value}
        return value or None


class _Feature(Record):
    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: _Properties | None = None

    @property
    def classification(self) -> _Classification | None:
        """The class of the object, if it has one."""
        return None if self.properties is None else self.properties.classification

    @property
    def score(self) -> float | None:
        """The measurement "score"; None if there is none."""
        measured = None if self.properties is None else self.properties.measurements
        return None if measured is None else measured.score


class _Point(Record):
    coordinates: Pair

    @property
    def points(self) -> list[Pair]:
        """The one point."""
        return [self.coordinates]


class _MultiPoint(Record):
    coordinates: list[Pair]

    @property
    def points(self) -> list[Pair]:
        """All points."""
        return self.coordinates


class _Polygon(Record):
    coordinates: list[list[Pair]]

    @property
    def polygons(self) -> list[list[list[Pair]]]:
        """The one polygon: a ring outside, then its holes."""
        return [self.coordinates]


class _MultiPolygon(Record):
    coordinates: list[list[list[Pair]]]

    @property
    def polygons(self) -> list[list[list[Pair]]]:
        """All polygons, each a ring outside, then its holes."""
        return self.coordinates


GEOMETRIES: Mapping[str, type[_Point | _MultiPoint | _Polygon | _MultiPolygon]] = {
    "Point": _Point,
    "MultiPoint": _MultiPoint,
    "Polygon": _Polygon,
    "MultiPolygon": _MultiPolygon,
}


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
    classes: dict[str, str] = {}
    marked = []
    for path in paths:
        noted: list[Noted] = []
        for item, feature in _features(path):
            name, color = _class(feature, source)
            classes[name] = classes.get(name) or color
            noted += _noted(feature, name, path, item, source.point_size_px)
        marked.append(marked_image(images.of(path), path, noted))
    return assemble(source, images, marked, classes)


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


def _features(path: Path) -> Iterator[tuple[str, _Feature]]:
    """Yield the features of a collection, a list, or a single one, and how errors call them."""
    content = read_json(path)
    if isinstance(content, dict):
        is_collection = content.get("type") == "FeatureCollection"
        content = content.get("features") if is_collection else [content]
    for index, each in enumerate(members(content, "features", path)):
        yield f"object {index}", parse(_Feature, each, path, f"object {index}")


def _class(feature: _Feature, source: Source) -> tuple[str, str]:
    """Return the class and its color, "" if it has none."""
    given = feature.classification
    return (source.class_name, "") if given is None else (given.name, given.shown_color)


def _noted(
    feature: _Feature, name: str, path: Path, item: str, size_px: float | None
) -> Iterator[Noted]:
    if feature.classification is None:
        yield None, (WITHOUT_CLASS,)
    for box, notes in _boxes(feature.geometry, size_px, path, item):
        yield (None if box is None else Mark(name, box, item, feature.score)), notes


def _boxes(
    geometry: Mapping[str, Any], size_px: float | None, file: Path, item: str
) -> list[tuple[Box | None, Notes]]:
    """Return the boxes of an object, None where it has no area, each with notes."""
    kind = GEOMETRIES.get(str(geometry.get("type")))
    if kind is None:
        return [(None, (WITHOUT_AREA,))]
    shape = parse(kind, geometry, file, item)
    if isinstance(shape, _Point | _MultiPoint):
        return [(box_at(point.xy, size_px, file, item), ()) for point in shape.points]
    corners = [point.xy for polygon in shape.polygons for ring in polygon[:1] for point in ring]
    if not corners:
        fix = "delete the object"
        raise DatasetError(file, item=item, expected="corners", found="none", fix=fix)
    return [box_around(corners)]


def _written_features(placed: Placed, dataset: Dataset) -> Iterator[dict[str, Any]]:
    for (x0, y0, x1, y1), score, label in zip(
        placed.boxes_xyxy, placed.scores, placed.labels, strict=True
    ):
        name = dataset.class_names[label]
        color = list(bytes.fromhex(dataset.classes[name].removeprefix("#")))
        properties: dict[str, Any] = {
            "objectType": "annotation" if score is None else "detection",
            "classification": {"name": name, "color": color},
        }
        ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
        yield {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": properties | ({} if score is None else {"measurements": {SCORE: score}}),
        }
