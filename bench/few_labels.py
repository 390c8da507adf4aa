"""Measure what a few annotated images of a lab give, and what training on them takes away.

Run it with `python -m bench.few_labels DATASET`, a dataset in the platform's format (`gapjunction
convert IMAGES OUT --from points --point_size_px 7` makes one of points); `--start RUN` trains from
other weights than the shipped ones, `--rehearse 0` without rehearsal. Stopped, it goes on where it
was. Each image is taken for an asset of its own, a fixed part of them for testing; of those to
train on every fifth validates. What is to be kept are simulated images: cells crowded with spots,
and images as the shipped weights were trained on, of seeds that nothing is trained on.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import gapjunction as gj
from bench.crowded_cells import simulate_cell
from bench.mistakes import told_in_one_line
from bench.scoring import ImageScore, score_image, score_set
from gapjunction.boxes import as_boxes
from gapjunction.choices import Split
from gapjunction.commands import train
from gapjunction.config import StrictConfig
from gapjunction.dataset.reader import read_dataset
from gapjunction.dataset.records import AnnotatedImage, Asset, Dataset
from gapjunction.dataset.splits import Assignment, write_assignment
from gapjunction.dataset.writer import write_dataset
from gapjunction.detections import Detections
from gapjunction.files import write_json
from gapjunction.models.checkpoint import load_checkpoint, weights_version
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs.config import TrainConfig
from gapjunction.runs.folder import SETTINGS_NAME
from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.random.crowded_image import simulate_crowded_image
from gapjunction.simulation.random.random_image import simulate_random_image

FOLDER = Path("runs/few_labels")
NUM_IMAGES = (0, 1, 3, 5, 15, 30, 50)
TEST_SHARE = 2 / 3
VALIDATES_EVERY = 5
SEED = 20_261_202
CELLS_PX = (6.0, 8.0, 12.0)  # apart
NUM_SIMULATED, SIDE_PX = 6, 512
DARK_PHOTONS = (5.0, 200.0)

Known = tuple[NDArray[np.generic], Detections]


class Point(StrictConfig):
    """What training on so many images gave.

    Attributes:
        f1, false_per_image: by center distance, with the threshold of the model.
        count_r: correlation of counts, over the test images; None where one side is constant.
        held: share of the test images whose interval holds the number annotated.
        processor_s: of the whole training, all threads together; `seconds` are by the clock.
    """

    num_images: int
    f1: float
    count_r: float | None
    held: float
    f1_of_kept: dict[str, float]
    false_in_dark: float
    threshold: float
    seconds: float
    processor_s: float


def main(dataset: Path, start: Path, nums: Iterable[int], rehearse: float | None) -> None:
    """Make what is missing, and print the table."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    load_checkpoint(start)  # says what is wrong with it
    pool, tested = divided(read_dataset(dataset))
    rehearsal = "usual" if rehearse is None else f"{rehearse:g}"
    folder = FOLDER / f"{dataset.name}_{weights_version(start)}_rehearse_{rehearsal}"
    points = []
    for num in nums:
        record = folder / f"{num:02}_images" / "point.json"
        if not record.is_file():
            begun, processor = time.monotonic(), time.process_time()
            run = _trained(record.parent, pool, num, start, rehearse)
            spent = time.monotonic() - begun, time.process_time() - processor
            write_json(record, _measured(num, run, tested, *spent).model_dump())
        points.append(Point(**json.loads(record.read_text(encoding="utf-8"))))
    sys.stdout.write(_table(points))


def divided(dataset: Dataset) -> tuple[Dataset, list[AnnotatedImage]]:
    """Return a dataset to train on in which each image is an asset, and the images to test on."""
    images = [image for image in dataset.images() if image.is_annotated]
    order = np.random.default_rng(SEED).permutation(len(images)).tolist()
    num_tested = round(TEST_SHARE * len(images))
    assets = tuple(Asset(f"image_{index:04}", (images[index],)) for index in order[num_tested:])
    pool = Dataset(dataset.name, dataset.root, dataset.classes, assets)
    return pool, [images[index] for index in order[:num_tested]]


def _trained(folder: Path, pool: Dataset, num: int, start: Path, rehearse: float | None) -> Path:
    """Return the run folder after training on the first images of the pool."""
    if num == 0:
        return start
    run, log, splits = folder / "run", FOLDER / "mlflow", folder / "splits.json"
    if (run / SETTINGS_NAME).exists():
        return train.run(TrainConfig(output=run, resume=True, mlflow_dir=log)).run_folder
    root, assets = folder / pool.name, pool.assets[:num]
    write_dataset(Dataset(pool.name, root, pool.classes, assets), root)
    sides: dict[tuple[str, str], Split] = {
        (pool.name, asset.name): "val" if i % VALIDATES_EVERY == VALIDATES_EVERY // 2 else "train"
        for i, asset in enumerate(assets)
    }
    write_assignment(splits, Assignment(0, 0.2, 0.0, sides))
    config = TrainConfig(
        data=(root,),
        presets="medium_quality",
        weights=str(start),
        output=run,
        splits=splits,
        rehearse=rehearse,
        mlflow_dir=log,
    )
    return train.run(config).run_folder


def _measured(
    num: int, run: Path, tested: list[AnnotatedImage], seconds: float, processor_s: float
) -> Point:
    model = gj.Model.load(run, device="cpu")
    scores, held = [], []
    for image in tested:
        found, truth = model.find(gj.read_image(image.path), scale=1.0), image.as_detections()
        scores.append(score_image(truth, found.detections))
        low, high = found.intervals[model.config.class_names[0]]
        held.append(low <= len(truth) <= high)
    kept = {name: _scores(model, images()) for name, images in KEPT.items()}
    counts = np.array([(score.num_found, score.num_truth) for score in scores]).T
    is_constant = bool((counts.std(axis=1) == 0).any())
    return Point(
        num_images=num,
        f1=score_set(scores).f1_distance or 0.0,
        count_r=None if is_constant else float(np.corrcoef(counts)[0, 1]),
        held=float(np.mean(held)),
        f1_of_kept={name: score_set(own).f1_distance or 0.0 for name, own in kept.items()},
        false_in_dark=score_set(_scores(model, _dark())).false_per_image,
        threshold=model.config.score_threshold,
        seconds=seconds,
        processor_s=processor_s,
    )


def _scores(model: gj.Model, images: Iterable[Known]) -> list[ImageScore]:
    return [
        score_image(truth, model.find(pixels, scale=1.0).detections) for pixels, truth in images
    ]


def _cells() -> Iterator[Known]:
    for spacing in CELLS_PX:
        yield simulate_cell(spacing, 0.0, np.random.default_rng([SEED, int(spacing)]))


def _simulated(draw: Callable[[int, np.random.Generator], SimulatedImage]) -> Iterator[Known]:
    for number in range(NUM_SIMULATED):
        image = draw(SIDE_PX, np.random.default_rng([SEED, number]))
        count = len(image.boxes)
        truth = Detections(image.boxes, np.ones(count, np.float32), np.zeros(count, np.int64))
        yield image.pixels, truth


def _dark() -> Iterator[Known]:
    """Yield fields of nothing but noise, a dim one and a bright one."""
    nothing = Detections(as_boxes([]), np.zeros(0, np.float32), np.zeros(0, np.int64))
    for photons in DARK_PHOTONS:
        rng = np.random.default_rng([SEED, int(photons)])
        yield rng.poisson(photons, (SIDE_PX, SIDE_PX)).astype(np.uint16), nothing


KEPT: dict[str, Callable[[], Iterator[Known]]] = {
    "cells": _cells,
    "tissue": partial(_simulated, simulate_random_image),
    "crowds": partial(_simulated, simulate_crowded_image),
}


def _table(points: list[Point]) -> str:
    lines = [
        "| annotated images | F1 | r of counts | intervals that hold | "
        + "".join(f"F1, simulated {name} | " for name in KEPT)
        + "false in a field of noise | threshold | training, processor |",
        "|--:|" + "--:|" * (6 + len(KEPT)),
    ]
    lines += [_row(point) for point in points]
    return "\n".join(lines) + "\n"


def _row(point: Point) -> str:
    kept = "".join(f"{point.f1_of_kept[name]:.3f} | " for name in KEPT)
    count_r = "-" if point.count_r is None else f"{point.count_r:.2f}"
    return (
        f"| {point.num_images} | {point.f1:.3f} | {count_r} | {point.held:.0%} | {kept}"
        f"{point.false_in_dark:.1f} | {point.threshold:.2f} | {point.processor_s:.0f} s |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--start", type=Path, default=SHIPPED_MODEL, help="a run folder")
    parser.add_argument("--images", type=int, nargs="+", default=NUM_IMAGES)
    parser.add_argument("--rehearse", type=float, help="as of `gapjunction train`")
    asked = parser.parse_args()
    with told_in_one_line():
        main(asked.dataset, asked.start, asked.images, asked.rehearse)
