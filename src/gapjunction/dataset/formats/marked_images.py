"""Objects as a file of another tool marks them, and how they become a dataset."""

import colorsys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.dataset.formats.doubts import doubts_on
from gapjunction.dataset.formats.image_files import LONGEST_SHOWN, ImageFiles
from gapjunction.dataset.formats.shapes import Notes
from gapjunction.dataset.formats.source import ReadResult, Source, with_numbers
from gapjunction.dataset.formats.strays import (
    OF_NO_CLASS,
    WITHOUT_SIZE,
    Stray,
    notes_on_strays,
)
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.rules import CLASS_COLOR, COLOR
from gapjunction.detections import Detections
from gapjunction.errors import DatasetError
from gapjunction.images.orientation import turn_by_viewers
from gapjunction.images.pictures import read_image_size
from gapjunction.text import normalized

GOLDEN_RATIO = 0.618034  # steps of this share of the circle keep hues apart, however many


@dataclass(frozen=True, slots=True)
class Mark:
    """One object.

    Attributes:
        box: (x0, y0, x1, y1) in pixels.
        item: how the file names it, for errors.
        score: of a detector, 0 to 1; None if a person drew it.
    """

    class_name: str
    box: tuple[float, float, float, float]
    item: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class MarkedImage:
    """All objects of an image that a file speaks of.

    Attributes:
        image: the image file.
        file: the file with the annotations.
        stated_size: (height, width) as the file has it; None where it does not say.
        notes: on what of it could not be taken as it was, one for each time.
    """

    image: Path
    file: Path
    marks: tuple[Mark, ...]
    stated_size: tuple[int, int] | None = None
    notes: Notes = ()


# A mark, or None for what is left out, and notes on how it was taken.
Noted = tuple[Mark | None, Notes]


def marked_image(
    image: Path, file: Path, noted: Iterable[Noted], stated_size: tuple[int, int] | None = None
) -> MarkedImage:
    """Return all objects of an image, with the notes on them."""
    pairs = list(noted)
    return MarkedImage(
        image,
        file,
        tuple(mark for mark, _ in pairs if mark is not None),
        stated_size,
        tuple(note for _, notes in pairs for note in notes),
    )


def counted_notes(marked: Iterable[MarkedImage]) -> tuple[str, ...]:
    """Return "<what>: <number>" for each kind of note on the images."""
    return with_numbers(note for each in marked for note in each.notes)


def assemble(
    source: Source,
    images: ImageFiles,
    marked: Iterable[MarkedImage],
    classes: Mapping[str, str] | None = None,
    *,
    is_closed: bool = False,
    strays: Sequence[Stray] = (),
) -> ReadResult:
    """Return a dataset of all `images`; those that are not `marked` are unannotated.

    `classes` are known beforehand, with their colors ("" where none is known); if the list is
    closed there are no others. An image with a score holds predictions, and no annotations. A few
    objects without a size or of an unknown class are left out, as are the `strays` of the file.

    Raises:
        DatasetError: if an image is marked twice, has another size than stated, an object is
            outside it, or too many objects are strays.
        ImageError: if an image cannot be read.
    """
    names = [name for name in classes or () if name.strip()]
    given = _by_path(marked).values()
    found = [*strays, *(stray for each in given for stray in _strays(each, names, is_closed))]
    num_objects = len(strays) + sum(len(each.marks) for each in given)
    on_strays = tuple(notes_on_strays(found, num_objects))
    kept = {each.image: _without_strays(each, names, is_closed) for each in given}
    marks = (mark for each in kept.values() for mark in each.marks)
    names = list(dict.fromkeys([*names, *(mark.class_name for mark in marks)]))
    label_of = {name: label for label, name in enumerate(names or [source.class_name])}
    dataset = Dataset(
        name=source.name,
        root=source.folder,
        classes=with_colors({name: (classes or {}).get(name, "") for name in label_of}),
        assets=_assets(images, kept, label_of),
    )
    doubts = with_numbers(
        doubt for asset in dataset.assets for each in asset.images for doubt in doubts_on(each)
    )
    return ReadResult((dataset,), counted_notes(kept.values()) + on_strays + doubts)


def with_colors(classes: Mapping[str, str]) -> dict[str, str]:
    """Return the classes with a color of its own for each that has none, or another's."""
    given = {color.upper() for color in classes.values() if COLOR.fullmatch(color)}
    chosen: dict[str, str] = {}
    for name, color in classes.items():
        own = color.upper()
        if not COLOR.fullmatch(own) or own in chosen.values():
            own = next(each for each in map(_palette, range(10**6)) if each not in given)
            given.add(own)
        chosen[name] = own
    return chosen


def _palette(index: int) -> str:
    if index == 0:
        return CLASS_COLOR
    red, green, blue = colorsys.hsv_to_rgb((0.5 + index * GOLDEN_RATIO) % 1, 0.9, 1)
    return f"#{round(red * 255):02X}{round(green * 255):02X}{round(blue * 255):02X}"


def _by_path(marked: Iterable[MarkedImage]) -> dict[Path, MarkedImage]:
    by_path: dict[Path, MarkedImage] = {}
    for each in marked:
        other = by_path.setdefault(each.image, each)
        if other is not each:
            raise DatasetError(
                each.file,
                item=each.image.name,
                expected="each image once",
                found="it again" if other.file == each.file else f"it in {other.file} as well",
                fix="join the two entries, or rename one image",
            )
    return by_path


def _without_strays(marked: MarkedImage, names: Sequence[str], is_closed: bool) -> MarkedImage:
    kept = (mark for mark in marked.marks if not _kind_of_stray(mark, names, is_closed))
    return replace(marked, marks=tuple(kept))


def _strays(marked: MarkedImage, names: Sequence[str], is_closed: bool) -> Iterator[Stray]:
    for mark in marked.marks:
        kind = _kind_of_stray(mark, names, is_closed)
        if kind == WITHOUT_SIZE:
            expected, found = "a width and height above 0", _corners(mark)
            fix = "delete the object, or correct it"
        elif kind == OF_NO_CLASS:
            expected = f"a class of {', '.join(names[:10])[:LONGEST_SHOWN]}"
            found = repr(mark.class_name[:LONGEST_SHOWN])
            fix = "add the class to the file's list of classes, or correct it"
        else:
            continue
        yield Stray(
            kind,
            DatasetError(marked.file, item=mark.item, expected=expected, found=found, fix=fix),
        )


def _kind_of_stray(mark: Mark, names: Sequence[str], is_closed: bool) -> str:
    """Return the kind of an object that is to be left out, "" of one that is not."""
    x0, y0, x1, y1 = mark.box
    if not (x0 < x1 and y0 < y1):
        return WITHOUT_SIZE
    return OF_NO_CLASS if is_closed and mark.class_name not in names else ""


def _corners(mark: Mark) -> str:
    x0, y0, x1, y1 = mark.box
    return f"({x0:g}, {y0:g}) to ({x1:g}, {y1:g})"


def _assets(
    images: ImageFiles, marked: Mapping[Path, MarkedImage], label_of: Mapping[str, int]
) -> tuple[Asset, ...]:
    assets: dict[str, dict[str, AnnotatedImage]] = {}
    for path in images.paths:
        in_asset = assets.setdefault(images.asset_of(path), {})
        other = in_asset.get(normalized(path.stem))
        if other is not None:
            raise DatasetError(
                path,
                expected="images with names of their own in an asset",
                found=f"{other.path} as well",
                fix="rename one of the two, suffixes apart",
            )
        in_asset[normalized(path.stem)] = _image(path, marked.get(path), label_of)
    return tuple(Asset(name, tuple(each.values())) for name, each in assets.items())


def _image(path: Path, marked: MarkedImage | None, label_of: Mapping[str, int]) -> AnnotatedImage:
    height, width = read_image_size(path)
    if marked is None:
        nothing = Detections.none()
        return AnnotatedImage(
            path, height, width, nothing.boxes, nothing.labels, is_annotated=False
        )
    _check(marked, height, width)
    found = Detections(
        as_boxes([mark.box for mark in marked.marks]),
        np.array([1 if m.score is None else m.score for m in marked.marks], np.float32),
        np.array([label_of[mark.class_name] for mark in marked.marks], np.int64),
    )
    is_predicted = any(mark.score is not None for mark in marked.marks)
    drawn = Detections.none() if is_predicted else found
    return AnnotatedImage(
        path,
        height,
        width,
        drawn.boxes,
        drawn.labels,
        is_annotated=not is_predicted,
        predictions=found if is_predicted else None,
    )


def _check(marked: MarkedImage, height: int, width: int) -> None:
    """Refuse objects that the platform's format would not take either, and turned images."""
    turn = turn_by_viewers(marked.image) if marked.marks else None
    if turn is not None:
        raise DatasetError(
            marked.file,
            item=marked.image.name,
            expected="an image that is stored as it is shown",
            found=f"one that viewers show {turn} (EXIF), so that boxes may be of either",
            fix="save it upright without the EXIF tag, and annotate that",
        )
    if marked.stated_size not in (None, (height, width)):
        stated_height, stated_width = marked.stated_size or (0, 0)
        raise DatasetError(
            marked.file,
            item=marked.image.name,
            expected=f"the image's size, {width} x {height} px",
            found=f"{stated_width} x {stated_height} px",
            fix="take the image that was annotated, at full size",
        )
    for mark in marked.marks:
        x0, y0, x1, y1 = mark.box
        found = _corners(mark)
        if x0 >= width or y0 >= height or x1 <= 0 or y1 <= 0:
            expected = f"a box inside {marked.image.name} ({width} x {height} px)"
        elif mark.score is not None and not 0 <= mark.score <= 1:
            expected, found = "a score of 0 to 1", f"{mark.score:g}"
        else:
            continue
        fix = "delete the object, or correct it"
        raise DatasetError(marked.file, item=mark.item, expected=expected, found=found, fix=fix)
