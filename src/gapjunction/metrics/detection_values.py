"""What a benchmark of detections prints, but for the kinds of errors; docs/metrics.md explains it.

A number that cannot be computed is None.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from gapjunction.metrics.metric_field import Metric, metric, metrics_of
from gapjunction.metrics.ranges_px import distances_px, sides_px

# Fields of several values, by the name of a range or distance, and how names of these begin.
BEGINNINGS = {"ap_by_side": "ap", "ap_within": "ap_within", "f1_within": "f1_within"}


@dataclass(frozen=True, slots=True)
class DetectionMetrics:
    """The agreement of detections with annotations, at the threshold, and AP over all scores.

    Attributes:
        ap_by_side: AP of objects of one range of sizes, by the name of the range.
        ap_within, f1_within: by the distance of centers, whatever the size, by its name.
    """

    num_images: int = metric("images", "d", column="images")
    num_truth: int = metric("annotations", "d", column="annotations")
    num_found: int = metric("detections", "d", column="detections")
    ap: float | None = metric("AP, IoU 0.50 to 0.95", ".3f", scale="logit", share_of="num_truth")
    ap50: float | None = metric(
        "AP, IoU 0.50", ".3f", scale="logit", share_of="num_truth", column="AP50"
    )
    ap75: float | None = metric("AP, IoU 0.75", ".3f", scale="logit", share_of="num_truth")
    ap_by_side: Mapping[str, float | None] = metric("AP, side", ".3f")
    precision_iou50: float = metric(
        "precision, IoU 0.5", ".3f", scale="logit", share_of="num_found", column="precision"
    )
    recall_iou50: float = metric(
        "recall, IoU 0.5", ".3f", scale="logit", share_of="num_truth", column="recall"
    )
    f1_iou50: float = metric("F1, IoU 0.5", ".3f", scale="logit", share_of="num_truth", column="F1")
    precision_iou30: float = metric(
        "precision, IoU 0.3", ".3f", scale="logit", share_of="num_found"
    )
    recall_iou30: float = metric("recall, IoU 0.3", ".3f", scale="logit", share_of="num_truth")
    f1_iou30: float = metric("F1, IoU 0.3", ".3f", scale="logit", share_of="num_truth")
    precision_center: float = metric(
        "precision, center distance", ".3f", scale="logit", share_of="num_found"
    )
    recall_center: float = metric(
        "recall, center distance", ".3f", scale="logit", share_of="num_truth"
    )
    f1_center: float = metric(
        "F1, center distance", ".3f", scale="logit", share_of="num_truth", column="F1, centers"
    )
    ap_within: Mapping[str, float | None] = metric(
        "AP, centers within", ".3f", scale="logit", share_of="num_truth"
    )
    f1_within: Mapping[str, float | None] = metric(
        "F1, centers within", ".3f", scale="logit", share_of="num_truth"
    )
    mean_matched_iou: float | None = metric("mean IoU of pairs", ".3f", scale="logit")
    count_bias: float | None = metric(
        "count bias per image", "+.2f", scale="plain", column="count bias"
    )
    count_mae: float | None = metric("count error per image", ".2f", scale="log_error")
    froc_iou50: float | None = metric("FROC, IoU 0.5", ".3f", scale="logit", share_of="num_truth")
    froc_center: float | None = metric(
        "FROC, center distance", ".3f", scale="logit", share_of="num_truth"
    )
    brier_iou50: float | None = metric("Brier score, IoU 0.5", ".3f", scale="log_error")
    calibration_error_iou50: float | None = metric("calibration error, IoU 0.5", ".3f")
    best_threshold_iou50: float = metric("best threshold here, IoU 0.5", ".3f")
    best_f1_iou50: float = metric("  F1 there", ".3f")

    def named(self) -> dict[str, float | int | None]:
        """Return each value by name; those of fields of several as `detection_metrics_of` does."""
        values = asdict(self)
        for field, beginning in BEGINNINGS.items():
            of_parts = values.pop(field)
            values |= {f"{beginning}_{name}": value for name, value in of_parts.items()}
        return values


def detection_metrics_of(um_per_px: float | None) -> tuple[Metric, ...]:
    """Return the metrics in the order of the fields, one for each range of sizes and distance."""
    names = {
        "ap_by_side": tuple(sides_px(um_per_px)),
        "ap_within": tuple(distances_px(um_per_px)),
        "f1_within": tuple(distances_px(um_per_px)),
    }
    metrics: list[Metric] = []
    for each in metrics_of(DetectionMetrics):
        metrics += (
            [_of_part(each, name) for name in names[each.name]] if each.name in names else [each]
        )
    return tuple(metrics)


def _of_part(metric: Metric, name: str) -> Metric:
    """Return the metric of a range of sizes: "AP, side 8 to 16 px" for px_8_to_16."""
    unit, *words = name.split("_")
    title = f"{metric.title} {' '.join(words)} {unit}"
    return replace(metric, name=f"{BEGINNINGS[metric.name]}_{name}", title=title)
