"""Read Label Studio tasks (JSON), boxes in percent of the image. Predictions stay predictions."""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field

from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.json_records import Number, Pair, Record, members, parse
from gapjunction.dataset.formats.label_studio_images import image_of_task
from gapjunction.dataset.formats.label_studio_kinds import with_kinds
from gapjunction.dataset.formats.label_studio_min import as_full_task
from gapjunction.dataset.formats.label_studio_write import LABELS
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.records_of_files import text
from gapjunction.dataset.formats.shapes import (
    WITHOUT_AREA,
    Notes,
    Point,
    box_around,
    box_at,
    turned,
)
from gapjunction.dataset.formats.source import ReadResult, Source
from gapjunction.errors import DatasetError
from gapjunction.images.pictures import read_image_size
from gapjunction.outside_text import read_json, read_xml

ELLIPSE_POINTS = 72
MASKS, OUTLINED = ("brushlabels", "bitmasklabels"), "boxes, outlines, ellipses or points"
TWO_LABELS = "regions with several labels, of which the first was taken"
SEVERAL = "tasks annotated more than once, of which the first annotation was taken"


class _Answer(Record):
    """An annotation or a prediction; its regions are checked one by one, to be named."""

    result: list[Any] | None = None
    was_cancelled: Any = None
    score: Number | None = None


class _Task(Record):
    data: dict[str, Any]
    annotations: list[_Answer] | None = Field(
        None,
        validation_alias=AliasChoices("annotations", "completions"),  # the name before 1.0
    )
    predictions: list[_Answer] | None = None


class _Region(Record):
    type: Any = None
    value: Any = None
    original_height: Any = None
    original_width: Any = None
    image_rotation: Any = None

    @property
    def kind(self) -> str:
        """Its type; the key of its labels as well."""
        return str(self.type)


class _Scored(Record):
    score: Number | None = None


class _Value(Record):
    rotation: Number | None = None  # degrees


class _Polygon(Record):
    points: list[Pair]


class _Rectangle(Record):
    """The corner at the top left, before it is turned; all in percents of the image."""

    x: Number
    y: Number
    width: Number
    height: Number


class _Ellipse(Record):
    """The center and the half axes, in percents of the image."""

    x: Number
    y: Number
    radius_x: Number = Field(alias="radiusX")
    radius_y: Number = Field(alias="radiusY")


def read_label_studio(source: Source) -> ReadResult:
    """Read tasks (JSON or JSON-MIN): the first annotation not cancelled, else the predictions.

    Raises:
        DatasetError: if there are no tasks, or one is wrong.
    """
    images = find_images(source)
    path = source.path if source.path.is_file() else _task_file(source.path)
    marked = []
    for index, each in enumerate(members(read_json(path), "tasks", path)):
        task = parse(_Task, as_full_task(each, OUTLINES_OF), path, f"task {index}")
        answer, notes = _answer(task)
        image = image_of_task(task.data, images, path, f"task {index}")
        if answer is not None:
            noted = [(None, notes), *_noted(answer, image, source, path)]
            marked.append(marked_image(image, path, noted))
    return assemble(source, images, marked, _classes(path))


def _task_file(folder: Path) -> Path:
    paths = list(files_in(folder, (".json",)))
    if len(paths) != 1:
        found = f"{len(paths)}" if folder.exists() else "nothing there"
        raise DatasetError(folder, expected="one JSON file", found=found, fix="name the file")
    return paths[0]


def _classes(tasks: Path) -> dict[str, str]:
    config = tasks.with_name(LABELS)
    if not config.is_file():
        return {}
    labels = read_xml(config).iter("Label")
    return {label.get("value", ""): label.get("background", "") for label in labels}


def _answer(task: _Task) -> tuple[_Answer | None, Notes]:
    """Return the annotation or prediction that counts, if there is one."""
    drawn = [each for each in task.annotations or () if not each.was_cancelled]
    notes = (SEVERAL,) if len(drawn) > 1 else ()
    if drawn:
        return _Answer(result=drawn[0].result), notes  # accepted predictions may have scores
    predicted = next(iter(task.predictions or ()), None)
    if predicted is None or not predicted.result:
        return None, notes
    overall = 1 if predicted.score is None else predicted.score
    return _Answer(result=predicted.result, score=overall), notes


def _noted(answer: _Answer, image: Path, source: Source, file: Path) -> Iterator[Noted]:
    height, width = read_image_size(image)
    for index, each in with_kinds(answer.result or ()):
        item = f"{image.name}, region {index}"
        region = parse(_Region, each, file, item)
        if region.kind in MASKS:
            fix = "export as COCO, which has outlines of them"
            found = "a mask of a brush"
            raise DatasetError(file, item=item, expected=OUTLINED, found=found, fix=fix)
        if region.kind not in OUTLINES_OF:
            yield None, (WITHOUT_AREA,)
            continue
        _require_size(region, (height, width), file, item)
        value = parse(_Value, region.value, file, item)
        points = [
            (x * width / 100, y * height / 100)
            for x, y in OUTLINES_OF[region.kind](region.value, file, item)
        ]
        if region.kind == "keypointlabels":
            box, notes = box_at(points[0], source.point_size_px, file, item), Notes()
        else:  # the first point is what it turns around
            box, notes = box_around(turned(points[1:], value.rotation or 0, points[0]))
        labels = region.value.get(region.kind)
        several = (TWO_LABELS,) if isinstance(labels, list) and len(labels) > 1 else ()
        mark = Mark(_label(region, file, item), box, item, _score(answer, each, file, item))
        yield mark, (*notes, *several)


def _require_size(region: _Region, size: tuple[int, int], file: Path, item: str) -> None:
    if region.image_rotation:
        found = f"one turned by {region.image_rotation} degrees"[:60]
        fix = "turn the image back in Label Studio, and label it again"
        raise DatasetError(file, item=item, expected="an upright image", found=found, fix=fix)
    stated = region.original_height, region.original_width
    if None not in stated and stated != size:
        expected = f"the image's size, {size[1]} x {size[0]} px"
        found, fix = f"{stated[1]} x {stated[0]}", "take the image that was annotated, at full size"
        raise DatasetError(file, item=item, expected=expected, found=found, fix=fix)


def _label(region: _Region, file: Path, item: str) -> str:
    names = region.value.get(region.kind)
    first = names[0] if isinstance(names, list) and names else None
    return text(first, "a label", file, item)


def _score(answer: _Answer, region: object, file: Path, item: str) -> float | None:
    """Return the score of a predicted region: its own, or that of the whole prediction."""
    if answer.score is None:
        return None
    own = parse(_Scored, region, file, item).score
    return answer.score if own is None else own


def _polygon(value: object, file: Path, item: str) -> list[Point]:
    points = [point.xy for point in parse(_Polygon, value, file, item).points]
    if not points:
        fix = "delete the region"
        raise DatasetError(file, item=item, expected="points", found="none", fix=fix)
    return [points[0], *points]


def _keypoint(value: object, file: Path, item: str) -> list[Point]:
    return [parse(Pair, value, file, item).xy]


def _ellipse(value: object, file: Path, item: str) -> list[Point]:
    ellipse = parse(_Ellipse, value, file, item)
    x, y, a, b = ellipse.x, ellipse.y, ellipse.radius_x, ellipse.radius_y
    angles = [2 * math.pi * step / ELLIPSE_POINTS for step in range(ELLIPSE_POINTS)]
    return [(x, y), *((x + a * math.cos(t), y + b * math.sin(t)) for t in angles)]


def _rectangle(value: object, file: Path, item: str) -> list[Point]:
    rectangle = parse(_Rectangle, value, file, item)
    (x, y), width, height = (rectangle.x, rectangle.y), rectangle.width, rectangle.height
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return [corners[0], *corners]


# Each gives the point that a region turns around and its outline, in percents of the image.
OUTLINES_OF: Mapping[str, Callable[[object, Path, str], list[Point]]] = {
    "rectanglelabels": _rectangle,
    "polygonlabels": _polygon,
    "ellipselabels": _ellipse,
    "keypointlabels": _keypoint,
}
