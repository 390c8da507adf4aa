"""QuPath GeoJSON beside each image. A prediction is a "detection"; its score is measured."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.json_records import parse
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.planes import notes_on_planes
from gapjunction.dataset.formats.qupath_kinds import (
    AROUND,
    DETECTION,
    Outlined,
    find_regions,
    reason_to_leave_out,
)
from gapjunction.dataset.formats.qupath_records import (
    GEOMETRIES,
    Feature,
    MultiPoint,
    Point,
    read_features,
)
from gapjunction.dataset.formats.shapes import (
    DETECTED,
    PARTS,
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
from gapjunction.images.pictures import read_image_size

SUFFIXES = (".geojson", ".json")
SCORE = "score"


@dataclass(frozen=True, slots=True)
class _Object:
    """A feature with its class and its boxes, None for what has no area."""

    item: str
    feature: Feature
    name: str
    color: str
    boxes: list[tuple[Box | None, Notes]]

    @property
    def box(self) -> Box | None:
        """The box around its largest part, None if it has no area."""
        found = [box for box, _ in self.boxes if box is not None]
        return max(found, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


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
        image = images.of(path)
        noted: list[Noted] = []
        kept, notes = _plaques(list(_objects(path, source)), read_image_size(image))
        for each in kept:
            classes[each.name] = classes.get(each.name) or each.color
            noted += _noted(each)
        marked.append(marked_image(image, path, [(None, notes), *noted]))
    return assemble(source, images, marked, classes)


def write_qupath(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a .geojson beside each image; images become TIFF with their pixel size."""
    for each in place_images(
        dataset, folder, keeps_unseen=True, keeps_predicted=True, form="sized"
    ):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}.geojson")
            features = list(_written_features(each, dataset))
            write_json(place, {"type": "FeatureCollection", "features": features})
    return losses(dataset, {"colors", "predictions"})


def _objects(path: Path, source: Source) -> Iterator[_Object]:
    for item, feature in read_features(path):
        given = feature.classification
        name, color = (source.class_name, "") if given is None else (given.name, given.shown_color)
        boxes = _boxes(feature.geometry, source.point_size_px, path, item)
        yield _Object(item, feature, name, color, boxes)


def _plaques(objects: list[_Object], size: tuple[int, int]) -> tuple[list[_Object], Notes]:
    """Return the objects that are no regions, cells or tiles, and notes on those left out."""
    with_area = [each for each in objects if each.box is not None]
    outlined = [
        Outlined(each.feature.kind, each.feature.class_name, each.box)
        for each in with_area
        if each.box is not None
    ]
    region_of = dict(
        zip((each.item for each in with_area), find_regions(outlined, *size), strict=True)
    )
    kept, notes = [], []
    for each in objects:
        reason = reason_to_leave_out(each.feature.kind, each.feature.class_name)
        note = reason or region_of.get(each.item)
        if note:
            notes.append(note)
        if note in (None, "", AROUND):
            kept.append(each)
    return kept, (*notes, *notes_on_planes(each.feature.planes for each in kept))


def _noted(each: _Object) -> Iterator[Noted]:
    if each.feature.classification is None:
        yield None, (WITHOUT_CLASS,)
    if each.feature.kind == DETECTION and each.feature.measured_score is None:
        yield None, (DETECTED,)
    for box, notes in each.boxes:
        mark = None if box is None else Mark(each.name, box, each.item, each.feature.score)
        yield mark, notes


def _boxes(
    geometry: Mapping[str, Any], size_px: float | None, file: Path, item: str
) -> list[tuple[Box | None, Notes]]:
    """Return the boxes of an object, None where it has no area, each with notes."""
    inner = geometry.get("geometries")
    if geometry.get("type") == "GeometryCollection" and isinstance(inner, list):
        parts = (each for each in inner if isinstance(each, dict))
        return [box for each in parts for box in _boxes(each, size_px, file, item)]
    kind = GEOMETRIES.get(str(geometry.get("type")))
    if kind is None:
        return [(None, (WITHOUT_AREA,))]
    shape = parse(kind, geometry, file, item)
    if isinstance(shape, Point | MultiPoint):
        return [(box_at(point.xy, size_px, file, item), ()) for point in shape.points]
    outlines = [[point.xy for ring in each[:1] for point in ring] for each in shape.polygons]
    if not outlines or not all(outlines):
        fix = "delete the object"
        raise DatasetError(file, item=item, expected="corners", found="none", fix=fix)
    several = (PARTS,) if len(outlines) > 1 else ()
    found = [box_around(each) for each in outlines]
    return [(box, (*notes, *several)) for box, notes in found]


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
