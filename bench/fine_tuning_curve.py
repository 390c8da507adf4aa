"""Measure what annotated images are worth: F1 and count error after training on 0 to 50 of them.

Run it with `python bench/fine_tuning_curve.py`: about half an hour on two cores; stopped, it
goes on where it was. For each kind of tissue, images are simulated with other seeds than `data/`,
each from a subject of its own; every fifth image given to training is for validation.
"""

import csv
import json
import logging
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.simulated_data import simulated
from gapjunction.choices import Split
from gapjunction.commands import train
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.simulate import SimulateConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.splits import Assignment, write_assignment
from gapjunction.dataset.writer import write_dataset
from gapjunction.detections_json import read_detection_file
from gapjunction.files import write_json
from gapjunction.metrics.counts import count_metrics
from gapjunction.metrics.detection_metrics import score_detections
from gapjunction.models.checkpoint import weights_version
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.prediction_folder import COUNTS_NAME, file_of
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.folder import SETTINGS_NAME
from gapjunction.simulation.imaging_model import Kind

# Other weights to start from are another curve.
FOLDER = Path("runs") / f"fine_tuning_curve_{weights_version(SHIPPED_MODEL)}"
KINDS: tuple[Kind, ...] = ("human", "rat")
NUM_IMAGES = (0, 1, 3, 5, 15, 50)
NUM_TEST = 16
TRAIN_SEED, TEST_SEED = 101, 102
VALIDATES_EVERY = 5


@dataclass(frozen=True, slots=True)
class Point:
    """What training on so many images gave on the test images of a kind."""

    kind: Kind
    num_images: int
    seconds: float
    f1: float
    precision: float
    recall: float
    mape_percent: float
    covered_share: float


def main() -> None:
    """Make what is missing, and print the table."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    points = []
    for kind in KINDS:
        pool = _simulated(kind, max(NUM_IMAGES), TRAIN_SEED)
        test = _simulated(kind, NUM_TEST, TEST_SEED)
        points += [_measured(kind, num, pool, test) for num in NUM_IMAGES]
    sys.stdout.write(_table(points))


def _simulated(kind: Kind, num_images: int, seed: int) -> Dataset:
    """Return a simulated dataset in which every image is an asset."""
    config = SimulateConfig(
        out=FOLDER / f"{kind}_{seed}", kind=kind, images=num_images, assets=num_images, seed=seed
    )
    return read_dataset(simulated(config))


def _measured(kind: Kind, num_images: int, pool: Dataset, test: Dataset) -> Point:
    folder = FOLDER / f"{kind}_{num_images:02d}_images"
    record = folder / "point.json"
    if not record.is_file():
        started = time.monotonic()
        run = _trained(folder, num_images, pool)
        seconds = time.monotonic() - started
        write_json(record, asdict(_scored(kind, num_images, seconds, run, test)))
    return Point(**json.loads(record.read_text(encoding="utf-8")))


def _trained(folder: Path, num_images: int, pool: Dataset) -> Path:
    """Return the run folder after training on the first images of the pool."""
    if num_images == 0:
        return SHIPPED_MODEL
    run, log = folder / "run", FOLDER / "mlflow"
    if (run / SETTINGS_NAME).exists():
        return train.run(TrainConfig(output=run, resume=True, mlflow_dir=log)).run_folder
    assets = pool.assets[:num_images]
    root = folder / pool.name
    write_dataset(Dataset(pool.name, root, pool.classes, assets, um_per_px=pool.um_per_px), root)
    splits: dict[tuple[str, str], Split] = {
        (pool.name, asset.name): "val" if i % VALIDATES_EVERY == VALIDATES_EVERY // 2 else "train"
        for i, asset in enumerate(assets)
    }
    write_assignment(folder / "splits.json", Assignment(0, 0.2, 0.0, splits))
    config = TrainConfig(
        data=(root,),
        presets="medium_quality",
        output=run,
        splits=folder / "splits.json",
        mlflow_dir=log,
    )
    return train.run(config).run_folder


def _scored(kind: Kind, num_images: int, seconds: float, run: Path, test: Dataset) -> Point:
    output = FOLDER / f"{kind}_{num_images:02d}_images" / "predictions"
    predict.run(PredictConfig(input=test.root, checkpoint=run, output=output, overlays=True))
    images = list(test.images())
    truths = [image.as_detections() for image in images]
    found = [
        read_detection_file(file_of(output, "detections", image.stem)).as_detections(
            test.class_names
        )
        for image in images
    ]
    num_true, num_found = (np.array([len(each) for each in side]) for side in (truths, found))
    score, counts = score_detections(truths, found), count_metrics(num_true, num_found)
    with (output / COUNTS_NAME).open(encoding="utf-8", newline="") as file:
        intervals = {Path(row["image"]).stem: row for row in csv.DictReader(file)}
    rows = [intervals[image.stem] for image in images]
    covered = [
        int(row["low"]) <= num <= int(row["high"]) for row, num in zip(rows, num_true, strict=True)
    ]
    return Point(
        kind,
        num_images,
        round(seconds),
        score.f1,
        score.precision,
        score.recall,
        counts.mape_percent or 0.0,
        float(np.mean(covered)),
    )


def _table(points: list[Point]) -> str:
    lines = [
        "| tissue (simulated) | annotated images | F1 at IoU 0.5 | precision | recall | "
        "count error (MAPE) | intervals that hold the truth | training |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {p.kind} | {p.num_images} | {p.f1:.3f} | {p.precision:.3f} | {p.recall:.3f} | "
        f"{p.mape_percent:.1f} % | {p.covered_share:.0%} | {p.seconds:.0f} s |"
        for p in points
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
