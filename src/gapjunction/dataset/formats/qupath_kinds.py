"""What QuPath's objects are: plaques, or what plaques lie in, such as regions, cells and tiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.dataset.formats.shapes import Box

ANNOTATION = "annotation"  # of a person
DETECTION = "detection"  # of a program
OTHER_KINDS = ("cell", "tile", "tma_core", "root")
OTHERS = "cells, tiles, cores and the like, left out"
IGNORED = "objects of classes that QuPath ignores (with a * at the end), left out"
REGIONS = "regions around other objects or most of the image, left out"
AROUND = "annotations with a class around several of another class, taken as objects of theirs"
REGION_SHARE = 0.25  # of the image: a plaque is never that large
TIMES_LARGER = 10  # a region is, than something in it
FEWEST_OF_OTHER_CLASS = 2  # in a region that has a class itself

# By the ids of versions up to 0.2.
_OLD_KINDS = {
    "PathAnnotationObject": ANNOTATION,
    "PathDetectionObject": DETECTION,
    "PathCellObject": "cell",
    "PathTileObject": "tile",
    "TMACoreObject": "tma_core",
    "PathRootObject": "root",
}


@dataclass(frozen=True, slots=True)
class Outlined:
    """An object: the box around its largest part, and the name of its class or ""."""

    kind: str
    class_name: str
    box: Box


def kind_of_object(stated: str | None, feature_id: object) -> str:
    """Return the kind of an object: as stated, or as the ids of old files tell it."""
    return (stated or _OLD_KINDS.get(str(feature_id), ANNOTATION)).casefold()


def reason_to_leave_out(kind: str, class_name: str) -> str | None:
    """Return a note on an object that is no plaque by its kind or class; None for all others."""
    if kind in OTHER_KINDS:
        return OTHERS
    return IGNORED if class_name.endswith("*") else None


def find_regions(objects: Sequence[Outlined], height: int, width: int) -> list[str]:
    """Return REGIONS for annotations that others lie in, AROUND where that is not sure, else "".

    One without a class is a region if it holds a much smaller object or takes a quarter of the
    image; one with a class may be, if it holds two much smaller ones of other classes.
    """
    boxes = np.array([each.box for each in objects], np.float64).reshape(-1, 4)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    by_area = np.argsort(areas, kind="stable")
    sorted_boxes, sorted_areas = boxes[by_area], areas[by_area] * TIMES_LARGER
    found = []
    for each, box, area in zip(objects, boxes, areas, strict=True):
        if each.kind == DETECTION or each.kind in OTHER_KINDS:
            found.append("")
            continue
        smaller = sorted_boxes[: np.searchsorted(sorted_areas, area, side="right")]
        is_inside = (smaller[:, :2] >= box[:2]).all(axis=1) & (smaller[:, 2:] <= box[2:]).all(
            axis=1
        )
        inside = by_area[: len(smaller)][is_inside]
        if each.class_name:
            others = sum(objects[place].class_name != each.class_name for place in inside)
            found.append(AROUND if others >= FEWEST_OF_OTHER_CLASS else "")
        else:
            is_region = len(inside) > 0 or area > REGION_SHARE * height * width
            found.append(REGIONS if is_region else "")
    return found
