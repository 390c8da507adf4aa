"""Label Studio tasks (JSON), boxes in percent of the image. Predictions stay predictions."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree.ElementTree import Element, SubElement

from gapjunction.dataset.formats.image_files import ImageFiles, files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import Mark, MarkedImage, assemble
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import (
    fields,
    members,
    number,
    read_json,
    read_xml,
    text,
)
from gapjunction.dataset.formats.shapes import (
    WITHOUT_AREA,
    Point,
    box_around,
    box_at,
    turned,
)
from gapjunction.dataset.formats.source import ReadResult, Source, counted
from gapjunction.dataset.formats.write_xml import write_xml
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json
from gapjunction.images.pictures import read_image_size

TASKS, LABELS = "tasks.json", "labeling_config.xml"
KINDS = ("rectanglelabels", "polygonlabels", "ellipselabels", "keypointlabels")
ELLIPSE_POINTS = 72
FROM_NAME, TO_NAME = "label", "image"
UPLOAD_PREFIX = 9  # eight characters and a hyphen, which an upload puts before a name


def read_label_studio(source: Source) -> ReadResult:
    """Read tasks: of each the first annotation that was not cancelled, else the predictions.

    Raises:
        DatasetError: if there are no tasks, or one is wrong.
    """
    images = find_images(source)
    path = source.path if source.path.is_file() else _task_file(source.path)
    notes: Counter[str] = Counter()
    marked = []
    for index, each in enumerate(members(read_json(path), "tasks", path)):
        task = fields(each, "a task", path, f"task {index}")
        results = _results(task, path, f"task {index}", notes)
        image = _image(task, images, path, f"task {index}")
        if results is not None:
            marks = tuple(_marks(results, image, source, path, notes))
            marked.append(MarkedImage(image, path, marks))
    return ReadResult((assemble(source, images, marked, _classes(path)),), counted(notes))


def write_label_studio(dataset: Dataset, folder: Path) -> list[str]:
    """Write tasks.json, labeling_config.xml and images/ (for local file storage)."""
    placed = place_images(dataset, folder, keeps_unseen=True, keeps_predicted=True)
    tasks = [_task(each, index, dataset.class_names) for index, each in enumerate(placed, start=1)]
    write_json(folder / TASKS, tasks)
    # Label Studio refuses a configuration with an XML declaration.
    write_xml(folder / LABELS, _config(dataset), has_declaration=False)
    return losses(dataset, {"colours", "unused classes", "predictions"})


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


def _image(task: Mapping[str, Any], images: ImageFiles, file: Path, item: str) -> Path:
    """Return the image of a task, given by a path, a URL, or as uploads and storages name it."""
    values = fields(task.get("data"), "data", file, item)
    links = [value for value in values.values() if isinstance(value, str)]
    link = text(values.get("image") or (links[0] if links else None), "an image", file, item)
    parts = urlsplit(link)
    name = parse_qs(parts.query).get("d", [parts.path if parts.scheme else link])[0]
    try:
        return images.named(name, file, item)
    except DatasetError:
        last = name.rsplit("/", 1)[-1]
        if last[UPLOAD_PREFIX - 1 : UPLOAD_PREFIX] != "-":
            raise
        return images.named(last[UPLOAD_PREFIX:], file, item)


def _results(
    task: Mapping[str, Any], file: Path, item: str, notes: Counter[str]
) -> list[dict[str, Any]] | None:
    """Return the regions of a task; None where nobody looked and nothing was predicted."""
    annotations = members(task.get("annotations") or [], "annotations", file, item)
    drawn = [fields(each, "an annotation", file, item) for each in annotations]
    drawn = [each for each in drawn if not each.get("was_cancelled")]
    predicted = members(task.get("predictions") or [], "predictions", file, item)
    if len(drawn) > 1:
        notes["tasks annotated more than once, of which the first annotation was taken"] += 1
    if drawn:  # regions that were predicted and then accepted may still have a score
        return [each | {"score": None} for each in _regions(drawn[0], file, item)]
    if predicted:
        prediction = fields(predicted[0], "a prediction", file, item)
        overall = prediction.get("score")
        scores = {"score": 1 if overall is None else overall}
        return [scores | each for each in _regions(prediction, file, item)] or None
    return None


def _regions(answer: Mapping[str, Any], file: Path, item: str) -> list[dict[str, Any]]:
    results = members(answer.get("result") or [], "regions", file, item)
    return [dict(fields(each, "a region", file, item)) for each in results]


def _marks(
    regions: Sequence[Mapping[str, Any]],
    image: Path,
    source: Source,
    file: Path,
    notes: Counter[str],
) -> Iterator[Mark]:
    height, width = read_image_size(image)
    for index, region in enumerate(regions):
        item = f"{image.name}, region {index}"
        kind = str(region.get("type"))
        if kind not in KINDS:
            notes[WITHOUT_AREA] += 1
            continue
        _require_size(region, (height, width), file, item)
        value = fields(region.get("value"), "value", file, item)
        names = members(value.get(kind), kind, file, item)
        name = text(names[0] if names else None, "a label", file, item)
        outline = _outline(kind, value, file, item)
        points = [(x * width / 100, y * height / 100) for x, y in outline]
        degrees = number(value.get("rotation") or 0, "rotation", file, item)
        if kind == "keypointlabels":
            box = box_at(points[0], source.point_size_px, file, item)
        else:  # the first point is what it turns around
            box = box_around(turned(points[1:], degrees, points[0]), notes)
        score = region.get("score")
        yield Mark(name, box, item, None if score is None else number(score, "score", file, item))


def _require_size(region: Mapping[str, Any], size: tuple[int, int], file: Path, item: str) -> None:
    stated = region.get("original_height"), region.get("original_width")
    if None not in stated and stated != size:
        expected = f"the image's size, {size[1]} x {size[0]} px"
        found, fix = f"{stated[1]} x {stated[0]}", "take the image that was annotated, at full size"
        raise DatasetError(file, item=item, expected=expected, found=found, fix=fix)


def _outline(kind: str, value: Mapping[str, Any], file: Path, item: str) -> list[Point]:
    """Return the point that a region turns around and its outline, in percents of the image."""
    if kind == "polygonlabels":
        points = []
        for pair in members(value.get("points"), "points", file, item):
            x, y, *_ = [*members(pair, "x, y", file, item), None, None]
            points.append((number(x, "x", file, item), number(y, "y", file, item)))
        if not points:
            fix = "delete the region"
            raise DatasetError(file, item=item, expected="points", found="none", fix=fix)
        return [points[0], *points]
    x, y = (number(value.get(key), key, file, item) for key in ("x", "y"))
    if kind == "keypointlabels":
        return [(x, y)]
    if kind == "ellipselabels":
        a, b = (number(value.get(key), key, file, item) for key in ("radiusX", "radiusY"))
        angles = [2 * math.pi * step / ELLIPSE_POINTS for step in range(ELLIPSE_POINTS)]
        return [(x, y), *((x + a * math.cos(t), y + b * math.sin(t)) for t in angles)]
    width, height = (number(value.get(key), key, file, item) for key in ("width", "height"))
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return [corners[0], *corners]


def _task(placed: Placed, index: int, class_names: Sequence[str]) -> dict[str, Any]:
    height, width = placed.image.height, placed.image.width
    regions = [
        {
            "id": f"{index}_{number_of}",
            "type": "rectanglelabels",
            "from_name": FROM_NAME,
            "to_name": TO_NAME,
            "original_width": width,
            "original_height": height,
            "image_rotation": 0,
            "value": {
                "x": x0 / width * 100,
                "y": y0 / height * 100,
                "width": (x1 - x0) / width * 100,
                "height": (y1 - y0) / height * 100,
                "rotation": 0,
                "rectanglelabels": [class_names[label]],
            },
        }
        | ({} if score is None else {"score": score})
        for number_of, ((x0, y0, x1, y1), score, label) in enumerate(
            zip(placed.boxes_xyxy, placed.scores, placed.labels, strict=True)
        )
    ]
    answer = {"result": regions}
    is_predicted = placed.image.predictions is not None
    return {
        "id": index,
        "data": {"image": f"/data/local-files/?d={quote(placed.path.as_posix())}"},
        "annotations": [answer] if placed.is_annotated else [],
        "predictions": [{"model_version": "gapjunction"} | answer] if is_predicted else [],
    }


def _config(dataset: Dataset) -> Element:
    view = Element("View")
    SubElement(view, "Image", {"name": TO_NAME, "value": "$image"})
    labels = SubElement(view, "RectangleLabels", {"name": FROM_NAME, "toName": TO_NAME})
    for name, colour in dataset.classes.items():
        SubElement(labels, "Label", {"value": name, "background": colour})
    return view
