"""COCO detection files. Predictions are boxes with a "score" in a file of their own."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from gapjunction.dataset.formats.coco_outlines import box_of_outline
from gapjunction.dataset.formats.corner_form import FourNumbers, refuse_corners
from gapjunction.dataset.formats.image_files import files_in, find_images
from gapjunction.dataset.formats.json_records import Name, Number, Record, Whole, parse
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    MarkedImage,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.formats.strays import OF_NO_CLASS, OF_NO_IMAGE, Stray
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json
from gapjunction.images.pictures import read_image_size
from gapjunction.outside_text import read_json

ANNOTATIONS, PREDICTIONS = "annotations/instances_default.json", "predictions.json"
WITH_OUTLINE = "outlines (segmentation), of which the boxes (bbox) were taken"
CROWD = "boxes of crowds (iscrowd), taken for single objects"
WITHOUT_BOX = "outlines without a bbox, replaced by the boxes around them"
AREA_TOLERANCE = 0.01
OTHER_TASK = "COCO files without annotations, or with those of another file once more, passed over"


class _Content(Record):
    """A file; its parts are checked one by one, so that an error can name the part."""

    images: list[Any]
    annotations: list[Any]
    categories: list[Any]


class _Category(Record):
    id: Whole
    name: Name


class _Image(Record):
    id: Whole
    file_name: Name
    height: Whole | None = None
    width: Whole | None = None

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width in px, if both are stated."""
        return None if self.height is None or self.width is None else (self.height, self.width)


class _Annotation(Record):
    """One object; `bbox` is x, y, width, height in px, or left to the outline."""

    image_id: Whole
    category_id: Whole
    bbox: Annotated[
        Annotated[list[Number], Field(min_length=4, max_length=4)] | None,
        BeforeValidator(lambda value: None if value == [] else value),
    ] = None
    score: Number | None = None
    segmentation: Any = None
    area: Any = None
    iscrowd: Any = None


def read_coco(source: Source) -> ReadResult:
    """Read all COCO files in a folder, or one; an image listed in one without objects is empty.

    Raises:
        DatasetError: if a file is none, or an image or a category is missing.
    """
    images = find_images(source)
    marked: list[MarkedImage] = []
    strays: list[Stray] = []
    classes: dict[str, str] = {}
    files, passed_over = _without_other_tasks(_coco_files(source))
    for path, content in files:
        names = _category_names(content, path)
        classes |= dict.fromkeys(names.values(), "")
        listed = _listed_images(content, path)
        places = {
            key: images.named(image.file_name, path, f"image {key}")
            for key, image in listed.items()
        }
        annotations = [
            parse(_Annotation, each, path, f"annotation {index}")
            for index, each in enumerate(content.annotations)
        ]
        sizes = {key: image.size or read_image_size(places[key]) for key, image in listed.items()}
        _refuse_corners(annotations, sizes, path)
        noted, stray = _by_image(annotations, names, sizes, path)
        strays += stray
        for key, image in listed.items():
            marked.append(marked_image(places[key], path, noted[key], image.size))
    result = assemble(source, images, marked, classes, strays=strays)
    return replace(result, notes=passed_over + result.notes)


def write_coco_dataset(dataset: Dataset, folder: Path) -> list[str]:
    """Write annotations/ with images/, and predictions.json with unannotated/."""
    placed = list(place_images(dataset, folder))
    annotated = [each for each in placed if each.is_annotated]
    write_json(folder / ANNOTATIONS, _content(annotated, dataset.class_names))
    predicted = [each for each in placed if each.image.predictions is not None]
    if predicted:
        write_json(folder / PREDICTIONS, _content(predicted, dataset.class_names))
    return losses(dataset, {"unused classes", "predictions"})


def _coco_files(source: Source) -> list[tuple[Path, _Content]]:
    """Return the COCO files that `source` means; other JSON files in a folder are passed over."""
    paths = [source.path] if source.path.is_file() else files_in(source.path, (".json",))
    contents = [(path, read_json(path)) for path in paths]
    found = [(path, parse(_Content, each, path)) for path, each in contents if _is_coco(each)]
    if not found:
        raise no_files(
            source,
            f"a COCO file (JSON with {', '.join(_Content.model_fields)})",
            "none" if source.path.exists() else "nothing there",
        )
    return found


def _without_other_tasks(
    files: Sequence[tuple[Path, _Content]],
) -> tuple[list[tuple[Path, _Content]], tuple[str, ...]]:
    """Pass over what datumaro writes beside the file with the objects, for other tasks.

    The same once more, and a list of images: it has no annotations, so that they would count as
    empty.
    """
    given, files = files, _first_of_each(files)
    names = {path: {str(_name_of(each)) for each in content.images} for path, content in files}
    kept = [
        (path, content)
        for path, content in files
        if content.annotations
        or not names[path]
        or not names[path]
        <= {name for other, own in names.items() if other != path for name in own}
    ]
    if not kept:  # all are empty, and list the same images
        kept = [*files[:1]]
    others = [path.name for path, _ in given if path not in {each for each, _ in kept}]
    return kept, (f"{OTHER_TASK}: {len(others):,} ({others[0]})",) if others else ()


def _first_of_each(files: Sequence[tuple[Path, _Content]]) -> list[tuple[Path, _Content]]:
    """Return the files of which none before says the same."""
    return [
        (path, content)
        for index, (path, content) in enumerate(files)
        if all(content != earlier for _, earlier in files[:index])
    ]


def _name_of(image: object) -> object:
    return image.get("file_name") if isinstance(image, dict) else None


def _is_coco(content: object) -> bool:
    return isinstance(content, dict) and content.keys() >= _Content.model_fields.keys()


def _category_names(content: _Content, file: Path) -> dict[int, str]:
    names: dict[int, str] = {}
    for index, each in enumerate(content.categories):
        category = parse(_Category, each, file, f"category {index}")
        if names.setdefault(category.id, category.name) != category.name:
            raise _not_its_own(category.id, file, f"category {index}")
    return dict(sorted(names.items()))


def _by_image(
    annotations: Sequence[_Annotation],
    names: Mapping[int, str],
    sizes: Mapping[int, tuple[int, int]],
    file: Path,
) -> tuple[dict[int, list[Noted]], list[Stray]]:
    """Return the objects of each image by its id, and those of an unknown image or category."""
    noted: dict[int, list[Noted]] = {key: [] for key in sizes}
    strays = []
    for index, annotation in enumerate(annotations):
        item = f"annotation {index}"
        key, category = annotation.image_id, annotation.category_id
        if key not in sizes:
            strays.append(_stray(OF_NO_IMAGE, "the id of an image in the file", key, file, item))
        elif category not in names:
            expected = "the id of a category in the file"
            strays.append(_stray(OF_NO_CLASS, expected, category, file, item))
        else:
            noted[key].append(_noted(annotation, names[category], sizes[key], file, item))
    return noted, strays


def _refuse_corners(
    annotations: Sequence[_Annotation], sizes: Mapping[int, tuple[int, int]], file: Path
) -> None:
    """Refuse boxes that some programs write as x0, y0, x1, y1; `sizes` are height and width."""
    boxes = []
    for each in annotations:
        if each.bbox is not None and each.image_id in sizes:
            x, y, w, h = each.bbox
            height, width = sizes[each.image_id]
            is_proven = isinstance(each.area, int | float) and math.isclose(
                each.area, w * h, rel_tol=AREA_TOLERANCE
            )
            box = (x, y, x + w, y + h)
            boxes.append(FourNumbers((x, y, w, h), box, (width, height), is_proven))
    expected, fix = "bbox of x, y, width, height", "write x1 - x0 and y1 - y0 for width and height"
    refuse_corners(boxes, file, expected, fix)


def _listed_images(content: _Content, file: Path) -> dict[int, _Image]:
    listed: dict[int, _Image] = {}
    for index, each in enumerate(content.images):
        image = parse(_Image, each, file, f"image {index}")
        if image.id in listed:
            raise _not_its_own(image.id, file, f"image {index}")
        listed[image.id] = image
    return listed


def _not_its_own(number: int, file: Path, item: str) -> DatasetError:
    found, fix = f"{number} again", "correct the ids"
    return DatasetError(file, item=item, expected="an id of its own", found=found, fix=fix)


def _noted(
    annotation: _Annotation, name: str, size: tuple[int, int], file: Path, item: str
) -> Noted:
    if annotation.bbox is None:
        box = box_of_outline(annotation.segmentation, size, file, item)
    else:
        x, y, width, height = annotation.bbox
        box = (x, y, x + width, y + height)
    mark = Mark(name, box, item, annotation.score)
    kind = WITHOUT_BOX if annotation.bbox is None else WITH_OUTLINE
    outlines = (kind,) if annotation.segmentation else ()
    return mark, outlines + ((CROWD,) if annotation.iscrowd else ())


def _stray(kind: str, expected: str, found: int, file: Path, item: str) -> Stray:
    fix = "correct it, or export the file again"
    error = DatasetError(file, item=item, expected=expected, found=str(found), fix=fix)
    return Stray(kind, error)


def _content(placed: Sequence[Placed], class_names: Sequence[str]) -> dict[str, Any]:
    """Return a COCO detection file; ids start at 1."""
    annotations: list[dict[str, Any]] = []
    for image_id, each in enumerate(placed, start=1):
        for (x0, y0, x1, y1), score, label in zip(
            each.boxes_xyxy, each.scores, each.labels, strict=True
        ):
            width, height = round(x1 - x0, 3), round(y1 - y0, 3)
            annotation: dict[str, Any] = {
                "id": len(annotations) + 1,
                "image_id": image_id,
                "category_id": label + 1,
                "bbox": [x0, y0, width, height],
                "area": round(width * height, 3),
                "segmentation": [],
                "iscrowd": 0,
            }
            annotations.append(annotation | ({} if score is None else {"score": score}))
    return {
        "images": [
            {
                "id": image_id,
                # Within images/ or unannotated/, where readers are told to look.
                "file_name": each.path.relative_to(each.path.parts[0]).as_posix(),
                "width": each.image.width,
                "height": each.image.height,
            }
            for image_id, each in enumerate(placed, start=1)
        ],
        "annotations": annotations,
        "categories": [
            {"id": label + 1, "name": name, "supercategory": ""}
            for label, name in enumerate(class_names)
        ],
    }
