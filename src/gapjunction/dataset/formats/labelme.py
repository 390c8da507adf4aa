"""LabelMe: a JSON file beside each image. A prediction is a shape with a score."""

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from gapjunction.dataset.formats.image_files import ImageFiles, files_in, find_images
from gapjunction.dataset.formats.json_records import Name, Number, Pair, Record, Whole, parse
from gapjunction.dataset.formats.labelme_masks import box_of_mask
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    MarkedImage,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.shapes import (
    OUTLINES,
    WITHOUT_AREA,
    Box,
    Notes,
    box_around,
    box_at,
)
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json
from gapjunction.outside_text import read_json

VERSION = "5.5.0"  # of LabelMe, whose files these are written like
POINTS = ("point", "points")
# The last two are X-AnyLabeling's.
SHAPES = (
    *POINTS,
    "rectangle",
    "circle",
    "polygon",
    "mask",
    "oriented_rectangle",
    "rotation",
    "quadrilateral",
)
IN_GROUP = "shapes in groups of several (group_id), each taken for an object"


class _File(Record):
    image_path: Name = Field(alias="imagePath")
    shapes: list[Any]
    height: Whole | None = Field(None, alias="imageHeight")
    width: Whole | None = Field(None, alias="imageWidth")

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width in px, if both are stated."""
        return None if self.height is None or self.width is None else (self.height, self.width)


class _Kind(Record):
    shape_type: Any = None

    @property
    def name(self) -> str:
        """The kind of shape; that of files of old is a polygon."""
        return str(self.shape_type or "polygon")


class _Shape(_Kind):
    label: Name
    points: list[Pair]
    score: Number | None = None
    mask: str | None = None


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
    marked = [_marked(parse(_File, each, path), images, path, source) for path, each in files]
    return assemble(source, images, marked)


def write_labelme(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a JSON file beside each image that is annotated or predicted."""
    for each in place_images(dataset, folder, keeps_unseen=True, keeps_predicted=True):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}.json")
            write_json(place, _content(each, dataset.class_names))
    return losses(dataset, {"predictions"})


def _marked(content: _File, images: ImageFiles, file: Path, source: Source) -> MarkedImage:
    beside = images.beside(file.parent)
    image = (beside if beside.paths else images).named(content.image_path, file, "imagePath")
    images.refuse_other_name(image, file, "imagePath")
    noted = [
        _noted(each, file, f"shape {index}", source.point_size_px)
        for index, each in enumerate(content.shapes)
    ]
    groups = Counter(_group_of(each) for each in content.shapes)
    num_grouped = sum(number for group, number in groups.items() if group and number > 1)
    noted.append((None, (IN_GROUP,) * num_grouped))
    return marked_image(image, file, noted, content.size)


def _group_of(shape: object) -> str:
    """Return what shapes that are parts of one object have in common, "" for one without."""
    group = shape.get("group_id") if isinstance(shape, dict) else None
    return "" if group is None or not isinstance(shape, dict) else f"{shape.get('label')} {group}"


def _noted(content: object, file: Path, item: str, size_px: float | None) -> Noted:
    if parse(_Kind, content, file, item).name not in SHAPES:
        return None, (WITHOUT_AREA,)
    shape = parse(_Shape, content, file, item)
    if shape.name == "circle" and len(shape.points) != 2:  # noqa: PLR2004 - the center and the rim
        return None, (WITHOUT_AREA,)
    box, notes = _box(shape, file, item, size_px)
    return Mark(shape.label, box, item, shape.score), notes


def _box(shape: _Shape, file: Path, item: str, size_px: float | None) -> tuple[Box, Notes]:
    points = [point.xy for point in shape.points]
    if not points:
        fix = "delete the shape"
        raise DatasetError(file, item=item, expected="points", found="none", fix=fix)
    if shape.name in POINTS:
        return box_at(points[0], size_px, file, item), ()
    if shape.name == "mask" and shape.mask:
        return box_of_mask(shape.mask, points[0], file, item), (OUTLINES,)
    if shape.name == "rectangle" and len(points) == 2:  # noqa: PLR2004 - two corners
        (x0, y0), (x1, y1) = points
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), ()
    if shape.name == "circle":
        (x, y), (rim_x, rim_y) = points
        radius = ((rim_x - x) ** 2 + (rim_y - y) ** 2) ** 0.5
        points = [(x - radius, y), (x + radius, y), (x, y - radius), (x, y + radius)]
    return box_around(points)


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
