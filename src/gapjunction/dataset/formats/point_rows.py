"""The rows of a table of points as marks on an image, in pixels."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gapjunction.dataset.formats.marked_images import Mark, Noted
from gapjunction.dataset.formats.planes import Axis, notes_on_planes
from gapjunction.dataset.formats.point_columns import OF_THE_IMAGE, UM_PER_UNIT, Field
from gapjunction.dataset.formats.point_table import PointTable, Row
from gapjunction.dataset.formats.records_of_files import number
from gapjunction.dataset.formats.shapes import (
    DETECTED,
    POINTS,
    WITHOUT_AREA,
    WITHOUT_CLASS,
    Box,
    Notes,
    Point,
    box_around,
    box_at,
)
from gapjunction.dataset.formats.source import Source
from gapjunction.errors import DatasetError
from gapjunction.images.imagej_unit import imagej_pixel
from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.pictures import read_image_size

IN_IMAGE_UNIT = "positions in micrometers, or in the unit of the image, made pixels"
NO_IMAGE_UNIT = (
    "tables in the unit of an image that has none, taken as pixels (see --pixel_size_um)"
)
IN_A_CORNER = "tables whose points all lie in the first tenth of the image: are they in pixels?"
CORNER, FEWEST = 0.1, 2
SHAPES_WITHOUT_AREA = ("line", "path")  # of napari
Scale = tuple[float, float]  # px per unit, along x and y


def noted_points(
    table: PointTable, rows: Sequence[Row], image: Path, source: Source
) -> Iterator[Noted]:
    """Yield the marks of the rows of one image, with notes on what was not taken as it stood.

    Raises:
        DatasetError: if a number is none, or the unit or the size of a point is not known.
    """
    scale, notes = _scale(table, rows, image, source)
    yield None, (*notes, *notes_on_planes(_planes(row) for _, row in rows))
    if "shape" in table.columns.places:
        yield from _noted_shapes(table, rows, source)
        return
    centers = []
    for line, row in rows:
        item = f"row {line}"
        box, note = _box(row, scale, table.path, item, source)
        centers.append(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        score, on_score = _score(row, table, item)
        named = () if row.get("class") else (WITHOUT_CLASS,)
        unit = (IN_IMAGE_UNIT,) if scale != (1, 1) else ()
        mark = Mark(row.get("class") or source.class_name, box, item, score)
        yield mark, (*unit, *note, *named, *on_score)
    if scale == (1, 1) and _are_in_a_corner(centers, image):
        yield None, (IN_A_CORNER,)


def _planes(row: Mapping[Field, str]) -> dict[Axis, object]:
    stated: dict[Axis, str | None] = {
        "channels": row.get("channels"),
        "slices": row.get("slices"),
        "time points": row.get("time points"),
    }
    return {axis: place for axis, place in stated.items() if place}


def _scale(
    table: PointTable, rows: Sequence[Row], image: Path, source: Source
) -> tuple[Scale, Notes]:
    """Return how many pixels a unit of the table is."""
    unit, given = table.columns.unit, source.pixel_size_um
    if unit == "px" or not rows:
        return (1, 1), ()
    if unit != OF_THE_IMAGE:
        side = given or _um_per_px(image)
        if side is None:
            raise DatasetError(
                table.path,
                expected=f"positions in pixels, or the size of a pixel of {image.name}",
                found=f"positions in {unit}, and an image that does not say its size",
                fix="say the side of a pixel",
                settings=("pixel_size_um",),
            )
        return (UM_PER_UNIT[unit] / side,) * 2, ()
    sides = (given, given) if given else imagej_pixel(image)
    if sides is None:
        return (1, 1), (NO_IMAGE_UNIT,)
    if given is None and sides != (1, 1):
        _require_fractions(table, rows, image, sides[0])
    return (1 / sides[0], 1 / sides[1]), ()


def _um_per_px(image: Path) -> float | None:
    with opened_scenes(image) as scenes:
        return scenes[0].um_per_px


def _require_fractions(table: PointTable, rows: Sequence[Row], image: Path, side: float) -> None:
    """Refuse whole numbers: ImageJ lists maxima in pixels, and measures in the image's unit."""
    if any("." in row.get(axis, "") for _, row in rows for axis in ("x", "y")):
        return
    raise DatasetError(
        table.path,
        expected=f"positions in the unit of {image.name} ({side:g} a pixel), with fractions",
        found="whole numbers, which may be pixels",
        fix=f"say what they are: {side:g} if micrometers, 1 if pixels",
        settings=("pixel_size_um",),
    )


def _box(
    row: Mapping[Field, str], scale: Scale, file: Path, item: str, source: Source
) -> tuple[Box, Notes]:
    def value(field: Field, axis: int) -> float:
        return number(row.get(field), field, file, item) * scale[axis]

    if row.get("left") and row.get("top") and row.get("width") and row.get("height"):
        left, top = value("left", 0), value("top", 1)
        return (left, top, left + value("width", 0), top + value("height", 1)), ()
    x, y = value("x", 0), value("y", 1)
    if row.get("width") and row.get("height"):
        half = value("width", 0) / 2, value("height", 1) / 2
    elif row.get("radius"):
        half = value("radius", 0), value("radius", 1)
    else:
        return box_at((x, y), source.point_size_px, file, item), (POINTS,)
    return (x - half[0], y - half[1], x + half[0], y + half[1]), ()


def _score(row: Mapping[Field, str], table: PointTable, item: str) -> tuple[float | None, Notes]:
    """Return the score; 1 of what a program found, but for TrackMate's spots of persons."""
    if row.get("score"):
        return number(row["score"], "score", table.path, item), ()
    is_drawn = number(row.get("quality", "0"), "quality", table.path, item) < 0
    return (1, (DETECTED,)) if table.columns.is_detected and not is_drawn else (None, ())


def _are_in_a_corner(centers: Sequence[Point], image: Path) -> bool:
    height, width = read_image_size(image)
    is_inside = (x < width * CORNER and y < height * CORNER for x, y in centers)
    return len(centers) >= FEWEST and all(is_inside)


def _noted_shapes(table: PointTable, rows: Sequence[Row], source: Source) -> Iterator[Noted]:
    """Yield the shapes of napari, of which each corner has a row.

    Where tables of several layers were joined, numbers of shapes occur again, with a first corner.
    """
    corners: dict[tuple[str, int], list[Point]] = {}
    first: dict[tuple[str, int], Row] = {}
    num_seen: Counter[tuple[str, str]] = Counter()
    for line, row in rows:
        item = f"row {line}"
        vertex = (row.get("index", ""), row.get("vertex", f"{line}"))
        num_seen[vertex] += 1
        key = (row.get("index", ""), num_seen[vertex])
        point = (
            number(row.get("x"), "x", table.path, item),
            number(row.get("y"), "y", table.path, item),
        )
        corners.setdefault(key, []).append(point)
        first.setdefault(key, (line, row))
    for key, points in corners.items():
        line, row = first[key]
        if row.get("shape", "").casefold() in SHAPES_WITHOUT_AREA:
            yield None, (WITHOUT_AREA,)
            continue
        box, notes = box_around(points)
        named = () if row.get("class") else (WITHOUT_CLASS,)
        yield Mark(row.get("class") or source.class_name, box, f"row {line}"), (*notes, *named)
