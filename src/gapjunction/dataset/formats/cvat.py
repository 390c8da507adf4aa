"""CVAT XML 1.1 "for images". A prediction is a box of the source "auto" with a score."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import number, text, whole
from gapjunction.dataset.formats.shapes import (
    DETECTED,
    OUTLINES,
    WITHOUT_AREA,
    Box,
    Notes,
    Point,
    box_around,
    box_at,
    turned,
)
from gapjunction.dataset.formats.source import ReadResult, Source
from gapjunction.dataset.formats.write_xml import add_text, write_xml
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.outside_text import read_xml

ANNOTATIONS = "annotations.xml"
PREDICTED = "auto"  # as CVAT calls the source of boxes that no person drew or moved
SIDES = ("xtl", "ytl", "xbr", "ybr")
SHAPES = ("box", "polygon", "ellipse", "mask", "points")


def read_cvat(source: Source) -> ReadResult:
    """Read annotations.xml; an image that it lists without objects is empty.

    Raises:
        DatasetError: if there is none, it is of a video, or something in it is wrong.
    """
    images = find_images(source)
    path = source.path if source.path.is_file() else _annotation_file(source.path)
    root = read_xml(path)
    if root.tag != "annotations" or root.find("track") is not None:
        found = f"<{root.tag}>" if root.tag != "annotations" else "tracks of a video"
        fix = "export the task as 'CVAT for images 1.1'"
        raise DatasetError(path, expected="annotations of images", found=found, fix=fix)
    marked = [
        marked_image(
            images.named(text(each.get("name"), "name", path, "image"), path, "image"),
            path,
            _noted(each, source, path),
            _size(each, path),
        )
        for each in root.iter("image")
    ]
    classes = _classes(root)
    return assemble(source, images, marked, classes, is_closed=bool(classes))


def write_cvat(dataset: Dataset, folder: Path) -> list[str]:
    """Write annotations.xml and images/; images nobody looked at go to unannotated/."""
    placed = list(place_images(dataset, folder, keeps_predicted=True))
    listed = [each for each in placed if each.is_annotated or each.image.predictions is not None]
    root = Element("annotations")
    add_text(root, "version", "1.1")
    task = SubElement(SubElement(root, "meta"), "task")
    add_text(task, "name", dataset.name)
    add_text(task, "size", len(listed))
    add_text(task, "mode", "annotation")
    labels = SubElement(task, "labels")
    for name, color in dataset.classes.items():
        _add_label(labels, name, color, has_score=any(each.image.predictions for each in listed))
    for index, each in enumerate(listed):
        _add_image(root, each, index, dataset.class_names)
    write_xml(folder / ANNOTATIONS, root)
    return losses(dataset, {"colors", "unused classes", "predictions"})


def _annotation_file(folder: Path) -> Path:
    paths = list(files_in(folder, (".xml",)))
    if len(paths) != 1:
        found = f"{len(paths)}" if folder.exists() else "nothing there"
        fix = "name the file"
        raise DatasetError(folder, expected="one XML file", found=found, fix=fix)
    return paths[0]


def _classes(root: Element) -> dict[str, str]:
    labels = root.findall("meta//labels/label")
    return {label.findtext("name", ""): label.findtext("color", "") for label in labels}


def _size(image: Element, file: Path) -> tuple[int, int] | None:
    height, width = image.get("height"), image.get("width")
    if height is None or width is None:
        return None
    return whole(height, "height", file, "image"), whole(width, "width", file, "image")


def _noted(image: Element, source: Source, file: Path) -> Iterator[Noted]:
    for index, each in enumerate(image):
        item = f"{image.get('name')}, {each.tag} {index}"
        if each.tag not in SHAPES:
            yield None, (WITHOUT_AREA,)
            continue
        name = text(each.get("label"), "label", file, item)
        score, on_score = _score(each, file, item)
        if each.tag == "points":
            for point in _points(each, file, item):
                yield (
                    Mark(name, box_at(point, source.point_size_px, file, item), item, score),
                    on_score,
                )
        else:
            box, notes = _box(each, file, item)
            yield Mark(name, box, item, score), (*notes, *on_score)


def _box(shape: Element, file: Path, item: str) -> tuple[Box, Notes]:
    """Return the box of an area, and a note if the area is not an upright rectangle."""

    def values(*names: str) -> list[float]:
        return [number(shape.get(name), name, file, item) for name in names]

    if shape.tag == "polygon":
        return box_around(_points(shape, file, item))
    if shape.tag == "mask":
        left, top, width, height = values("left", "top", "width", "height")
        return (left, top, left + width, top + height), (OUTLINES,)
    if shape.tag == "ellipse":
        x, y, radius_x, radius_y = values("cx", "cy", "rx", "ry")
        angle = math.radians(number(shape.get("rotation", "0"), "rotation", file, item))
        half_width = math.hypot(radius_x * math.cos(angle), radius_y * math.sin(angle))
        half_height = math.hypot(radius_x * math.sin(angle), radius_y * math.cos(angle))
        return (x - half_width, y - half_height, x + half_width, y + half_height), (OUTLINES,)
    x0, y0, x1, y1 = values(*SIDES)
    degrees = number(shape.get("rotation", "0"), "rotation", file, item)
    if not degrees:
        return (x0, y0, x1, y1), ()
    corners, center = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ((x0 + x1) / 2, (y0 + y1) / 2)
    return box_around(turned(corners, degrees, center))


def _points(shape: Element, file: Path, item: str) -> list[Point]:
    pairs = [pair.split(",") for pair in (shape.get("points") or "").split(";")]
    if not all(len(pair) == 2 for pair in pairs):  # noqa: PLR2004 - x and y
        expected, found = '"x,y;x,y;..."', repr(shape.get("points"))[:60]
        fix = "export the file again"
        raise DatasetError(file, item=item, expected=expected, found=found, fix=fix)
    return [(number(x, "x", file, item), number(y, "y", file, item)) for x, y in pairs]


def _score(shape: Element, file: Path, item: str) -> tuple[float | None, Notes]:
    """Return the score of a predicted shape; an attribute of that name can be anything else."""
    if shape.get("source") != PREDICTED:
        return None, ()
    for attribute in shape.iter("attribute"):
        if attribute.get("name") == "score" and attribute.text:
            return number(attribute.text, "score", file, item), ()
    return 1, (DETECTED,)


def _add_label(labels: Element, name: str, color: str, *, has_score: bool) -> None:
    label = SubElement(labels, "label")
    add_text(label, "name", name)
    add_text(label, "color", color.lower())
    add_text(label, "type", "rectangle")
    attributes = SubElement(label, "attributes")
    if has_score:
        attribute = SubElement(attributes, "attribute")
        parts = {"name": "score", "mutable": "False", "input_type": "text"}
        for tag, value in (parts | {"default_value": "", "values": ""}).items():
            add_text(attribute, tag, value)


def _add_image(root: Element, placed: Placed, index: int, class_names: tuple[str, ...]) -> None:
    size = {"width": str(placed.image.width), "height": str(placed.image.height)}
    name = placed.path.relative_to(placed.path.parts[0]).as_posix()
    image = SubElement(root, "image", {"id": str(index), "name": name} | size)
    for row, score, label in zip(placed.boxes_xyxy, placed.scores, placed.labels, strict=True):
        attributes: Mapping[str, str] = {
            "label": class_names[label],
            "source": "manual" if score is None else PREDICTED,
            "occluded": "0",
            **{side: f"{value:.3f}" for side, value in zip(SIDES, row, strict=True)},
            "z_order": "0",
        }
        box = SubElement(image, "box", dict(attributes))
        if score is not None:
            SubElement(box, "attribute", {"name": "score"}).text = f"{score:.6f}"
