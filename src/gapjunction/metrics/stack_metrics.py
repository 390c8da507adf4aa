"""How far the plaques found in stacks agree with the true ones; a stack is what intervals draw.

docs/stacks.md explains each number in words. A number that cannot be computed is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.metrics.association import Association, associate
from gapjunction.metrics.counts import count_metrics
from gapjunction.metrics.detection_metrics import DetectionScore
from gapjunction.metrics.metric_field import metric
from gapjunction.metrics.plaque_matching import match_plaques
from gapjunction.metrics.stacked_detections import find_overlaps
from gapjunction.metrics.stacked_plaques import StackedPlaques


@dataclass(frozen=True, slots=True)
class StackScore:
    """What one stack counts for in every metric."""

    num_truth: int
    num_found: int
    num_matched: int
    boxes: Association


@dataclass(frozen=True, slots=True)
class StackMetrics:
    """The agreement of found with true plaques; differences are found - true plaques of a stack.

    Precision, recall, F1 and what follows are of all stacks together: a plaque counts the same in
    each. The association of boxes is None where no box is matched.

    Attributes:
        num_stacks: stacks compared.
        num_truth, num_found: plaques in all of them together.
        total_ratio, bias, limits_of_agreement_low, limits_of_agreement_high, mae, mape_percent: as
            in `CountMetrics`, with a stack for an image.
        precision, recall, f1: plaques that `match_plaques` pairs; as in `DetectionScore`.
        ass_re, ass_pr, ass_a: mean recall, precision and accuracy of the association of matched
            boxes, as in `association`.
        det_a: matched boxes by all boxes, a matched pair counting once; 1 where there are none.
        hota: the geometric mean of `det_a` and `ass_a`; `det_a` where no box is matched.
    """

    num_stacks: int = metric("stacks", "d")
    num_truth: int = metric("plaques, true", "d", column="true")
    num_found: int = metric("plaques, found", "d", column="found")
    total_ratio: float | None = metric("found / true", ".3f", scale="log", column="found / true")
    bias: float | None = metric("bias per stack (found - true)", "+.2f", scale="plain")
    limits_of_agreement_low: float | None = metric("95 % limits, low", "+.2f")
    limits_of_agreement_high: float | None = metric("95 % limits, high", "+.2f")
    mae: float | None = metric("mean absolute error per stack", ".2f", scale="log_error")
    mape_percent: float | None = metric("mean absolute error, %", ".1f", scale="log_error")
    precision: float = metric(
        "precision", ".3f", scale="logit", share_of="num_found", column="precision"
    )
    recall: float = metric("recall", ".3f", scale="logit", share_of="num_truth", column="recall")
    f1: float = metric("F1", ".3f", scale="logit", share_of="num_truth", column="F1")
    ass_re: float | None = metric("association recall", ".3f", scale="logit", column="AssRe")
    ass_pr: float | None = metric("association precision", ".3f", scale="logit", column="AssPr")
    ass_a: float | None = metric("association accuracy", ".3f", scale="logit", column="AssA")
    det_a: float = metric("detection accuracy of boxes", ".3f", scale="logit")
    hota: float = metric("HOTA at IoU 0.5", ".3f", scale="logit", column="HOTA")


def score_stack(truth: StackedPlaques, found: StackedPlaques) -> StackScore:
    """Compare the plaques of one stack."""
    overlaps = find_overlaps(truth.boxes, found.boxes)
    return StackScore(
        truth.num_plaques,
        found.num_plaques,
        len(match_plaques(truth, found, overlaps).iou),
        associate(truth, found, overlaps),
    )


def stack_metrics(stacks: Sequence[StackScore]) -> StackMetrics:
    """Return the metrics of all stacks together; one that was drawn twice is given twice."""
    true = np.array([each.num_truth for each in stacks], np.int64)
    found = np.array([each.num_found for each in stacks], np.int64)
    counts = count_metrics(true, found)
    num_matched = sum(each.num_matched for each in stacks)
    plaques = DetectionScore(counts.num_truth, counts.num_predicted, num_matched, None)
    boxes = [each.boxes for each in stacks]
    num_boxes = sum(each.num_matched for each in boxes)
    ass_a = _mean([each.accuracy for each in boxes], num_boxes)
    det_a = _detection_accuracy(boxes)
    return StackMetrics(
        num_stacks=len(stacks),
        num_truth=counts.num_truth,
        num_found=counts.num_predicted,
        total_ratio=counts.total_ratio,
        bias=counts.bias,
        limits_of_agreement_low=counts.limits_of_agreement_low,
        limits_of_agreement_high=counts.limits_of_agreement_high,
        mae=counts.mae,
        mape_percent=counts.mape_percent,
        precision=plaques.precision,
        recall=plaques.recall,
        f1=plaques.f1,
        ass_re=_mean([each.recall for each in boxes], num_boxes),
        ass_pr=_mean([each.precision for each in boxes], num_boxes),
        ass_a=ass_a,
        det_a=det_a,
        hota=det_a if ass_a is None else float(np.sqrt(det_a * ass_a)),
    )


def _detection_accuracy(boxes: Sequence[Association]) -> float:
    num_matched = sum(each.num_matched for each in boxes)
    num_all = sum(each.num_true_boxes + each.num_found_boxes for each in boxes) - num_matched
    return num_matched / num_all if num_all else 1.0


def _mean(sums: Sequence[float], num_boxes: int) -> float | None:
    return sum(sums) / num_boxes if num_boxes else None
