"""How good the predictions of a pipeline are on its test images."""

from collections.abc import Sequence
from pathlib import Path

from gapjunction.commands.benchmark.counts import BenchmarkCountsResult
from gapjunction.dataset.coco import CocoImage
from gapjunction.detections_json import read_detection_file
from gapjunction.metrics.detection_metrics import DetectionScore, score_detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction_folder import file_of
from gapjunction.report.tables import aligned_text


def score_predictions(
    images: Sequence[CocoImage],
    class_names: Sequence[str],
    config: DetectorConfig,
    predictions: Path,
) -> DetectionScore:
    """Compare what was counted with the annotations; classes are the same if their names are."""
    # Labels of annotations count in `class_names`, which therefore come first.
    names = list(dict.fromkeys([*class_names, *config.class_names]))
    found = []
    for image in images:
        stem = Path(image.file_name).stem
        file = read_detection_file(file_of(predictions, "detections", stem))
        found.append(file.as_detections(names).scored_at_least(config.score_threshold))
    return score_detections([image.as_detections() for image in images], found)


def score_table(score: DetectionScore, counts: BenchmarkCountsResult) -> str:
    """Return how good the boxes and the counts of the test images are, as a table."""
    overall = counts.suite["all"]
    rows = [
        ("images", str(overall["num_images"])),
        ("objects, true", str(score.num_truth)),
        ("objects, found", str(score.num_found)),
        ("F1 at IoU 0.5", f"{score.f1:.3f}"),
        ("precision", f"{score.precision:.3f}"),
        ("recall", f"{score.recall:.3f}"),
        ("mean IoU of matches", _formatted(score.mean_matched_iou, "{:.3f}")),
        ("count error (MAPE), %", _formatted(overall["mape_percent"], "{:.1f}")),
        ("count bias, per image", _formatted(overall["bias"], "{:+.2f}")),
    ]
    return aligned_text(["test images", "all"], rows)


def _formatted(value: float | None, pattern: str) -> str:
    return "-" if value is None else pattern.format(value)
