"""Tests for `gapjunction.metrics.coco_ap`."""

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from detection_cases import boxes_with_scores, random_images
from gapjunction.boxes import to_xywh
from gapjunction.detections import Detections
from gapjunction.metrics.coco_ap import CocoAp, coco_ap
from gapjunction.metrics.stacked_detections import StackedDetections


def reference_precision(
    truth: Sequence[Detections],
    found: Sequence[Detections],
    num_classes: int,
    areas: Sequence[tuple[float, float]],
) -> np.ndarray:
    """Return what pycocotools says: (10 IoUs, 101 recalls, classes, areas)."""
    with contextlib.redirect_stdout(io.StringIO()):
        ground_truth = _as_coco(truth, num_classes)
        evaluation = COCOeval(ground_truth, _as_coco(found, num_classes), "bbox")
        evaluation.params.maxDets = [10_000]
        evaluation.params.areaRng = [list(area) for area in areas]
        evaluation.params.areaRngLbl = [str(area) for area in areas]
        evaluation.evaluate()
        evaluation.accumulate()
    precision: np.ndarray = evaluation.eval["precision"][..., 0]
    return precision


def _as_coco(images: Sequence[Detections], num_classes: int) -> COCO:
    coco = COCO()
    annotations: list[dict[str, Any]] = []
    for number, of_image in enumerate(images, start=1):
        boxes = to_xywh(of_image.boxes.astype(np.float64))
        for box, score, label in zip(
            boxes.tolist(), of_image.scores.tolist(), of_image.labels.tolist(), strict=True
        ):
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": label + 1,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "score": score,
                }
            )
    coco.dataset = {
        "images": [{"id": number} for number in range(1, len(images) + 1)],
        "categories": [{"id": label + 1} for label in range(num_classes)],
        "annotations": annotations,
    }
    coco.createIndex()
    return coco


def mean_of(precision: np.ndarray) -> float:
    return float(precision[precision > -1].mean())


def our_ap(
    truth: Sequence[Detections],
    found: Sequence[Detections],
    num_classes: int = 1,
    sides_px: Sequence[tuple[float, float]] = (),
) -> CocoAp:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    return coco_ap(*stacked, num_classes, sides_px)


@pytest.mark.parametrize("seed", range(8))
def test_coco_ap__random_images_of_two_classes__is_that_of_pycocotools(seed: int) -> None:
    truth, found = random_images(seed, num_images=6, num_classes=2)
    expected = reference_precision(truth, found, 2, [(0, 1e10)])
    ours = our_ap(truth, found, 2)
    assert ours.ap == pytest.approx(mean_of(expected), abs=1e-12)
    assert ours.ap50 == pytest.approx(mean_of(expected[0]), abs=1e-12)
    assert ours.ap75 == pytest.approx(mean_of(expected[5]), abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_coco_ap__by_size__is_that_of_pycocotools(seed: int) -> None:
    truth, found = random_images(seed, num_images=8)
    sides = [(0.0, 8.0), (8.0, 12.0), (12.0, np.inf), (8.0, 12.0)]
    areas = [(low**2, min(high**2, 1e10)) for low, high in sides]
    expected = [reference_precision(truth, found, 1, [area]) for area in areas]
    assert our_ap(truth, found, 1, sides).by_side == pytest.approx(
        [mean_of(of_size) for of_size in expected], abs=1e-12
    )


def test_coco_ap__250_perfect_boxes_in_one_image__are_all_seen() -> None:
    corners = np.array([(x, y) for x in range(0, 250, 10) for y in range(0, 100, 10)])
    boxes = np.hstack([corners, corners + 8]).astype(np.float32)
    scores = np.linspace(0.1, 1, 250, dtype=np.float32)
    perfect = Detections(boxes, scores, np.zeros(250, np.int64))
    ours = our_ap([perfect], [perfect])
    assert (ours.ap, ours.ap50, ours.ap75) == pytest.approx((1, 1, 1))


def test_coco_ap__worked_by_hand() -> None:
    truth = boxes_with_scores((0, 0, 10, 10), (20, 0, 30, 10))
    found = boxes_with_scores((0, 0, 10, 10, 0.9), (50, 0, 60, 10, 0.8), (20, 0, 30, 10, 0.7))
    # Precision 1 up to recall 0.5 (51 of 101 places), then 2/3.
    assert our_ap([truth], [found]).ap50 == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_coco_ap__nothing_annotated__has_no_value() -> None:
    found = [boxes_with_scores((0, 0, 5, 5, 0.5))]
    assert our_ap([Detections.none()], found, 1, [(0, 8)]) == CocoAp(None, None, None, (None,))


def test_coco_ap__nothing_found__is_zero() -> None:
    truth = [boxes_with_scores((0, 0, 5, 5))]
    assert our_ap(truth, [Detections.none()]) == CocoAp(0, 0, 0, ())
