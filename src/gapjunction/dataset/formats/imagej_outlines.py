"""The areas that ImageJ selections outline: rectangles, ovals, polygons, and several as one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import roifile
from numpy.typing import NDArray

from gapjunction.dataset.formats.area_outlines import AreaOutline, Ring
from gapjunction.dataset.formats.imagej import class_of, is_left_out
from gapjunction.dataset.formats.imagej_files import read_rois
from gapjunction.dataset.formats.imagej_parts import all_parts
from gapjunction.dataset.formats.records_of_files import LARGEST
from gapjunction.errors import DatasetError

OVAL_CORNERS = 1000  # the outline of an oval of 1,000 px then errs by 0.003 px
FEWEST_CORNERS = 3


def read_imagej_outlines(path: Path) -> Iterator[AreaOutline]:
    """Yield the selections of a .roi file or a ROI set that outline an area; others are left out.

    Raises:
        ArchiveError: if a zip is damaged or hostile.
        DatasetError: if a selection is damaged.
    """
    for number, (item, roi) in enumerate(read_rois(path), start=1):
        if is_left_out(roi) or roi.roitype == roifile.ROI_TYPE.POINT:
            continue
        shown = item or f"selection {number}"
        rings = tuple(ring for ring in _rings(roi, path, shown) if len(ring) >= FEWEST_CORNERS)
        _require_finite(rings, path, shown)
        if rings:
            yield AreaOutline(roi.name.strip(), class_of(roi), shown, (rings,))


def _rings(roi: roifile.ImagejRoi, path: Path, item: str) -> list[Ring]:
    if roi.composite and roi.multi_coordinates is not None:
        parts = all_parts(roi.multi_coordinates.tolist(), path, item)
        return [np.array(part, np.float64) for part in parts]
    if roi.roitype not in (roifile.ROI_TYPE.RECT, roifile.ROI_TYPE.OVAL):
        return [np.asarray(roi.coordinates(), np.float64)]
    low = np.array((roi.left, roi.top), np.float64)
    high = np.array((roi.right, roi.bottom), np.float64)
    if roi.subpixelrect:
        low = np.array((roi.xd, roi.yd), np.float64)
        high = low + np.array((roi.widthd, roi.heightd), np.float64)
    if roi.roitype == roifile.ROI_TYPE.OVAL:
        return [_oval(low, high)]
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float64)
    return [low + corners * (high - low)]


def _require_finite(rings: Sequence[Ring], path: Path, item: str) -> None:
    farthest = max((float(np.abs(ring).max()) for ring in rings), default=0.0)
    if not farthest <= LARGEST:  # nor is what is no number
        raise DatasetError(
            path,
            item=item,
            expected="corners in or near an image",
            found=f"one at {farthest:g} px",
            fix="delete the selection, or save the set again in ImageJ",
        )


def _oval(low: NDArray[np.float64], high: NDArray[np.float64]) -> Ring:
    angles = np.arange(OVAL_CORNERS) * (2 * np.pi / OVAL_CORNERS)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ring: Ring = (low + high) / 2 + circle * (high - low) / 2
    return ring
