"""What a dataset must fulfil: problems as values, and checks that read no file."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from gapjunction.boxes import as_boxes, from_xywh, overlapping_pairs
from gapjunction.dataset.records import Dataset, Sex
from gapjunction.detections_json import BoxRecord
from gapjunction.errors import GapJunctionError, one_line
from gapjunction.temporary_copies import with_originals
from gapjunction.text import UM_PER_UNIT, is_utf8, normalized

Severity = Literal["error", "warning"]

DOUBLED_IOU = 0.9
CLASS_COLOR = "#4EF8FF"  # where nobody has chosen one
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
MAGNIFICATION = re.compile("\\d+(\\.\\d+)?\\s*[xX\N{MULTIPLICATION SIGN}]?")
SHOWN_CLASSES = 10
SMALLEST, LARGEST = 1e-9, 1e9  # of what is measured; squares and shares of these are numbers too
POSITIVE = f"a positive number ({SMALLEST:g} to {LARGEST:g})"
NAME = "name"  # the item of a problem with the name of a file or folder


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a dataset: an "error" stops its use, a "warning" does not.

    A file in a temporary copy is called by the original, as in errors: `file` is to be shown.
    """

    severity: Severity
    file: Path
    item: str
    found: str
    expected: str
    fix: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", Path(with_originals(str(self.file))))
        object.__setattr__(self, "found", with_originals(self.found))

    def __str__(self) -> str:
        return one_line(str(self.file), self.item, self.expected, self.found, self.fix)

    @classmethod
    def from_error(cls, error: GapJunctionError) -> "Problem":
        """Return the problem that a reader reported by raising `error`."""
        return cls("error", Path(error.where), error.item, error.found, error.expected, error.fix)


def check_name(path: Path) -> Iterator[Problem]:
    """Check that the name of a file or folder can be written into other files."""
    if not is_utf8(path.name):
        yield Problem("error", path, NAME, ascii(path.name), "a name in UTF-8", "rename it")


def check_classes(classes: Mapping[object, object], file: Path) -> Iterator[Problem]:
    """Check class names and colors as they stand in the label file."""
    if not classes:
        fix = f'write {{"gap_junction": "{CLASS_COLOR}"}}'
        yield Problem("error", file, "", "none", "at least one class", fix)
    for name, color in classes.items():
        if not isinstance(name, str) or not name.strip():
            yield Problem(
                "error", file, f"class {name!r}", repr(name), "a name as text", "put it in quotes"
            )
        if not isinstance(color, str) or not COLOR.fullmatch(color):
            fix = "write six hexadecimal digits, in quotes"
            yield Problem(
                "error", file, f"class {name}", repr(color)[:60], 'a color "#RRGGBB"', fix
            )
    colors = [str(color).upper() for color in classes.values() if color is not None]
    for color, count in Counter(colors).items():
        if count > 1:
            names = ", ".join(str(n) for n, c in classes.items() if str(c).upper() == color)
            found = f"{color} for {names}"
            fix = "give each class its own color, as masks tell classes by color"
            yield Problem("error", file, "", found, "a different color for each class", fix)


def check_asset_metadata(values: Mapping[str, object], file: Path) -> Iterator[Problem]:
    """Check the fields of `asset_metadata.json`; a missing or null field is right."""
    for name, unit in (("age", "months"), ("weight", "kilograms")):
        value = values.get(name)
        is_newborn = name == "age" and value == 0 and not isinstance(value, bool)
        if value is not None and not is_positive(value) and not is_newborn:
            fix = f"give the {name} in {unit}, or null"
            yield Problem("error", file, name, repr(value)[:60], POSITIVE, fix)
    step = values.get("z_step_um")
    if step is not None and not is_positive(step):
        fix = "give the distance between slices in micrometers, or null"
        yield Problem("error", file, "z_step_um", repr(step)[:60], POSITIVE, fix)
    if values.get("sex") not in (None, *get_args(Sex)):
        expected = " or ".join(f'"{sex}"' for sex in get_args(Sex))
        yield Problem(
            "error", file, "sex", repr(values["sex"]), expected, "choose one of these, or null"
        )
    for name in ("species", "localization", "diagnosis"):
        value = values.get(name)
        if value is not None and not isinstance(value, str):
            yield Problem("error", file, name, repr(value), "text", "put it in quotes, or null")


def check_static_metadata(values: Mapping[str, object], file: Path) -> Iterator[Problem]:
    """Check the fields of `metadata_static.json`; a missing or null field is right."""
    device = values.get("device_type")
    if device is not None and not isinstance(device, str):
        yield Problem("error", file, "device_type", repr(device), "text", "put it in quotes")
    scaling = values.get("scaling_value")
    is_number = is_positive(scaling)
    if scaling is not None and not is_number and not _is_magnification(scaling):
        expected = 'a magnification such as "60x"'
        fix = "correct the objective's magnification, or null"
        yield Problem("error", file, "scaling_value", repr(scaling), expected, fix)
    scales = values.get("scales")
    if scales is None:
        return
    if not isinstance(scales, list):
        yield Problem("error", file, "scales", repr(scales)[:60], "a list", "put [ ] around it")
        return
    for index, scale in enumerate(scales):
        yield from _check_scale(scale, f"scale {index}", file)


def check_boxes(
    records: Sequence[BoxRecord],
    class_names: Sequence[str],
    image_size: tuple[int, int],
    file: Path,
) -> Iterator[Problem]:
    """Check the boxes of one image against its size (height, width) and the classes.

    Without any class names, the labels are not checked: then the label file is the problem.
    """
    for index, record in enumerate(records):
        yield from _check_box(record, f"box {index}", class_names, image_size, file)
    yield from _check_stated_size(records, image_size, file)
    yield from _check_doubled(records, file)


def is_inside(record: BoxRecord, image_size: tuple[int, int]) -> bool:
    """Tell whether a box has a size and at least some of it lies in the image (height, width)."""
    height, width = image_size
    return (
        record.bbox_width > 0
        and record.bbox_height > 0
        and record.bbox_x < width
        and record.bbox_y < height
        and record.bbox_x + record.bbox_width > 0
        and record.bbox_y + record.bbox_height > 0
    )


def check_class_use(dataset: Dataset, file: Path) -> Iterator[Problem]:
    """Warn of each class that no box uses, unless nobody has looked at any image yet."""
    if not any(image.is_annotated or image.predictions is not None for image in dataset.images()):
        return
    used: set[int] = set()
    for image in dataset.images():
        used.update(image.labels.tolist())
        if image.predictions is not None:
            used.update(image.predictions.labels.tolist())
    for label, name in enumerate(dataset.class_names):
        if label not in used:
            fix = "remove the class, or check that its boxes were exported"
            yield Problem("warning", file, f"class {name}", "none", "at least one box", fix)


def check_stems(datasets: Sequence[Dataset]) -> Iterator[Problem]:
    """Warn of images, mostly of different assets or datasets, that share a stem."""
    first_seen: dict[str, Path] = {}
    for image in (image for dataset in datasets for image in dataset.images()):
        other = first_seen.setdefault(normalized(image.stem).casefold(), image.path)
        if other != image.path:
            found = f"the stem of {other}"
            fix = "rename one, as predictions and ground truth are paired by stem"
            yield Problem("warning", image.path, "", found, "a stem of its own", fix)


def is_positive(value: object) -> bool:
    """Tell whether a value from outside is a `POSITIVE` number (True is none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return SMALLEST <= value <= LARGEST


def _is_magnification(value: object) -> bool:
    return isinstance(value, str) and MAGNIFICATION.fullmatch(value.strip()) is not None


def _check_scale(scale: object, item: str, file: Path) -> Iterator[Problem]:
    if not isinstance(scale, dict):
        expected = 'an object with "unit" and "value_per_pixel"'
        yield Problem("error", file, item, repr(scale)[:60], expected, "export the file again")
        return
    unit, value = scale.get("unit"), scale.get("value_per_pixel")
    if not isinstance(unit, str) or unit.strip() not in UM_PER_UNIT:
        fix = "convert the scale to one of these units"
        yield Problem("error", file, f"{item} unit", repr(unit), "nm, µm, mm or cm", fix)
    if not is_positive(value):
        fix = "give the side of a pixel"
        item = f"{item} value_per_pixel"
        yield Problem("error", file, item, repr(value)[:60], POSITIVE, fix)


def _check_box(
    record: BoxRecord,
    item: str,
    class_names: Sequence[str],
    image_size: tuple[int, int],
    file: Path,
) -> Iterator[Problem]:
    height, width = image_size
    if class_names and record.label_name not in class_names:
        known = ", ".join(class_names[:SHOWN_CLASSES])
        fix = "add the class to the label properties, or correct the label"
        yield Problem("error", file, item, repr(record.label_name), f"a label of {known}", fix)
    x0, y0 = record.bbox_x, record.bbox_y
    x1, y1 = x0 + record.bbox_width, y0 + record.bbox_height
    inside = f"a box inside the image ({width} x {height} px)"
    corners = f"({x0:g}, {y0:g}) to ({x1:g}, {y1:g})"
    if record.bbox_width <= 0 or record.bbox_height <= 0:
        found = f"{record.bbox_width:g} x {record.bbox_height:g} px"
        fix = "delete or redraw the box"
        yield Problem("error", file, item, found, "a width and height above 0", fix)
    elif not is_inside(record, image_size):
        yield Problem("error", file, item, corners, inside, "delete the box, or correct its place")
    elif x0 < 0 or y0 < 0 or x1 > width or y1 > height:
        fix = "nothing need be done: it is clipped at the border when it is used"
        yield Problem("warning", file, item, corners, inside, fix)


def _check_stated_size(
    records: Sequence[BoxRecord], image_size: tuple[int, int], file: Path
) -> Iterator[Problem]:
    """Compare the image size that the boxes state with the true one; report the first only."""
    height, width = image_size
    for index, record in enumerate(records):
        stated = record.image_width or width, record.image_height or height
        if stated != (width, height):
            found = f"{stated[0]} x {stated[1]} px"
            fix = "export image and boxes together, at full size"
            item = f"box {index} image size"
            yield Problem("error", file, item, found, f"{width} x {height} px", fix)
            return


def _check_doubled(records: Sequence[BoxRecord], file: Path) -> Iterator[Problem]:
    rows = [(r.bbox_x, r.bbox_y, r.bbox_width, r.bbox_height) for r in records]
    with np.errstate(over="ignore", invalid="ignore"):
        boxes = from_xywh(as_boxes(rows))
        first, second, iou = overlapping_pairs(boxes, boxes)
    for i, j, value in zip(first.tolist(), second.tolist(), iou.tolist(), strict=True):
        if i < j and value > DOUBLED_IOU and records[i].label_name == records[j].label_name:
            found = f"an IoU of {value:.2f} with box {i}"
            fix = "delete one of the two, if they mark the same object"
            yield Problem("warning", file, f"box {j}", found, "one box for each object", fix)
