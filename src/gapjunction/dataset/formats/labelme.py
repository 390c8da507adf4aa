"""LabelMe: a JSON file beside each image. A prediction is a shape with a score."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gapjunction.dataset.formats.image_files import ImageFiles, files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import Mark, MarkedImage, assemble
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import (
    fields,
    members,
    number,
    read_json,
    text,
    whole,
)
from gapjunction.dataset.formats.shapes import (
    WITHOUT_AREA,
    Box,
    Point,
    box_around,
    box_at,
)
from gapjunction.dataset.formats.source import ReadResult, Source, counted, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json

VERSION = "5.5.0"  # of LabelMe, whose files these are written like
OUTLINES = ("polygon", "mask", "oriented_rectangle")
POINTS = ("point", "points")


def read_labelme(source: Source) -> ReadResult:
    """Read JSON files in a folder, or one; an image without a file is one nobody looked at.

    Raises:
        DatasetError: if there are none, or one is wrong.
    """
    images = find_images(source)
    paths = [source.path] if source.path.is_file() else files_in(source.path, (".json",))
    contents = [(path, read_json(path)) for path in paths]
    files = [(path, each) for path, each in contents if isinstance(each, dict) and "shapes" in each]
    if not files:
        raise no_files(source, "LabelMe files (JSON with shapes)")
    notes: Counter[str] = Counter()
    marked = [_marked_image(content, images, path, source, notes) for path, content in files]
    return ReadResult((assemble(source, images, marked),), counted(notes))


def write_labelme(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a JSON file beside each image that is annotated or predicted."""
    for each in place_images(dataset, folder, keeps_unseen=True, keeps_predicted=True):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}.json")
            write_json(place, _content(each, dataset.class_names))
    return losses(dataset, {"predictions"})


def _marked_image(
    content: Mapping[str, Any], images: ImageFiles, file: Path, source: Source, notes: Counter[str]
) -> MarkedImage:
    name = text(content.get("imagePath"), "imagePath", file)
    beside = images.beside(file.parent)
    image = (beside if beside.paths else images).named(name, file, "imagePath")
    height, width = content.get("imageHeight"), content.get("imageWidth")
    stated = None
    if height is not None and width is not None:
        stated = whole(height, "imageHeight", file, ""), whole(width, "imageWidth", file, "")
    shapes = members(content["shapes"], "shapes", file)
    return MarkedImage(image, file, tuple(_marks(shapes, file, source, notes)), stated)


def _marks(shapes: list[Any], file: Path, source: Source, notes: Counter[str]) -> Iterator[Mark]:
    for index, each in enumerate(shapes):
        item = f"shape {index}"
        shape = fields(each, "a shape", file, item)
        box = _box(shape, file, item, source.point_size_px, notes)
        if box is not None:
            name = text(shape.get("label"), "label", file, item)
            score = shape.get("score")
            yield Mark(
                name, box, item, None if score is None else number(score, "score", file, item)
            )


def _box(
    shape: Mapping[str, Any], file: Path, item: str, size_px: float | None, notes: Counter[str]
) -> Box | None:
    """Return the box of a shape; None if it has no area."""
    kind = str(shape.get("shape_type") or "polygon")
    points = _points(shape, file, item)
    if kind in POINTS:
        return box_at(points[0], size_px, file, item)
    if kind == "rectangle" and len(points) == 2:  # noqa: PLR2004 - two corners
        (x0, y0), (x1, y1) = points
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    if kind == "circle" and len(points) == 2:  # noqa: PLR2004 - the centre and the rim
        (x, y), (rim_x, rim_y) = points
        radius = ((rim_x - x) ** 2 + (rim_y - y) ** 2) ** 0.5
        rim = [(x - radius, y), (x + radius, y), (x, y - radius), (x, y + radius)]
        return box_around(rim, notes)
    if kind in (*OUTLINES, "rectangle"):
        return box_around(points, notes)
    notes[WITHOUT_AREA] += 1
    return None


def _points(shape: Mapping[str, Any], file: Path, item: str) -> list[Point]:
    points = []
    for pair in members(shape.get("points"), "points", file, item):
        x, y, *_ = [*members(pair, "x, y", file, item), None, None]
        points.append((number(x, "x", file, item), number(y, "y", file, item)))
    if not points:
        fix = "delete the shape"
        raise DatasetError(file, item=item, expected="points", found="none", fix=fix)
    return points


def _content(placed: Placed, class_names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "flags": {},
        "shapes": [
            {
                "label": class_names[label],
                "points": [[x0, y0], [x1, y1]],
                "group_id": None,
                "description": "",
                "shape_type": "rectangle",
                "flags": {},
            }
            | ({} if score is None else {"score": score})
            for (x0, y0, x1, y1), score, label in zip(
                placed.boxes_xyxy, placed.scores, placed.labels, strict=True
            )
        ],
        "imagePath": placed.path.name,
        "imageData": None,
        "imageHeight": placed.image.height,
        "imageWidth": placed.image.width,
    }
