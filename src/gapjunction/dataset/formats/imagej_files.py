"""Where ImageJ keeps selections: a .roi file, a zip of such, or the TIFF file of the image."""

import struct
from contextlib import closing
from pathlib import Path

import roifile
import tifffile

from gapjunction.dataset.archives import safe_members
from gapjunction.dataset.formats.image_files import LONGEST_SHOWN
from gapjunction.errors import ArchiveError, DatasetError
from gapjunction.images.pictures import TIFF_SUFFIXES, decoding
from gapjunction.images.tiff import is_tiff
from gapjunction.outside_files import read_limited
from gapjunction.outside_zips import opened_zip

MAX_ROI_BYTES = 100_000_000  # of one selection: 10 million corners
SCALE_BAR = "|SB|"  # what ImageJ calls the parts of the one it draws

_ROI_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    MemoryError,  # a number of corners that no file could hold
    struct.error,
)

Rois = list[tuple[str, roifile.ImagejRoi]]  # each after its name in the file


def read_rois(path: Path) -> Rois:
    """Return the selections in a .roi file, a zip of such or a TIFF file.

    Raises:
        ArchiveError: if a zip is damaged or hostile.
        DatasetError: if a selection is damaged, or a zip holds other files only.
        ImageError: if a TIFF file is.
    """
    if path.suffix.lower() in TIFF_SUFFIXES:
        return rois_in_tiff(path) or []
    if path.suffix.lower() == ".roi":
        found = [("", read_limited(path, MAX_ROI_BYTES, DatasetError))]
    else:
        with opened_zip(path, ArchiveError) as archive:
            members = safe_members(archive, path)
            found = [
                (name.name, archive.read(member))
                for name, member in members
                if name.suffix.lower() == ".roi"
            ]
        if members and not found:  # a set without anything says that there is nothing
            raise DatasetError(
                path,
                expected="selections (.roi) in it",
                found=str(members[0][0])[:LONGEST_SHOWN],
                fix="save the set anew in the ROI manager",
            )
    return [(item, _decoded(content, path, item)) for item, content in found]


def rois_in_tiff(path: Path) -> Rois | None:
    """Return the overlay that ImageJ saved in an image, or else its selection; None if neither.

    A scale bar is no overlay.

    Raises:
        DatasetError: if one is damaged.
        ImageError: if the file is.
    """
    if path.suffix.lower() not in TIFF_SUFFIXES:
        return None
    with decoding(path):
        with path.open("rb") as stream:
            if not is_tiff(stream):
                return None
        with closing(tifffile.TiffFile(path)) as tiff:
            notes = tiff.imagej_metadata or {}
    found = notes.get("Overlays") or notes.get("ROI") or []
    contents = [found] if isinstance(found, bytes) else list(found)
    items = (f"selection {number}" for number in range(1, len(contents) + 1))
    rois = [
        (item, _decoded(content, path, item)) for item, content in zip(items, contents, strict=True)
    ]
    return [(item, roi) for item, roi in rois if roi.name != SCALE_BAR] or None


def _decoded(content: bytes, path: Path, item: str) -> roifile.ImagejRoi:
    try:
        return roifile.ImagejRoi.frombytes(content)
    except _ROI_ERRORS as error:
        found, fix = str(error) or "a damaged one", "save the set again in ImageJ"
        raise DatasetError(
            path, item=item, expected="an ImageJ ROI", found=found, fix=fix
        ) from None
