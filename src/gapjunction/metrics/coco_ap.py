"""COCO's average precision, from a COCO library, with room for all detections of an image.

COCO's tools look at the 100 best detections of an image by default: 250 perfect boxes in one
image would give an AP of 0.406. Here as many count as an image has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hotcoco import COCO, COCOeval
from numpy.typing import NDArray

from gapjunction.metrics.average_precision import AP50, AP75
from gapjunction.metrics.ranges_px import SideRange
from gapjunction.metrics.stacked_detections import StackedDetections

ALL_AREAS = (0.0, 1e10)  # square pixels


@dataclass(frozen=True, slots=True)
class CocoAp:
    """Average precision; None without annotations.

    Attributes:
        ap: mean over IoU 0.50, 0.55, ..., 0.95; ap50 and ap75 at one IoU.
        by_side: `ap` of the objects of each asked-for size.
    """

    ap: float | None
    ap50: float | None
    ap75: float | None
    by_side: tuple[float | None, ...]


def coco_ap(
    truth: StackedDetections,
    found: StackedDetections,
    num_classes: int,
    sides_px: Sequence[SideRange] = (),
) -> CocoAp:
    """Compute COCO's AP over all images, mean over the classes that have annotations.

    Args:
        truth: the annotations.
        found: the detections.
        num_classes: labels are below it.
        sides_px: sizes to look at apart, as the side of a square of the box's area in pixels;
            both bounds belong to them, as with COCO's own sizes.
    """
    if not len(truth):
        return CocoAp(None, None, None, (None,) * len(sides_px))
    areas = [(low**2, min(high**2, ALL_AREAS[1])) for low, high in sides_px]
    # A range given twice would come back empty the first time.
    unique = list(dict.fromkeys([ALL_AREAS, *areas]))
    precision = _precision(truth, found, num_classes, unique)
    by_area = {area: precision[:, :, :, number] for number, area in enumerate(unique)}
    whole = by_area[ALL_AREAS]
    return CocoAp(
        _mean(whole),
        _mean(whole[AP50]),
        _mean(whole[AP75]),
        tuple(_mean(by_area[area]) for area in areas),
    )


def _precision(
    truth: StackedDetections,
    found: StackedDetections,
    num_classes: int,
    areas: Sequence[tuple[float, float]],
) -> NDArray[np.float64]:
    """Return precision (10 IoUs, 101 recalls, classes, areas); -1 without annotations."""
    boxes = _to_xywh(truth)
    images = [
        {"id": number, "file_name": "", "height": 1, "width": 1}
        for number in range(1, truth.num_images + 1)
    ]
    categories = [{"id": label + 1, "name": str(label)} for label in range(num_classes)]
    ground_truth = COCO.from_arrays(
        images,
        categories,
        truth.images + 1,
        truth.labels + 1,
        boxes,
        area=boxes[:, 2] * boxes[:, 3],
    )
    columns = (found.images + 1, _to_xywh(found), found.scores, found.labels + 1)
    evaluation = COCOeval(ground_truth, ground_truth.load_res(np.column_stack(columns)), "bbox")
    evaluation.params.max_dets = [max(int(np.bincount(found.images, minlength=1).max()), 1)]
    evaluation.params.area_rng = [list(area) for area in areas]
    evaluation.params.area_rng_lbl = [str(number) for number in range(len(areas))]
    evaluation.evaluate()
    evaluation.accumulate()
    result = evaluation.eval
    if result is None:
        raise RuntimeError("the COCO library returned no result")
    precision: NDArray[np.float64] = np.asarray(result["precision"])[..., 0]
    return precision


def _to_xywh(stacked: StackedDetections) -> NDArray[np.float64]:
    """Return (x0, y0, width, height) in float64, where subtracting float32 loses nothing."""
    boxes = stacked.boxes.astype(np.float64)
    return np.column_stack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])


def _mean(precision: NDArray[np.float64]) -> float | None:
    defined = precision[precision > -1]
    return float(defined.mean()) if len(defined) else None
