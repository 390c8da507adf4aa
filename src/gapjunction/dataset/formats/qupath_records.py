"""Records of QuPath's GeoJSON: features, their properties and geometries."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, field_validator, model_validator

from gapjunction.dataset.formats.json_records import Name, Number, Pair, Record, members, parse
from gapjunction.dataset.formats.planes import Axis
from gapjunction.dataset.formats.qupath_kinds import DETECTION, kind_of_object
from gapjunction.outside_text import read_json

NUM_COLORS = 3
DERIVED = ": "  # between the names of a class and of what is derived of it


class _Classification(Record):
    """A class, and its color as red, green, blue if it has one.

    One that is derived of others, such as "Cx43: Positive", is a list of names in QuPath, and was a
    chain of classes before version 0.4.
    """

    name: Name
    color: list[Number] | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_derived(cls, value: object) -> object:
        if isinstance(value, str):
            return {"name": value}
        names = _names_of_class(value)
        return value | {"name": DERIVED.join(names)} if isinstance(value, dict) and names else value

    @field_validator("color", mode="before")
    @classmethod
    def _leave_out_others(cls, value: object) -> object:
        return value if isinstance(value, list) and len(value) == NUM_COLORS else None

    @property
    def shown_color(self) -> str:
        """The color as "#RRGGBB", "" if it has none."""
        return "#" + "".join(f"{int(each) % 256:02X}" for each in self.color) if self.color else ""


def _names_of_class(content: object) -> list[str]:
    """Return the names of a class, from the one it is derived of on; none if it is damaged."""
    names: list[str] = []
    while isinstance(content, dict):
        names[:0] = _texts(content.get("names") or [content.get("name")])
        content = content.get("parentClass")
    return names


def _texts(values: object) -> list[str]:
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []


class _Measurements(Record):
    score: Number | None = None


class _Properties(Record):
    kind: str | None = Field(None, validation_alias=AliasChoices("objectType", "object_type"))
    name: Any = None
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


class Feature(Record):
    """An object of QuPath."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: _Properties | None = None
    id: Any = None

    @property
    def kind(self) -> str:
        """What it is, as QuPath tells it: "annotation", "detection", "cell", ..."""
        return kind_of_object(None if self.properties is None else self.properties.kind, self.id)

    @property
    def planes(self) -> dict[Axis, object]:
        """The slice and the time that it was drawn in, where that is stated."""
        plane = self.geometry.get("plane")
        stated = plane if isinstance(plane, dict) else {}
        axes: dict[str, Axis] = {"z": "slices", "t": "time points"}
        return {axis: stated[name] for name, axis in axes.items() if name in stated}

    @property
    def name(self) -> str:
        """What a person called it, "" if nobody did."""
        name = None if self.properties is None else self.properties.name
        return name.strip() if isinstance(name, str) else ""

    @property
    def class_name(self) -> str:
        """The name of its class, "" if it has none."""
        return "" if self.classification is None else self.classification.name

    @property
    def classification(self) -> _Classification | None:
        """The class of the object, if it has one."""
        return None if self.properties is None else self.properties.classification

    @property
    def measured_score(self) -> float | None:
        """The measurement "score"; None if there is none."""
        measured = None if self.properties is None else self.properties.measurements
        return None if measured is None else measured.score

    @property
    def score(self) -> float | None:
        """The measured score; without it 1 of a detection, None of an annotation."""
        is_found = self.measured_score is None and self.kind == DETECTION
        return 1.0 if is_found else self.measured_score


class Point(Record):
    """One point."""

    coordinates: Pair

    @property
    def points(self) -> list[Pair]:
        """The one point."""
        return [self.coordinates]


class MultiPoint(Record):
    """Several points."""

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


GEOMETRIES: Mapping[str, type[Point | MultiPoint | _Polygon | _MultiPolygon]] = {
    "Point": Point,
    "MultiPoint": MultiPoint,
    "Polygon": _Polygon,
    "MultiPolygon": _MultiPolygon,
}


def read_features(path: Path) -> Iterator[tuple[str, Feature]]:
    """Yield the features of a collection, a list, or a single one, and how errors call them.

    Raises:
        DatasetError: if the file is no GeoJSON, or a feature is wrong.
    """
    content = read_json(path)
    if isinstance(content, dict):
        is_collection = content.get("type") == "FeatureCollection"
        content = content.get("features") if is_collection else [content]
    for index, each in enumerate(members(content, "features", path)):
        yield f"object {index}", parse(Feature, each, path, f"object {index}")
