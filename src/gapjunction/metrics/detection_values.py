"""What a benchmark of detections prints, but for the kinds of errors; docs/metrics.md explains it.

A number that cannot be computed is None.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from gapjunction.metrics.metric_field import metric

AP_BY_SIDE = "ap_by_side"


@dataclass(frozen=True, slots=True)
class DetectionMetrics:
    """The agreement of detections with annotations, at the threshold, and AP over all scores.

    Attributes:
        ap_by_side: AP of objects of one range of sizes, by the name of the range.
    """

    num_images: int = metric("images", "d")
    num_truth: int = metric("annotations", "d")
    num_found: int = metric("detections", "d")
    ap: float | None = metric("AP, IoU 0.50 to 0.95", ".3f", scale="logit", share_of="num_truth")
    ap50: float | None = metric("AP, IoU 0.50", ".3f", scale="logit", share_of="num_truth")
    ap75: float | None = metric("AP, IoU 0.75", ".3f", scale="logit", share_of="num_truth")
    ap_by_side: Mapping[str, float | None] = metric("AP, side", ".3f")
    precision_iou50: float = metric(
        "precision, IoU 0.5", ".3f", scale="logit", share_of="num_found"
    )
    recall_iou50: float = metric("recall, IoU 0.5", ".3f", scale="logit", share_of="num_truth")
    f1_iou50: float = metric("F1, IoU 0.5", ".3f", scale="logit", share_of="num_truth")
    precision_iou30: float = metric(
        "precision, IoU 0.3", ".3f", scale="logit", share_of="num_found"
    )
    recall_iou30: float = metric("recall, IoU 0.3", ".3f", scale="logit", share_of="num_truth")
    f1_iou30: float = metric("F1, IoU 0.3", ".3f", scale="logit", share_of="num_truth")
    precision_center: float = metric(
        "precision, centre distance", ".3f", scale="logit", share_of="num_found"
    )
    recall_center: float = metric(
        "recall, centre distance", ".3f", scale="logit", share_of="num_truth"
    )
    f1_center: float = metric("F1, centre distance", ".3f", scale="logit", share_of="num_truth")
    mean_matched_iou: float | None = metric("mean IoU of pairs", ".3f", scale="logit")
    count_bias: float | None = metric("count bias per image", "+.2f", scale="plain")
    count_mae: float | None = metric("count error per image", ".2f", scale="log_error")
    best_threshold_iou50: float = metric("best threshold here, IoU 0.5", ".3f")
    best_f1_iou50: float = metric("  F1 there", ".3f")

    def named(self) -> dict[str, float | int | None]:
        """Return each value by name; the AP of a range of sizes is `ap_<range>`."""
        values = asdict(self)
        by_side = values.pop(AP_BY_SIDE)
        return values | {f"ap_{name}": of_side for name, of_side in by_side.items()}
