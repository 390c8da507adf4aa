"""Measure time and peak memory of `gapjunction benchmark detection` on many simulated boxes.

Run as `python -m bench.detection_speed`: 1,000 images of 200 annotations and about as many
detections, in 100 assets, with all intervals; reading the files and logging to MLflow included.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.peak_memory import KB_PER_MB, read_peak_kb
from gapjunction.commands.benchmark.config import BenchmarkDetectionConfig
from gapjunction.commands.benchmark.detection import run
from gapjunction.detections import Detections
from gapjunction.detections_json import write_detection_file

SIDE_PX, MIN_BOX_PX, MAX_BOX_PX, JITTER_PX = 1024, 4.0, 20.0, 0.8
IMAGES_PER_ASSET = 10


def main() -> None:
    """Write the files, run the benchmark and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--boxes", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_files(root, arguments.images, arguments.boxes, np.random.default_rng(0))
        began, cpu_began = time.perf_counter(), time.process_time()
        result = run(
            BenchmarkDetectionConfig(
                ground_truth_dir=root / "truth",
                predictions_dir=root / "found",
                groups_file=root / "groups.csv",
                threshold=0.3,
                mlflow_dir=root / "mlflow",
            )
        )
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    peak_mb = read_peak_kb() / KB_PER_MB
    sys.stdout.write(f"{result}\n\n{took_s:.1f} s, of which {cpu_s:.1f} s CPU; {peak_mb:.0f} MB\n")


def write_files(root: Path, num_images: int, num_boxes: int, rng: np.random.Generator) -> None:
    """Write ground truth, predictions and the table of assets into `root`."""
    rows = ["image,asset"]
    for number in range(num_images):
        corner = rng.uniform(0, SIDE_PX - MAX_BOX_PX, (num_boxes, 2))
        boxes = np.hstack([corner, corner + rng.uniform(MIN_BOX_PX, MAX_BOX_PX, (num_boxes, 2))])
        moved = boxes + rng.normal(0, JITTER_PX, boxes.shape)
        moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 1)
        is_invented = rng.random(num_boxes) < 0.1  # noqa: PLR2004 - a share
        moved[is_invented] += rng.uniform(-MAX_BOX_PX, MAX_BOX_PX)
        scores = rng.beta(np.where(is_invented, 2, 4), 2)
        for name, each, of_each in (("truth", boxes, np.ones(num_boxes)), ("found", moved, scores)):
            write_detection_file(
                root / name / f"image_{number:05d}_bbox.json",
                Detections(
                    each.astype(np.float32),
                    of_each.astype(np.float32),
                    np.zeros(num_boxes, np.int64),
                ),
                ["gap_junction"],
                image_name=f"image_{number:05d}.webp",
                image_size=(SIDE_PX, SIDE_PX),
                with_scores=name == "found",
            )
        rows.append(f"image_{number:05d},asset_{number // IMAGES_PER_ASSET:03d}")
    (root / "groups.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
