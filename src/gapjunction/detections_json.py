"""Read and write detection files and count files, one JSON file an image.

A detection file is ``{"<stem>": [{"label_name": ..., "bbox_x": ..., ...}, ...]}``; a count file
is ``{"<class name>": <number of objects>}``. docs/dataset-format.md describes both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, TypeAdapter, ValidationError

from gapjunction.boxes import FARTHEST_PX, BoxArray, as_boxes, from_xywh, to_xywh
from gapjunction.detections import Detections
from gapjunction.errors import DetectionsFileError
from gapjunction.files import write_json
from gapjunction.outside_text import read_json

DETECTION_SUFFIX, COUNT_SUFFIX = "_bbox", "_bbox_metrics"

Pixels = Annotated[float, Field(allow_inf_nan=False, ge=-FARTHEST_PX, le=FARTHEST_PX)]


class BoxRecord(BaseModel):
    """One box of a detection file; keys that the platform adds later are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    label_name: str
    bbox_x: Pixels
    bbox_y: Pixels
    bbox_width: Pixels
    bbox_height: Pixels
    image_name: str | None = None
    image_width: int | None = None
    image_height: int | None = None
    score: Annotated[float, Field(ge=0, le=1)] | None = None


@dataclass(frozen=True)
class DetectionFile:
    """The content of a detection file: the stem in its key, and its boxes in file order."""

    path: Path
    stem: str
    records: tuple[BoxRecord, ...]

    @cached_property
    def boxes(self) -> BoxArray:
        """Boxes (N, 4), xyxy pixels, as written: they may reach beyond the image."""
        rows = [(r.bbox_x, r.bbox_y, r.bbox_width, r.bbox_height) for r in self.records]
        return from_xywh(as_boxes(rows))

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """The class name of each box."""
        return tuple(record.label_name for record in self.records)

    @property
    def has_scores(self) -> bool:
        """Whether a box has a score: then a detector wrote the file, not a person."""
        return any(record.score is not None for record in self.records)

    @cached_property
    def scores(self) -> NDArray[np.float32]:
        """Scores (N,); a box drawn by a person has none in the file and counts as certain, 1."""
        scores = [1.0 if record.score is None else record.score for record in self.records]
        return np.array(scores, dtype=np.float32)

    def as_detections(self, class_names: Sequence[str]) -> Detections:
        """Return the boxes with labels counted in `class_names`.

        Raises:
            DetectionsFileError: if a box has a class that is not among them.
        """
        for index, name in enumerate(self.label_names):
            if name not in class_names:
                raise DetectionsFileError(
                    self.path,
                    item=f"box {index}",
                    expected=f"a class out of {', '.join(class_names)}",
                    found=repr(name),
                    fix="correct label_name",
                )
        labels = np.array([class_names.index(name) for name in self.label_names], dtype=np.int64)
        return Detections(self.boxes, self.scores, labels)


def stem_of(name: str) -> str:
    """Return the image's stem from the name of its detection or count file, or box table.

    >>> stem_of("17_field03_bbox.json"), stem_of("17_field03.csv")
    ('17_field03', '17_field03')
    """
    stem = name.removesuffix(".csv").removesuffix(".json")
    for suffix in (COUNT_SUFFIX, DETECTION_SUFFIX):
        if stem.endswith(suffix):
            return stem.removesuffix(suffix)
    return stem


def read_detection_file(path: Path) -> DetectionFile:
    """Read the boxes of one image.

    Raises:
        DetectionsFileError: if the file is not a detection file; names the first wrong item.
    """
    detection_file, problems = inspect_detection_file(path)
    if detection_file is None:
        raise problems[0]
    return detection_file


def inspect_detection_file(path: Path) -> tuple[DetectionFile | None, list[DetectionsFileError]]:
    """Read the boxes of one image; return them, or None and everything wrong with the file."""
    try:
        content = _read_json_object(path)
    except DetectionsFileError as unreadable:
        return None, [unreadable]
    if len(content) != 1:
        several = DetectionsFileError(
            path,
            expected="one key, the image's stem",
            found=f"{len(content)} keys" + (f" ({', '.join(content)[:80]})" if content else ""),
            fix="write one file for each image",
        )
        return None, [several]
    [(key, boxes)] = content.items()
    try:
        records = _RECORDS.validate_python(boxes)
    except ValidationError as error:
        return None, [_box_problem(path, detail) for detail in error.errors()]
    return DetectionFile(path, key, tuple(records)), []


def read_count_file(path: Path) -> dict[str, int]:
    """Read the number of objects of each class in one image.

    Raises:
        DetectionsFileError: if a value is not a whole number of zero or more.
    """
    content = _read_json_object(path)
    try:
        return _COUNTS.validate_python(content)
    except ValidationError as error:
        detail = error.errors()[0]
        raise DetectionsFileError(
            path,
            item=".".join(str(part) for part in detail["loc"]),
            expected="a whole number of objects, 0 or more",
            found=repr(detail["input"]),
            fix="correct the count",
        ) from None


def write_detection_file(
    path: Path,
    detections: Detections,
    class_names: Sequence[str],
    *,
    image_name: str,
    image_size: tuple[int, int],
    with_scores: bool = True,
) -> None:
    """Write the boxes of one image (height, width), rounded to 0.001 px, with their scores.

    Ground truth is written with ``with_scores=False``, as a person's boxes have none.
    """
    records = box_records(detections, class_names, image_name, image_size)
    if not with_scores:
        records = [
            {key: value for key, value in each.items() if key != "score"} for each in records
        ]
    write_json(path, {Path(image_name).stem: records})


def read_further_keys(path: Path) -> list[dict[str, Any]]:
    """Return what a detection file says of each box besides what is known here, in its order.

    Raises:
        DetectionsFileError: if it is no detection file.
    """
    num_boxes = len(read_detection_file(path).records)
    (records,) = _read_json_object(path).values() if num_boxes else ([],)
    known = BoxRecord.model_fields
    return [{key: own for key, own in each.items() if key not in known} for each in records]


def box_records(
    detections: Detections,
    class_names: Sequence[str],
    image_name: str,
    image_size: tuple[int, int],
) -> list[dict[str, Any]]:
    """Return the boxes of one image (height, width) as they are written, the score last."""
    height, width = image_size
    rows = np.round(to_xywh(detections.boxes.astype(np.float64)), 3).tolist()
    return [
        {
            "label_name": class_names[label],
            "bbox_x": x,
            "bbox_y": y,
            "bbox_width": w,
            "bbox_height": h,
            "image_name": image_name,
            "image_width": width,
            "image_height": height,
            "score": round(score, 6),
        }
        for (x, y, w, h), score, label in zip(
            rows, detections.scores.tolist(), detections.labels.tolist(), strict=True
        )
    ]


def write_count_file(path: Path, detections: Detections, class_names: Sequence[str]) -> None:
    """Write the number of detections of each class, zeros included."""
    counts = detections.count_by_label(len(class_names)).tolist()
    write_json(path, dict(zip(class_names, counts, strict=True)))


_RECORDS = TypeAdapter(list[BoxRecord])
_COUNTS = TypeAdapter(dict[str, Annotated[NonNegativeInt, Field(strict=True, lt=2**31)]])


def _read_json_object(path: Path) -> dict[str, Any]:
    content = read_json(path, DetectionsFileError)
    if not isinstance(content, dict):
        raise DetectionsFileError(
            path,
            expected="a JSON object",
            found=f"a JSON {type(content).__name__}",
            fix="export the file again",
        )
    return content


def _box_problem(path: Path, detail: Any) -> DetectionsFileError:
    """Turn one complaint of pydantic about a list of boxes into an error of ours."""
    index, *key = detail["loc"] or (None,)
    item = "its value" if index is None else f"box {index}" + "".join(f" {part}" for part in key)
    found = "nothing" if detail["type"] == "missing" else repr(detail["input"])[:60]
    expected = {
        "missing": "a value",
        "list_type": "a list of boxes",
        "model_type": "a JSON object",
    }.get(detail["type"], detail["msg"].removeprefix("Input should be "))
    return DetectionsFileError(
        path, item=item, expected=expected, found=found, fix="correct the box on the platform"
    )
