"""Tests for `gapjunction.review.agreement`."""

from pathlib import Path

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.review.agreement import agreement_of, measured
from review_cases import box, image_of, operate, predicted_dataset, review_of


def found(*left: float) -> Detections:
    boxes = as_boxes([(x, 0, x + 10, 10) for x in left])
    return Detections(boxes, np.ones(len(left), np.float32), np.zeros(len(left), np.int64))


def test_measured__two_of_three_and_one_more__by_hand() -> None:
    agreement = measured([(found(0, 20, 40), found(0, 20)), (found(), found(80))])
    assert (agreement.recall, agreement.precision) == (2 / 3, 2 / 3)
    assert agreement.f1 == 4 / 6
    assert agreement.bias == 0
    assert agreement.counts == ((3, 2), (0, 1))


def test_measured__empty_sides__state_their_values() -> None:
    nothing = measured([(found(), found())])
    assert (nothing.f1, nothing.precision, nothing.recall) == (1, 1, 1)
    only_b = measured([(found(), found(0))])
    assert (only_b.f1, only_b.precision, only_b.recall) == (0, 0, 0)
    none = measured([])
    assert (none.num_images, none.bias, none.f1) == (0, 0, 1)


def test_agreement_of__two_annotators__counts_own_work_only(tmp_path: Path) -> None:
    root = predicted_dataset(tmp_path / "data")
    ana, bo = review_of(root, "Ana"), review_of(root, "Bo")
    operate(ana, "draw", box=box("a", 45))
    operate(ana, "done")
    bo.refresh()
    operate(bo, "draw", box=box("b", 66))
    assert agreement_of(bo, "Ana", "Bo").num_images == 0
    operate(bo, "undone")
    operate(bo, "done")
    agreement = agreement_of(bo, "Ana", "Bo")
    assert agreement.counts == ((3, 1),)


def test_agreement_of__model_and_annotator__by_the_threshold(tmp_path: Path) -> None:
    review = review_of(predicted_dataset(tmp_path / "data"))
    first = review.state(image_of(review)).boxes[0]
    operate(review, "delete", box=first.model_dump())
    operate(review, "done")
    agreement = agreement_of(review, "Ana", "model")
    assert agreement.counts == ((1, 2),)
    assert (agreement.recall, agreement.precision) == (1, 0.5)
