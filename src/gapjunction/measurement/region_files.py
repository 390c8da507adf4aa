"""Regions in files of other tools: ImageJ ROI sets, QuPath GeoJSON, label images."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from gapjunction.dataset.formats.area_outlines import AreaOutline
from gapjunction.dataset.formats.imagej_outlines import read_imagej_outlines
from gapjunction.dataset.formats.qupath_outlines import read_qupath_outlines
from gapjunction.errors import DatasetError
from gapjunction.images.label_images import LABEL_SUFFIXES, Labels, read_labels
from gapjunction.measurement.files_of_images import KindOfFile
from gapjunction.measurement.regions import (
    Region,
    by_name,
    joined,
    region_of_outline,
    regions_of_labels,
    whole_image,
)

IMAGEJ_SUFFIXES, QUPATH_SUFFIXES = (".zip", ".roi"), (".geojson", ".json")
REGION_FILES = KindOfFile(
    noun="an ImageJ ROI set, a QuPath GeoJSON file or a mask",
    suffixes=(*IMAGEJ_SUFFIXES, *QUPATH_SUFFIXES, *LABEL_SUFFIXES),
    endings=("_RoiSet", "_mask", "_masks", "_labels", "_regions"),
    setting="roi",
)
IGNORED_END = "*"  # of the classes that QuPath ignores
ALL = "image"  # what a region is called where only exclusions are drawn


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRegions:
    """What files say of the regions of an image.

    Attributes:
        outlines: each with its file.
        masks: files of label images, which are read where the image's size is known.
        labels: label images in memory, of the image's size.
    """

    outlines: tuple[tuple[Path, AreaOutline], ...]
    masks: tuple[Path, ...]
    labels: tuple[Labels, ...] = ()


def read_drawn(paths: Sequence[Path]) -> DrawnRegions:
    """Return what the files of an image say, outlines being read.

    Raises:
        GapJunctionError: if a file of outlines is damaged, or outlines nothing.
    """
    masks = tuple(path for path in paths if path.suffix.lower() in LABEL_SUFFIXES)
    outlines = [
        (path, outline) for path in paths if path not in masks for outline in _outlines_in(path)
    ]
    return DrawnRegions(tuple(outlines), masks)


def regions_in(
    drawn: DrawnRegions, height: int, width: int, excluded: Sequence[str]
) -> list[Region]:
    """Return the regions of an image, less what is excluded; those of one name are joined.

    Excluded are those whose name or class is one of `excluded`, in small or large letters, or
    whose class QuPath ignores. Where nothing else is drawn, the rest of the image is a region.

    Raises:
        DatasetError: if an outline lies outside of the image, or has no pixel in it.
        ImageError: if a label image cannot be read, or has another size.
    """
    names = {name.casefold() for name in excluded}
    kept: list[Region] = []
    left_out: list[Region] = []
    for path, outline in drawn.outlines:
        stated = {outline.name.casefold(), outline.class_name.casefold()}
        is_excluded = bool(stated & names) or outline.class_name.endswith(IGNORED_END)
        (left_out if is_excluded else kept).append(_placed(outline, path, height, width))
    read = (read_labels_of(path, height, width) for path in drawn.masks)
    for labels in chain(read, drawn.labels):
        for region in regions_of_labels(labels):
            (left_out if region.name.casefold() in names else kept).append(region)
    if not left_out:
        return by_name(kept)
    outside = joined("", left_out)
    whole = [whole_image(ALL, height, width)]
    return [region.without(outside) for region in by_name(kept or whole)]


def read_labels_of(path: Path, height: int, width: int) -> Labels:
    """Return the label image (H, W) of an image of this size.

    Raises:
        ImageError: if it cannot be read as such, or has another size.
    """
    return read_labels(path, (height, width))


def _outlines_in(path: Path) -> list[AreaOutline]:
    is_imagej = path.suffix.lower() in IMAGEJ_SUFFIXES
    found = list((read_imagej_outlines if is_imagej else read_qupath_outlines)(path))
    if not found:
        raise DatasetError(
            path,
            expected="regions: outlines around an area, such as rectangles and polygons",
            found="none",
            fix="draw them as areas (in QuPath as annotations), and save them again",
        )
    return found


def _placed(outline: AreaOutline, path: Path, height: int, width: int) -> Region:
    region = region_of_outline(outline, height, width)
    if region is not None and region.pixels.any():
        return region
    raise DatasetError(
        path,
        item=outline.shown_name,
        expected=f"a region within the image ({width} x {height} px)",
        found="one outside of it" if region is None else "one without a pixel in it",
        fix="take the image at full size that it was drawn in, or delete the region",
    )
