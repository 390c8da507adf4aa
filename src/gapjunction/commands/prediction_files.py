"""The files that a prediction leaves for each image, and the table of all counts."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gapjunction.commands.image_list import ListedImage
from gapjunction.dataset.images import ImageArray
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    COUNT_SUFFIX,
    DETECTION_SUFFIX,
    read_count_file,
    write_count_file,
    write_detection_file,
)
from gapjunction.files import write_json, write_text, written_whole
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.report.overlays import overlay

COUNTS_NAME = "counts.csv"


@dataclass(frozen=True, slots=True)
class PredictionFiles:
    """The files of one image."""

    detections: Path
    intervals: Path
    counts: Path
    overlay: Path | None

    @classmethod
    def of(cls, image: ListedImage, out: Path, *, has_overlay: bool) -> Self:
        """Return where the files of an image go in the folder `out`."""
        name = image.output_name
        return cls(
            out / "detections" / f"{name}{DETECTION_SUFFIX}.json",
            out / "intervals" / f"{name}.json",
            out / "counts" / f"{name}{COUNT_SUFFIX}.json",
            out / "overlays" / f"{name}.png" if has_overlay else None,
        )

    def are_complete(self, image: Path) -> bool:
        """Tell whether all are there, and made after the image was last changed."""
        files = (self.detections, self.intervals, self.counts, self.overlay)
        if not all(path.exists() for path in files if path):
            return False
        return self.counts.stat().st_mtime_ns >= image.stat().st_mtime_ns


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An image (C, H, W) and everything seen in it."""

    pixels: ImageArray
    seen: Detections


def write_prediction(
    image: ListedImage,
    files: PredictionFiles,
    found: Found,
    config: DetectorConfig,
    lowest_score: float,
) -> None:
    """Write the files of one image; its count file comes last and says that it is finished."""
    counted = found.seen.scored_at_least(config.score_threshold)
    height, width = found.pixels.shape[-2:]
    write_detection_file(
        files.detections,
        found.seen.scored_at_least(lowest_score),
        config.class_names,
        image_name=image.origin.path.name,
        image_size=(height, width),
    )
    if files.overlay is not None:
        picture = overlay(found.pixels, counted, config.class_colors)
        with written_whole(files.overlay) as partial:
            picture.save(partial)
    write_json(files.intervals, _intervals(counted, found.seen, config))
    write_count_file(files.counts, counted, config.class_names)


def _intervals(
    counted: Detections, seen: Detections, config: DetectorConfig
) -> dict[str, tuple[int, int]]:
    """Return for each class the interval that its true count lies in."""
    counts = counted.count_by_label(len(config.class_names))
    return {
        name: config.calibration.count_interval(int(counts[label]), of_class)
        for label, name in enumerate(config.class_names)
        for of_class in [seen.scores[seen.labels == label]]
    }


def write_table(
    output: Path,
    predicted: Sequence[tuple[ListedImage, PredictionFiles]],
    class_names: Sequence[str],
) -> dict[str, int]:
    """Write counts.csv, a row for each image and class, and return the totals.

    `low` and `high` hold the true count in 95 % of images like those of the validation.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["dataset", "asset", "image", "class", "count", "low", "high"])
    totals = dict.fromkeys(class_names, 0)
    for image, files in predicted:
        origin = image.origin
        intervals = json.loads(files.intervals.read_text(encoding="utf-8"))
        for name, count in read_count_file(files.counts).items():
            row = [origin.dataset, origin.asset, image.output_name, name, count, *intervals[name]]
            writer.writerow(row)
            totals[name] += count
    write_text(output / COUNTS_NAME, text.getvalue())
    return totals
