"""Precision, recall, F1, mean IoU and count error, at one score threshold or over all.

Everything is a sum over images, so that leaving some out only has to weigh the rows. The values
of empty cases are those of `detection_metrics`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.match_table import MatchTable

Criterion = Literal["iou30", "iou50", "center"]
CRITERIA: tuple[Criterion, ...] = ("iou30", "iou50", "center")
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OperatingCounts:
    """What is counted at one threshold; arrays share a shape: (images,), (weightings,) or ().

    Attributes:
        num_images: images counted (1 for each image).
        num_truth, num_found: annotations and detections.
        num_right: right detections by each criterion, and within each distance of the table.
        iou_sum: sum of the IoU of the pairs matched at IoU 0.5.
        count_difference, count_error: detections - annotations of an image, and its size.
        num_scored: detections of any score.
        score_error: sum over these of the squared difference of score and 1 if right at IoU 0.5,
            else 0.
    """

    num_images: FloatArray
    num_truth: FloatArray
    num_found: FloatArray
    num_right: dict[str, FloatArray]
    iou_sum: FloatArray
    count_difference: FloatArray
    count_error: FloatArray
    num_scored: FloatArray
    score_error: FloatArray

    def weighted(self, weights: FloatArray) -> "OperatingCounts":
        """Return the sums over images with `weights` (..., images)."""
        return OperatingCounts(
            weights @ self.num_images,
            weights @ self.num_truth,
            weights @ self.num_found,
            {name: weights @ right for name, right in self.num_right.items()},
            weights @ self.iou_sum,
            weights @ self.count_difference,
            weights @ self.count_error,
            weights @ self.num_scored,
            weights @ self.score_error,
        )

    def followed_by(self, other: "OperatingCounts") -> "OperatingCounts":
        """Return the counts of the images of both, those of the other behind these."""
        right = {
            name: np.concatenate([of_each, other.num_right[name]])
            for name, of_each in self.num_right.items()
        }
        return OperatingCounts(
            np.concatenate([self.num_images, other.num_images]),
            np.concatenate([self.num_truth, other.num_truth]),
            np.concatenate([self.num_found, other.num_found]),
            right,
            np.concatenate([self.iou_sum, other.iou_sum]),
            np.concatenate([self.count_difference, other.count_difference]),
            np.concatenate([self.count_error, other.count_error]),
            np.concatenate([self.num_scored, other.num_scored]),
            np.concatenate([self.score_error, other.score_error]),
        )


def right_by(table: MatchTable, criterion: Criterion) -> NDArray[np.bool_]:
    """Return which detections (N,) are right by a criterion."""
    if criterion == "center":
        return table.is_near
    return table.is_right_loosely if criterion == "iou30" else table.is_right_mainly


def count_at(table: MatchTable, threshold: float) -> OperatingCounts:
    """Return the counts of each image (num_images,) with scores of `threshold` or more."""
    is_kept = table.found.scores >= np.float32(threshold)
    num_images = table.found.num_images

    def per_image(values: NDArray[np.bool_] | FloatArray) -> FloatArray:
        return np.bincount(table.found.images, values, num_images).astype(np.float64)

    num_truth = np.bincount(table.truth.images, minlength=num_images).astype(np.float64)
    is_right: dict[str, NDArray[np.bool_]] = {name: right_by(table, name) for name in CRITERIA}
    is_right |= {f"within_{name}": right for name, right in table.is_within.items()}
    difference = per_image(is_kept) - num_truth
    score_error = (table.found.scores.astype(np.float64) - table.is_right_mainly) ** 2
    return OperatingCounts(
        num_images=np.ones(num_images),
        num_truth=num_truth,
        num_found=per_image(is_kept),
        num_right={name: per_image(is_kept & right) for name, right in is_right.items()},
        iou_sum=per_image(np.where(is_kept, table.iou, 0.0)),
        count_difference=difference,
        count_error=np.abs(difference),
        num_scored=per_image(np.ones(len(table.found))),
        score_error=per_image(score_error),
    )


def operating_metrics(sums: OperatingCounts) -> dict[str, FloatArray]:
    """Return each metric by name, in the shape of the sums; NaN where it is not defined."""
    metrics: dict[str, FloatArray] = {}
    for name, right in sums.num_right.items():
        metrics[f"precision_{name}"] = _share(right, sums.num_found, sums.num_truth == 0)
        metrics[f"recall_{name}"] = _share(right, sums.num_truth, sums.num_found == 0)
        metrics[f"f1_{name}"] = f1_of(right, sums.num_truth, sums.num_found)
    metrics["mean_matched_iou"] = _ratio(sums.iou_sum, sums.num_right["iou50"])
    metrics["count_bias"] = _ratio(sums.count_difference, sums.num_images)
    metrics["count_mae"] = _ratio(sums.count_error, sums.num_images)
    metrics["brier_iou50"] = _ratio(sums.score_error, sums.num_scored)
    return metrics


def f1_of(right: FloatArray, num_truth: FloatArray, num_found: FloatArray) -> FloatArray:
    """Return 2 right / (annotations + detections); 1 where there are neither."""
    return _share(2 * right, num_truth + num_found, np.True_)


def threshold_curve(
    table: MatchTable, criterion: Criterion, thresholds: FloatArray
) -> dict[str, FloatArray]:
    """Return precision, recall and F1 of all images together at each of the thresholds (T,)."""
    order = np.argsort(table.found.scores, kind="stable")
    rising = table.found.scores[order]
    dropped = np.searchsorted(rising, thresholds.astype(np.float32), side="left")
    right_before = np.concatenate([[0], np.cumsum(right_by(table, criterion)[order])])
    right = (right_before[-1] - right_before[dropped]).astype(np.float64)
    num_found = (len(rising) - dropped).astype(np.float64)
    num_truth = np.full(len(thresholds), float(len(table.truth)))
    return {
        "precision": _share(right, num_found, num_truth == 0),
        "recall": _share(right, num_truth, num_found == 0),
        "f1": f1_of(right, num_truth, num_found),
    }


def _share(
    part: FloatArray, whole: FloatArray, is_perfect: NDArray[np.bool_] | np.bool_
) -> FloatArray:
    """Return part / whole; 0 / 0 is 1 where the case is perfect, else 0."""
    share: FloatArray = np.where(
        whole > 0, part / np.where(whole > 0, whole, 1.0), np.where(is_perfect, 1.0, 0.0)
    )
    return share


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    ratio: FloatArray = np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
    return ratio
