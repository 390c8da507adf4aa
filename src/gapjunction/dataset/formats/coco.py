"""COCO detection files. Predictions are boxes with a "score" in a file of their own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from gapjunction.dataset.formats.source import ReadResult, Source, counted, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_json

ANNOTATIONS, PREDICTIONS = "annotations/instances_default.json", "predictions.json"
KEYS = ("images", "annotations", "categories")


def read_coco(source: Source) -> ReadResult:
    """Read all COCO files in a folder, or one; an image listed in one without objects is empty.

    Raises:
        DatasetError: if a file is none, or an image or a category is missing.
    """
    images = find_images(source)
    notes: Counter[str] = Counter()
    marked: list[MarkedImage] = []
    classes: dict[str, str] = {}
    for path, content in _coco_files(source):
        names = _category_names(content["categories"], path)
        classes |= dict.fromkeys(names.values(), "")
        marked += _marked_images(content, names, images, path, notes)
    return ReadResult((assemble(source, images, marked, classes),), counted(notes))


def write_coco_dataset(dataset: Dataset, folder: Path) -> list[str]:
    """Write annotations/ with images/, and predictions.json with unannotated/."""
    placed = list(place_images(dataset, folder))
    annotated = [each for each in placed if each.is_annotated]
    write_json(folder / ANNOTATIONS, _content(annotated, dataset.class_names))
    predicted = [each for each in placed if each.image.predictions is not None]
    if predicted:
        write_json(folder / PREDICTIONS, _content(predicted, dataset.class_names))
    return losses(dataset, {"unused classes", "predictions"})


def _coco_files(source: Source) -> Sequence[tuple[Path, Mapping[str, Any]]]:
    """Return the COCO files that `source` means; other JSON files in a folder are passed over."""
    paths = [source.path] if source.path.is_file() else files_in(source.path, (".json",))
    contents = [(path, read_json(path)) for path in paths]
    found = [(path, each) for path, each in contents if isinstance(each, dict) and _is_coco(each)]
    if not found:
        raise no_files(
            source,
            f"a COCO file (JSON with {', '.join(KEYS)})",
            "none" if source.path.exists() else "nothing there",
        )
    return found


def _is_coco(content: Mapping[str, Any]) -> bool:
    return all(key in content for key in KEYS)


def _category_names(categories: object, file: Path) -> dict[int, str]:
    names: dict[int, str] = {}
    for index, each in enumerate(members(categories, "categories", file)):
        item = f"category {index}"
        category = fields(each, "a category", file, item)
        key = whole(category.get("id"), "id", file, item)
        names[key] = text(category.get("name"), "name", file, item)
    return dict(sorted(names.items()))


def _marked_images(
    content: Mapping[str, Any],
    names: Mapping[int, str],
    images: ImageFiles,
    file: Path,
    notes: Counter[str],
) -> Iterator[MarkedImage]:
    marks_of: dict[int, list[Mark]] = {}
    listed: dict[int, Mapping[str, Any]] = {}
    for index, each in enumerate(members(content["images"], "images", file)):
        image = fields(each, "an image", file, f"image {index}")
        key = whole(image.get("id"), "id", file, f"image {index}")
        if key in listed:
            expected, found = "an id of its own", f"{key} again"
            fix = "correct the ids"
            raise DatasetError(file, item=f"image {index}", expected=expected, found=found, fix=fix)
        listed[key], marks_of[key] = image, []
    for index, each in enumerate(members(content["annotations"], "annotations", file)):
        item = f"annotation {index}"
        annotation = fields(each, "an annotation", file, item)
        key = whole(annotation.get("image_id"), "image_id", file, item)
        category = whole(annotation.get("category_id"), "category_id", file, item)
        _require(key in listed, "the id of an image in the file", key, file, item)
        _require(category in names, "the id of a category in the file", category, file, item)
        marks_of[key].append(_mark(annotation, names[category], file, item))
        if annotation.get("segmentation"):
            notes["outlines (segmentation), of which the boxes (bbox) were taken"] += 1
        if annotation.get("iscrowd"):
            notes["boxes of crowds (iscrowd), taken for single objects"] += 1
    for key, image in listed.items():
        name = text(image.get("file_name"), "file_name", file, f"image {key}")
        size = [image.get("height"), image.get("width")]
        stated = tuple(whole(each, "size", file, name) for each in size if each is not None)
        yield MarkedImage(
            images.named(name, file, f"image {key}"),
            file,
            tuple(marks_of[key]),
            (stated[0], stated[1]) if len(stated) == len(size) else None,
        )


def _mark(annotation: Mapping[str, Any], name: str, file: Path, item: str) -> Mark:
    values = members(annotation.get("bbox"), "x, y, width, height", file, item)
    _require(len(values) == 4, "a bbox of 4 numbers", len(values), file, item)  # noqa: PLR2004
    x, y, width, height = (number(value, "bbox", file, item) for value in values)
    score = annotation.get("score")
    return Mark(
        name,
        (x, y, x + width, y + height),
        item,
        None if score is None else number(score, "score", file, item),
    )


def _require(is_right: bool, expected: str, found: object, file: Path, item: str) -> None:
    if not is_right:
        fix = "correct it, or export the file again"
        raise DatasetError(file, item=item, expected=expected, found=str(found), fix=fix)


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
