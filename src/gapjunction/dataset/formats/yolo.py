"""YOLO: images/, labels/ with a line for each object, and data.yaml with the class names."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import yaml

from gapjunction.dataset.formats.corner_form import FourNumbers, refuse_corners
from gapjunction.dataset.formats.image_files import (
    IMAGES,
    UNANNOTATED,
    ImageFiles,
    files_in,
    find_images,
)
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import number, whole
from gapjunction.dataset.formats.shapes import box_around
from gapjunction.dataset.formats.source import ReadResult, Source
from gapjunction.dataset.formats.strays import OF_NO_CLASS, Stray
from gapjunction.dataset.formats.yolo_classes import (
    CLASSES_TEXT,
    CLASSES_YAML,
    read_class_names,
)
from gapjunction.dataset.formats.yolo_outlines import refuse_other_columns, require_shares
from gapjunction.dataset.formats.yolo_scores import (
    COLUMNS,
    COLUMNS_KEY,
    WITHOUT_SCORE,
    ScorePlace,
    place_of_score,
    stated_place,
    with_score_last,
)
from gapjunction.dataset.records import Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_text
from gapjunction.images.pictures import read_image_size
from gapjunction.outside_text import read_text

LABELS = "labels"
BOX_FIELDS, SCORED_FIELDS, POLYGON_FIELDS = 5, 6, 7
OF_NO_IMAGE = "label files of images that are not there, left out"
WITHOUT_FILE = "images without a label file, taken as not looked at"
HEADER = (
    "# train and val name the same images: divide them by sub-folder (one for each subject)\n"
    "# before you train, as images of one subject on both sides make the results too good.\n"
)


def read_yolo(source: Source) -> ReadResult:
    """Read label files (class, center, size; of six numbers one is a score) and the class names.

    The label file of an image lies in labels/ as the image lies in images/, or beside the image.
    An empty one says that there is nothing; where there is none, nobody looked.

    Raises:
        DatasetError: if there are no class names, or a line is wrong.
    """
    images = find_images(source)
    names, columns = read_class_names(source)
    files = {path: _label_file(path, images, source) for path in images.paths}
    label_files = [file for file in files.values() if file is not None]
    if columns is None:
        _refuse_corners(label_files)
    _refuse_other_columns(label_files)
    place = stated_place(columns) or _place_of_score(label_files)
    marked, num_without = [], 0
    strays: list[Stray] = []
    for path, file in files.items():
        if file is not None:
            found = list(_noted(file, names, read_image_size(path), place))
            strays += [each for each in found if isinstance(each, Stray)]
            noted = (each for each in found if not isinstance(each, Stray))
            marked.append(marked_image(path, file, noted))
        elif UNANNOTATED not in path.relative_to(images.root).parts:
            num_without += 1
    result = assemble(source, images, marked, dict.fromkeys(names, ""), strays=strays)
    without = (f"{WITHOUT_FILE}: {num_without:,}",) if num_without else ()
    stray = _files_of_no_image(source, set(label_files))
    return replace(result, notes=without + stray + result.notes)


def write_yolo(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/, labels/ and data.yaml; predictions go beside their image in unannotated/.

    A box whose center lies outside the image, or that is larger than it, is cut at the border:
    YOLO's readers refuse numbers beyond 0 and 1.
    """
    num_cut = 0
    for each in place_images(dataset, folder):
        if each.is_annotated or each.image.predictions is not None:
            num_cut += _write_labels(folder / _label_place(each.path), each)
    names = dict(enumerate(dataset.class_names))
    has_scores = any(image.predictions is not None for image in dataset.images())
    columns = COLUMNS["last"] if has_scores else WITHOUT_SCORE
    content = {"train": IMAGES, "val": IMAGES, "names": names, COLUMNS_KEY: columns}
    listing = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    write_text(folder / CLASSES_YAML, HEADER + listing)
    cut = [f"what lies outside the image (boxes: {num_cut:,})"] if num_cut else []
    return [*losses(dataset, {"unused classes", "predictions"}), *cut]


def _label_file(image: Path, images: ImageFiles, source: Source) -> Path | None:
    """Return the label file of an image: in labels/ as it is in images/, or beside it.

    Where the images lie elsewhere, it is sought by the same sub-folders below the annotations.
    """
    own = f"{image.stem}.txt"
    candidates = [image.parent.parent / LABELS / own, image.with_name(own)]
    parts = image.parts
    if IMAGES in parts[:-1]:
        index = len(parts) - 1 - parts[::-1].index(IMAGES)
        candidates.insert(0, Path(*parts[:index], LABELS, *parts[index + 1 : -1], own))
    if source.images is not None:
        folders = [part for part in image.relative_to(images.root).parts[:-1] if part != IMAGES]
        candidates += [Path(source.folder, top, *folders, own) for top in (LABELS, "")]
    return next((path for path in candidates if path.is_file()), None)


def _files_of_no_image(source: Source, used: Collection[Path]) -> tuple[str, ...]:
    """Return a note on the files in labels/ that belong to no image."""
    in_labels = (
        path
        for path in files_in(source.folder, (".txt",))
        if LABELS in path.relative_to(source.folder).parts[:-1] and path.name != CLASSES_TEXT
    )
    others = [path.name for path in in_labels if path not in used]
    return (f"{OF_NO_IMAGE}: {len(others):,} ({others[0]})",) if others else ()


def _label_place(image: PurePosixPath) -> PurePosixPath:
    top = LABELS if image.parts[0] == IMAGES else image.parts[0]
    return PurePosixPath(top, *image.parts[1:-1], f"{image.stem}.txt")


def _place_of_score(files: Sequence[Path]) -> ScorePlace:
    """Return where scores stand, by all lines of six numbers; without any it does not matter."""
    rows, first = [], None
    for file in files:
        for item, line in _lines(file):
            if len(line) == SCORED_FIELDS:
                rows.append([number(value, "a coordinate", file, item) for value in line[1:]])
                first = first or file
    return "last" if first is None else place_of_score(rows, first)


def _refuse_corners(files: Sequence[Path]) -> None:
    """Refuse boxes that some programs write as x0, y0, x1, y1, each in shares of the sides."""
    boxes, first = [], None
    for file in files:
        for item, line in _lines(file):
            if len(line) == BOX_FIELDS:
                x, y, w, h = (number(value, "a coordinate", file, item) for value in line[1:])
                box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
                boxes.append(FourNumbers((x, y, w, h), box, (1, 1)))
                first = first or file
    if first is not None:
        fix = f"write these, or say '{COLUMNS_KEY}: [{', '.join(WITHOUT_SCORE)}]' in {CLASSES_YAML}"
        refuse_corners(boxes, first, "the center, width and height of boxes", fix)


def _refuse_other_columns(files: Sequence[Path]) -> None:
    """Refuse boxes with further columns, which would be taken for outlines."""
    rows, first = [], None
    for file in files:
        for item, line in _lines(file):
            if len(line) >= POLYGON_FIELDS:
                rows.append([number(value, "a coordinate", file, item) for value in line[1:]])
                first = first or file
    if first is not None:
        refuse_other_columns(rows, first)


def _lines(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields of each line that is not empty, after what errors call it."""
    lines = (line.split() for line in read_text(file).splitlines() if line.strip())
    for index, line in enumerate(lines, start=1):
        yield f"line {index}", line


def _noted(
    file: Path, names: list[str], size: tuple[int, int], place: ScorePlace
) -> Iterator[Noted | Stray]:
    height, width = size
    for item, line in _lines(file):
        if len(line) not in (BOX_FIELDS, SCORED_FIELDS) and (
            len(line) < POLYGON_FIELDS or len(line) % 2 == 0
        ):
            expected = "class, x, y, width, height"
            found, fix = f"{len(line)} numbers", "correct the line"
            raise DatasetError(file, item=item, expected=expected, found=found, fix=fix)
        label = whole(line[0], "the class", file, item)
        if not 0 <= label < len(names):
            expected = f"a class of 0 to {len(names) - 1} ({', '.join(names[:10])})"
            fix = "correct the line, or the class names"
            error = DatasetError(file, item=item, expected=expected, found=line[0], fix=fix)
            yield Stray(OF_NO_CLASS, error)
            continue
        values = [number(value, "a coordinate", file, item) for value in line[1:]]
        if len(line) == SCORED_FIELDS:
            values = with_score_last(values, place)
        if len(line) >= POLYGON_FIELDS:
            require_shares(values, file, item)
            points = list(zip(values[0::2], values[1::2], strict=True))
            (x0, y0, x1, y1), notes = box_around(points)
        else:
            x, y, w, h = values[:4]
            (x0, y0, x1, y1), notes = (x - w / 2, y - h / 2, x + w / 2, y + h / 2), ()
        score = values[4] if len(line) == SCORED_FIELDS else None
        box = (x0 * width, y0 * height, x1 * width, y1 * height)
        yield Mark(names[label], box, item, score), notes


def _write_labels(path: Path, placed: Placed) -> int:
    """Write a line for each object, and return how many boxes were cut at the border."""
    height, width = placed.image.height, placed.image.width
    lines, num_cut = [], 0
    for box, score, label in zip(placed.boxes_xyxy, placed.scores, placed.labels, strict=True):
        x0, y0, x1, y1 = box
        is_within = 0 <= x0 + x1 <= 2 * width and 0 <= y0 + y1 <= 2 * height  # the center
        if not is_within or x1 - x0 > width or y1 - y0 > height:
            num_cut += 1
            x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        center = (x0 + x1) / 2 / width, (y0 + y1) / 2 / height
        size = (x1 - x0) / width, (y1 - y0) / height
        values = [*center, *size, *([] if score is None else [score])]
        lines.append(f"{label} {' '.join(f'{value:.9f}' for value in values)}\n")
    write_text(path, "".join(lines))
    return num_cut
