"""Pascal VOC: one XML file for each image, in whole pixels counted from 1, ends included."""

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, SubElement

from gapjunction.dataset.formats.image_files import VOC_IMAGES, files_in, find_images
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.records_of_files import number, whole
from gapjunction.dataset.formats.shapes import Box, Notes, box_around, turned
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.formats.write_xml import add_text, write_xml
from gapjunction.dataset.records import AnnotatedImage, Dataset
from gapjunction.errors import DatasetError
from gapjunction.files import write_text
from gapjunction.outside_text import read_text, read_xml
from gapjunction.text import normalized

ANNOTATIONS, LIST_FILE = "Annotations", PurePosixPath("ImageSets", "Main", "default.txt")
CLASSES = "labelmap.txt"  # of CVAT and datumaro, who know no other classes than those in it
BACKGROUND, BLACK, NUM_COLORS, NUM_FIELDS = "background", "#000000", 3, 4
FROM_0 = "boxes from pixel 0, so that the tool may count from there (see --first_pixel)"
SIDES = ("xmin", "ymin", "xmax", "ymax")
TURNED_SIDES = ("cx", "cy", "w", "h", "angle")


def read_voc(source: Source) -> ReadResult:
    """Read XML files in a folder, or one; an image without a file is one nobody looked at.

    Raises:
        DatasetError: if there are none, or one is wrong.
    """
    images = find_images(source)
    paths = [source.path] if source.path.is_file() else list(files_in(source.path, (".xml",)))
    if not paths:
        found = "none" if source.path.exists() else "nothing there"
        raise no_files(source, "XML files", found)
    marked = []
    for path in paths:
        root = read_xml(path)
        if root.tag != "annotation":
            expected, found = "<annotation>", f"<{root.tag}>"
            raise DatasetError(
                path,
                expected=expected,
                found=found,
                fix="check the format",
                settings=("from_format",),
            )
        # The XML file's own folder and name come first: <filename> often is a copy's.
        name = _text(root, "filename", path, "annotation") or path.name
        own = PurePosixPath(*path.parts[-2:]).with_suffix(PurePosixPath(name).suffix or ".png")
        in_file = PurePosixPath(root.findtext("folder") or "", name)
        is_known = normalized(in_file.stem) == normalized(path.stem)
        image = images.named(str(own if is_known else in_file), path, "filename")
        images.refuse_other_name(image, path, "filename")
        noted = _noted(root, path, source.first_pixel)
        marked.append(marked_image(image, path, noted, _size(root, path)))
    return assemble(source, images, marked, _classes(source))


def write_voc(dataset: Dataset, folder: Path) -> list[str]:
    """Write JPEGImages/, Annotations/ and the list of images; boxes become whole pixels."""
    listed, num_rounded = [], 0
    for each in place_images(dataset, folder, images=VOC_IMAGES):
        if each.is_annotated:
            below = each.path.relative_to(VOC_IMAGES)
            name = f"{below.stem}.xml"
            write_xml(folder / ANNOTATIONS / below.parent / name, _annotation(each, dataset))
            listed.append((below.parent / below.stem).as_posix())
            num_rounded += sum(any(v != round(v) for v in row) for row in each.boxes_xyxy)
    write_text(folder / LIST_FILE, "".join(f"{line}\n" for line in listed))
    write_text(folder / CLASSES, _class_list(dataset))
    rounded = [f"fractions of pixels (boxes: {num_rounded:,})"] if num_rounded else []
    return [*losses(dataset, {"colors", "unused classes"}), *rounded]


def _classes(source: Source) -> dict[str, str]:
    """Return the classes and colors in labelmap.txt, if there is one."""
    path = source.folder / CLASSES
    classes: dict[str, str] = {}
    for line in read_text(path).splitlines() if path.is_file() else ():
        name, color = _class_of(line)
        is_comment = line.startswith("#") and not color
        if name.strip() and not is_comment and (name, color or BLACK) != (BACKGROUND, BLACK):
            classes[name] = color
    return classes


def _class_of(line: str) -> tuple[str, str]:
    """Return the name and the color, or "", in a line `name:red,green,blue:parts:actions`."""
    whole = line.rsplit(":", 3)  # a name may have colons, too
    if len(whole) == NUM_FIELDS and (color := _color_of(whole[1])):
        return whole[0], color
    name, _, rest = line.partition(":")
    return name, _color_of(rest.split(":")[0])


def _color_of(text: str) -> str:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != NUM_COLORS or not all(part.isdecimal() for part in parts):
        return ""
    return f"#{bytes(int(part) % 256 for part in parts).hex()}"


def _class_list(dataset: Dataset) -> str:
    lines = ["# label:color_rgb:parts:actions"]
    for name, color in dataset.classes.items():
        channels = ",".join(map(str, bytes.fromhex(color.removeprefix("#"))))
        lines.append(f"{name}:{channels}::")
    return "".join(f"{line}\n" for line in lines)


def _noted(root: Element, file: Path, first_pixel: int) -> Iterator[Noted]:
    """Yield the objects; the last pixel of a box ends where, counted from 0, the next begins."""
    for index, each in enumerate(root.iter("object")):
        item = f"object {index}"
        name, sides, turned_sides = (
            _text(each, "name", file, item),
            _only(each, "bndbox", file, item),
            _only(each, "robndbox", file, item),
        )
        if not name or (sides is None and turned_sides is None):
            missing = "name" if not name else "bndbox"
            fix = "correct the object, or delete it"
            raise DatasetError(file, item=item, expected=f"<{missing}>", found="none", fix=fix)
        if sides is None and turned_sides is not None:
            box, outlined = _turned_box(turned_sides, file, item)
            yield Mark(name, box, item), outlined
            continue
        x0, y0, x1, y1 = (
            number(None if sides is None else _text(sides, side, file, item), side, file, item)
            for side in SIDES
        )
        notes = [
            f"objects marked as {flag}, taken like any other"
            for flag in ("difficult", "occluded")
            if each.findtext(flag, "0").strip() == "1"
        ]
        if first_pixel > 0 and 0 in (x0, y0):
            notes.append(FROM_0)
        yield Mark(name, (x0 - first_pixel, y0 - first_pixel, x1, y1), item), tuple(notes)


def _text(element: Element, tag: str, file: Path, item: str) -> str | None:
    """Return the text of the one child of a name, "" where it is empty, None without one."""
    child = _only(element, tag, file, item)
    return None if child is None else child.text or ""


def _only(element: Element, tag: str, file: Path, item: str) -> Element | None:
    """Return the one child of a name, None without one; nobody can tell which of several counts."""
    children = element.findall(tag)
    if len(children) > 1:
        found, fix = str(len(children)), "leave one; a second box needs an <object> of its own"
        raise DatasetError(file, item=item, expected=f"one <{tag}>", found=found, fix=fix)
    return children[0] if children else None


def _turned_box(sides: Element, file: Path, item: str) -> tuple[Box, Notes]:
    """Return the box around a turned one of roLabelImg, which has fractions of pixels from 0."""
    x, y, width, height, radians = (
        number(_text(sides, name, file, item), name, file, item) for name in TURNED_SIDES
    )
    x0, y0, x1, y1 = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return box_around(turned(corners, math.degrees(radians), (x, y)))


def _size(root: Element, file: Path) -> tuple[int, int] | None:
    size = _only(root, "size", file, "annotation")
    if size is None:
        return None
    height, width = (_text(size, side, file, "size") for side in ("height", "width"))
    if not height or not width or "0" in (height, width):  # some tools write 0 for unknown
        return None
    return whole(height, "height", file, "size"), whole(width, "width", file, "size")


def _annotation(placed: Placed, dataset: Dataset) -> Element:
    root = Element("annotation")
    add_text(root, "folder", placed.path.parent.name)
    add_text(root, "filename", placed.path.name)
    size = SubElement(root, "size")
    add_text(size, "width", placed.image.width)
    add_text(size, "height", placed.image.height)
    add_text(size, "depth", 3)
    add_text(root, "segmented", 0)
    for row, label in zip(placed.boxes_xyxy, placed.labels, strict=True):
        each = SubElement(root, "object")
        add_text(each, "name", dataset.class_names[label])
        add_text(each, "pose", "Unspecified")
        add_text(each, "truncated", 0)
        add_text(each, "difficult", 0)
        sides = SubElement(each, "bndbox")
        for side, value in zip(SIDES, _whole_pixels(row, placed.image), strict=True):
            add_text(sides, side, value)
    return root


def _whole_pixels(row: list[float], image: AnnotatedImage) -> tuple[int, int, int, int]:
    """Return the first and last pixel of a box, from 1: one at least, and one in the image."""
    x0, y0, x1, y1 = row
    first = min(round(x0) + 1, image.width), min(round(y0) + 1, image.height)
    return (*first, max(round(x1), first[0], 1), max(round(y1), first[1], 1))
