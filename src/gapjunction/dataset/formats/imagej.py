"""ImageJ ROI sets: a zip of rectangles beside each image, of which ImageJ keeps fractions."""

import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import roifile

from gapjunction.dataset.formats.image_files import find_images
from gapjunction.dataset.formats.imagej_files import Rois, read_rois, rois_in_tiff
from gapjunction.dataset.formats.imagej_parts import outer_parts
from gapjunction.dataset.formats.imagej_sets import SET_SUFFIX, sets_in
from gapjunction.dataset.formats.left_out import losses
from gapjunction.dataset.formats.marked_images import (
    Mark,
    Noted,
    assemble,
    marked_image,
)
from gapjunction.dataset.formats.placing import Placed, place_images
from gapjunction.dataset.formats.planes import Axis, notes_on_planes
from gapjunction.dataset.formats.records_of_files import number
from gapjunction.dataset.formats.shapes import (
    PARTS,
    WITHOUT_AREA,
    WITHOUT_CLASS,
    Box,
    Notes,
    box_around,
    box_at,
)
from gapjunction.dataset.formats.source import ReadResult, Source, no_files
from gapjunction.dataset.records import Dataset
from gapjunction.files import written_whole

CLASS, SCORE = "class", "score"
UNFIT_IN_NAMES = re.compile(r"[^\w. -]")
LINES = (
    roifile.ROI_TYPE.LINE,
    roifile.ROI_TYPE.FREELINE,
    roifile.ROI_TYPE.POLYLINE,
    roifile.ROI_TYPE.ANGLE,
    roifile.ROI_TYPE.NOROI,
)
WITHOUT_OUTLINE = (roifile.ROI_SUBTYPE.TEXT, roifile.ROI_SUBTYPE.IMAGE)
BESIDE_SET = "overlays in images that have a ROI set of their own, left out"


def read_imagej(source: Source) -> ReadResult:
    """Read <image>_RoiSet.zip, <image>.zip or .roi files for each image, or one such file.

    A TIFF image without any may hold an overlay, or a selection. An empty set says that there is
    nothing; where there is none, nobody looked. The class of an object is its property "class",
    which ImageJ keeps.

    Raises:
        ArchiveError: if a zip is damaged or hostile.
        DatasetError: if there are none, or one is wrong.
    """
    images = find_images(source)
    if source.path.is_file():
        found = [(images.of(source.path, SET_SUFFIX), source.path, read_rois(source.path))]
        in_images: list[tuple[Path, Path, Rois]] = []
    else:
        found = list(sets_in(source.path, images))
        files = [(path, source.plane_files.get(path, path)) for path in images.paths]
        in_images = [(path, file, rois) for path, file in files if (rois := rois_in_tiff(file))]
    in_sets = {image for image, _, _ in found}
    found += [each for each in in_images if each[0] not in in_sets]
    if not found:
        raise no_files(source, "ROI sets (.zip or .roi), or TIFF images with an overlay")
    marked = []
    colors: dict[str, str] = {}
    for image, path, rois in found:
        noted = [each for item, roi in rois for each in _noted(roi, item, path, source)]
        on_planes = notes_on_planes(place for _, roi in rois for place in _planes(roi))
        marked.append(marked_image(image, path, [(None, tuple(on_planes)), *noted]))
        for roi in (roi for _, roi in rois if not is_left_out(roi)):
            colors.setdefault(class_of(roi) or source.class_name, _color_of(roi))
    result = assemble(source, images, marked, colors)
    num_beside = sum(each[0] in in_sets for each in in_images)
    beside = (f"{BESIDE_SET}: {num_beside:,}",) if num_beside else ()
    return replace(result, notes=beside + result.notes)


def write_imagej(dataset: Dataset, folder: Path) -> list[str]:
    """Write images/ with a set beside each image; images become TIFF with their pixel size."""
    for each in place_images(
        dataset, folder, keeps_unseen=True, keeps_predicted=True, form="sized"
    ):
        if each.is_annotated or each.image.predictions is not None:
            place = folder / each.path.with_name(f"{each.path.stem}{SET_SUFFIX}.zip")
            _write_set(place, each, dataset)
    return losses(dataset, {"colors", "predictions"})


def _noted(roi: roifile.ImagejRoi, item: str, path: Path, source: Source) -> Iterator[Noted]:
    if is_left_out(roi):
        yield None, (WITHOUT_AREA,)
        return
    name = class_of(roi)
    if not name:
        yield None, (WITHOUT_CLASS,)
    given = _properties(roi).get(SCORE)
    score = None if given is None else number(given, SCORE, path, item)
    for box, notes in _boxes(roi, source.point_size_px, path, item):
        yield Mark(name or source.class_name, box, item, score), notes


def _boxes(
    roi: roifile.ImagejRoi, size_px: float | None, path: Path, item: str
) -> list[tuple[Box, Notes]]:
    """Return the box of an area; for points, one square each."""
    if roi.roitype == roifile.ROI_TYPE.POINT:
        points = [(float(x), float(y)) for x, y in roi.coordinates()]
        return [(box_at(point, size_px, path, item), ()) for point in points]
    if roi.composite and roi.multi_coordinates is not None:
        parts = outer_parts(roi.multi_coordinates.tolist(), path, item)
        several = (PARTS,) if len(parts) > 1 else ()
        found = [box_around(part) for part in parts]
        return [(box, (*notes, *several)) for box, notes in found]
    left, top, right, bottom = map(float, (roi.left, roi.top, roi.right, roi.bottom))
    if roi.subpixelrect:
        left, top = roi.xd, roi.yd
        right, bottom = left + roi.widthd, top + roi.heightd
    elif roi.subpixel_coordinates is not None and not roi.composite:
        rows = [(float(x), float(y)) for x, y in roi.subpixel_coordinates]
        return [box_around(rows)] if rows else []
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    is_upright = roi.roitype == roifile.ROI_TYPE.RECT and not roi.composite
    inner = ((left + right) / 2, (top + bottom) / 2)  # makes it an outline in the notes
    return [box_around(corners if is_upright else [*corners, inner])]


def is_left_out(roi: roifile.ImagejRoi) -> bool:
    """Tell whether it is a line, or a text or picture, whose rectangle is no outline."""
    return roi.roitype in LINES or roi.subtype in WITHOUT_OUTLINE


def _planes(roi: roifile.ImagejRoi) -> Iterator[dict[Axis, object]]:
    """Yield where in a stack a selection lies, or each of its points; 0 is everywhere."""
    if roi.counter_positions is not None:
        for each in roi.counter_positions[roi.counter_positions > 0]:
            yield {"stack positions": int(each)}
    stated: dict[Axis, int] = {
        "channels": roi.c_position,
        "slices": roi.z_position,
        "time points": roi.t_position,
        "stack positions": roi.position,
    }
    yield {axis: place for axis, place in stated.items() if place}


def _properties(roi: roifile.ImagejRoi) -> dict[str, str]:
    pairs = (line.partition(":") for line in roi.props.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def class_of(roi: roifile.ImagejRoi) -> str:
    """Return the class of a selection, "" if it has none."""
    return _properties(roi).get(CLASS, "")


def _color_of(roi: roifile.ImagejRoi) -> str:
    """Return the color in which an object is drawn, or "" if it has none of its own."""
    has_color = roi.stroke_color != roifile.ROI_COLOR_NONE
    return f"#{roi.stroke_color[1:].hex()}" if has_color else ""


def _write_set(path: Path, placed: Placed, dataset: Dataset) -> None:
    with written_whole(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as out:
        rows = zip(placed.boxes_xyxy, placed.scores, placed.labels, strict=True)
        for index, (row, score, label) in enumerate(rows, start=1):
            name = dataset.class_names[label]
            shown = f"{index:04d}-{UNFIT_IN_NAMES.sub('_', name)}"
            roi = _rectangle(row, shown, dataset.classes[name])
            roi.props = f"{CLASS}: {name}\n" + ("" if score is None else f"{SCORE}: {score}\n")
            out.writestr(f"{shown}.roi", roi.tobytes())


def _rectangle(row: list[float], name: str, color: str) -> roifile.ImagejRoi:
    x0, y0, x1, y1 = row
    roi = roifile.ImagejRoi()
    roi.roitype = roifile.ROI_TYPE.RECT
    roi.options = roifile.ROI_OPTIONS.SUB_PIXEL_RESOLUTION
    roi.name = name
    roi.left, roi.top, roi.right, roi.bottom = (
        math.floor(x0),
        math.floor(y0),
        math.ceil(x1),
        math.ceil(y1),
    )
    roi.xd, roi.yd, roi.widthd, roi.heightd = x0, y0, x1 - x0, y1 - y0
    if color:
        roi.stroke_color = b"\xff" + bytes.fromhex(color.removeprefix("#"))
    return roi
