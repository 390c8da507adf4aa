"""The boxes of an image in its detection file: as a review finds them, and as it writes them."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gapjunction.boxes import area, as_boxes
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    COUNT_SUFFIX,
    BoxRecord,
    box_records,
    read_detection_file,
)
from gapjunction.errors import DetectionsFileError
from gapjunction.files import sha256_of, write_json, write_text
from gapjunction.outside_text import read_json
from gapjunction.review.entries import DATASET, MODEL, Base, Box
from gapjunction.review.merging import ImageState
from gapjunction.review.opening import ReviewImage

ID_LETTERS = 12


def state_of_file(path: Path) -> str:
    """Return the hash of a file, "" if there is none."""
    return sha256_of(path) if path.is_file() else ""


def read_base(image: ReviewImage, class_names: Sequence[str]) -> tuple[Base, str]:
    """Return what an image is before the first operation, and the hash of its detection file.

    A person's boxes come first; without them, those of the predictions that are reviewed, and
    then those with scores in the image's own file.

    Raises:
        DetectionsFileError: if a file cannot be read.
    """
    own, sha256 = image.boxes_path, state_of_file(image.boxes_path)
    if sha256 and not read_detection_file(own).has_scores:
        return _read(own, class_names, image, is_done=True), sha256
    in_file = _read(own, class_names, image, is_done=False) if sha256 else Base()
    if image.predicted_path is None:
        return in_file, sha256
    reviewed = _read(image.predicted_path, class_names, image, is_done=False)
    held = in_file.predicted or tuple(in_file.records.values())
    return Base(boxes=reviewed.boxes, key=in_file.key, predicted=held), sha256


def read_model_boxes(
    image: ReviewImage, class_names: Sequence[str], base: Base
) -> tuple[Box, ...] | None:
    """Return what the model found in an image, which began with `base`; None: nothing says."""
    if image.predicted_path is not None:
        return _read(image.predicted_path, class_names, image, is_done=False).boxes
    found = tuple(box for box in base.boxes if box.score is not None)
    return None if base.is_done or not base.key else found


def read_found(image: ReviewImage, class_names: Sequence[str]) -> Detections:
    """Return what a model found in an image that nobody has annotated, faster than with ids."""
    if image.predicted_path is None:
        return image.image.predictions or Detections.none()
    found = read_detection_file(image.predicted_path).as_detections(class_names)
    return found[area(found.boxes) > 0]


def text_of(state: ImageState, image: ReviewImage, class_names: Sequence[str]) -> str | None:
    """Return what the detection file of an image should hold; None: there should be none.

    Of an image that is done, the boxes that a person drew, changed or accepted; else what the
    file held at first, unless it then held a person's annotation, which is taken back.
    """
    base = state.base or Base()
    if state.is_done:
        return _as_json(base.key or image.image.stem, _records(state, image, class_names))
    if base.key and not base.is_done:
        return _as_json(base.key, base.predicted or list(base.records.values()))
    return None


def hash_of(text: str | None) -> str:
    """Return the hash that `state_of_file` tells of a file with this text."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def write_boxes(
    text: str | None, state: ImageState, image: ReviewImage, class_names: Sequence[str]
) -> None:
    """Write a detection file whole, or delete it; a count file beside it keeps its word.

    Raises:
        OSError: if it cannot be written.
    """
    path = image.boxes_path
    if text is None:
        path.unlink(missing_ok=True)
        return
    write_text(path, text)
    counts = path.with_name(f"{image.image.stem}{COUNT_SUFFIX}.json")
    if state.is_done and counts.exists():
        number_of = Counter(class_names[box.label] for box in kept_boxes(state))
        known = [name for name, color in image.dataset.classes.items() if color]
        write_json(counts, {name: number_of[name] for name in known})


def kept_boxes(state: ImageState) -> list[Box]:
    """Return the boxes that a person drew, changed or accepted."""
    return [box for box in state.boxes if box.state != "model"]


def as_detections(boxes: Sequence[Box]) -> Detections:
    """Return boxes as detections; a person's have the score 1."""
    return Detections(
        as_boxes([box.box for box in boxes]),
        np.array([1.0 if box.score is None else box.score for box in boxes], np.float32),
        np.array([box.label for box in boxes], np.int64),
    )


def _read(path: Path, class_names: Sequence[str], image: ReviewImage, *, is_done: bool) -> Base:
    """Read the boxes of a file with ids that are the same whoever reads it."""
    content = read_detection_file(path)
    content.as_detections(class_names)  # refuses classes that there are not
    [(key, raw)] = read_json(path, DetectionsFileError).items()
    boxes, records = [], {}
    for index, (record, written) in enumerate(zip(content.records, raw, strict=True)):
        if record.bbox_width <= 0 or record.bbox_height <= 0:
            continue  # a model's box without area shows nothing
        name = hashlib.sha256(f"{image.id} {index} {json.dumps(written)}".encode()).hexdigest()
        box = _box(name[:ID_LETTERS], record, class_names)
        boxes.append(box)
        records[box.id] = written
    held = () if is_done or len(boxes) == len(raw) else tuple(raw)
    return Base(boxes=tuple(boxes), records=records, is_done=is_done, key=key, predicted=held)


def _box(name: str, record: BoxRecord, class_names: Sequence[str]) -> Box:
    is_models = record.score is not None
    return Box(
        id=name,
        box=_sides(record),
        label=class_names.index(record.label_name),
        score=record.score,
        by=MODEL if is_models else DATASET,
        state="model" if is_models else "person",
    )


def _sides(record: BoxRecord) -> tuple[float, float, float, float]:
    x, y = record.bbox_x, record.bbox_y
    return x, y, x + record.bbox_width, y + record.bbox_height


def _records(
    state: ImageState, image: ReviewImage, class_names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the records of what a person keeps, with what their file said of them besides."""
    kept = kept_boxes(state)
    size = image.image.height, image.image.width
    new = box_records(as_detections(kept), class_names, image.name, size)
    first = (state.base or Base()).records
    return [
        _record(box, first.get(box.id, {}), written, class_names)
        for box, written in zip(kept, new, strict=True)
    ]


def _record(
    box: Box, first: Mapping[str, Any], written: dict[str, Any], class_names: Sequence[str]
) -> dict[str, Any]:
    """Return one record: a box that was not moved keeps the numbers of its file."""
    further = {name: value for name, value in first.items() if name != "score"}
    own = {name: value for name, value in written.items() if name != "score"}
    if not further:
        return own
    if _sides(BoxRecord.model_validate(first)) == box.box:
        return further | {"label_name": class_names[box.label]}
    return {**further, **{name: own[name] for name in own if name in further or "bbox" in name}} | {
        "label_name": class_names[box.label]
    }


def _as_json(key: str, records: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a detection file, as `write_json` writes it."""
    content = {key: list(records)}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
