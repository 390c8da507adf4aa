"""Measure what is found of clean, bright spots that crowd in a cell, and whether intervals hold.

Run it with `python -m bench.crowded_cells`, or with `--checkpoint RUN` for another model: a minute
on two cores. Each image is a disc of spots, at least so many pixels apart, on a dark field or in
the glow of its cell, and `gapjunction predict` counts it as a user would, in a folder of its own.
All of it is simulated. It is the case where spots were once taken for a clump of granules.
"""

import argparse
import csv
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tifffile
from numpy.random import Generator
from numpy.typing import NDArray

from bench.mistakes import told_in_one_line
from bench.scoring import ImageScore, score_image
from gapjunction.boxes import as_boxes
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.prediction_folder import COUNTS_NAME, file_of

SEED = 20_261_201
SIDE_PX, RADIUS_PX = 256, 55.0
SPACINGS_PX = (6.0, 8.0, 10.0, 12.0)
IMAGES_EACH = 4
SIGMA_PX = 1.6
PEAK_PHOTONS = (480.0, 800.0)
BACKGROUND_PHOTONS = 200.0
GLOWS = {"dark field": 0.0, "glowing cell": 300.0}  # photons between the spots
BOX_PER_SIGMA = 2 * float(np.sqrt(2 * np.log(1 / 0.3)))  # where 0.3 of the peak is left
TRIES = 4000
CLASS = ("gap_junction",)

Light = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counted:
    """An image's score, and whether its interval holds the true count."""

    score: ImageScore
    is_held: bool


def main(checkpoint: Path | None, seed: int) -> None:
    """Print a table of what was found at each spacing."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s", stream=sys.stderr)
    rows = ["| cell | apart, px | spots | recall | precision | intervals that hold |"]
    rows.append("|---|--:|--:|--:|--:|--:|")
    rows += [
        f"| {name} | {spacing:g} | {_row(list(_count(spacing, glow, checkpoint, seed)))} |"
        for name, glow in GLOWS.items()
        for spacing in SPACINGS_PX
    ]
    sys.stdout.write("\n".join(rows) + "\n")


def simulate_cell(
    spacing_px: float, glow_photons: float, rng: Generator
) -> tuple[NDArray[np.uint16], Detections]:
    """Return an image (SIDE_PX, SIDE_PX) of a cell full of spots, and their boxes."""
    middle = SIDE_PX / 2 + rng.uniform(-20, 20, 2)
    reach = RADIUS_PX * np.sqrt(rng.random(TRIES))
    turn = rng.uniform(0, 2 * np.pi, TRIES)
    places: list[NDArray[np.float64]] = []
    for place in middle + np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1):
        if all(np.hypot(*(place - other)) >= spacing_px for other in places):
            places.append(place)
    grid = np.arange(SIDE_PX) + 0.5
    from_middle = np.hypot(grid - middle[0], grid[:, None] - middle[1])
    light = BACKGROUND_PHOTONS + glow_photons / (1 + np.exp((from_middle - RADIUS_PX - 5) / 3))
    for x, y in places:
        column, row = (np.exp(-(((grid - at) / SIGMA_PX) ** 2) / 2) for at in (y, x))
        light += rng.uniform(*PEAK_PHOTONS) * np.outer(column, row)
    half = SIGMA_PX * BOX_PER_SIGMA / 2
    boxes = as_boxes([(x - half, y - half, x + half, y + half) for x, y in places])
    num = len(places)
    truth = Detections(boxes, np.ones(num, np.float32), np.zeros(num, np.int64))
    return rng.poisson(light).astype(np.uint16), truth


def _count(
    spacing_px: float, glow_photons: float, checkpoint: Path | None, seed: int
) -> Iterator[Counted]:
    with TemporaryDirectory() as fresh:
        for number in range(IMAGES_EACH):
            rng = np.random.default_rng([seed, int(spacing_px), int(glow_photons), number])
            pixels, truth = simulate_cell(spacing_px, glow_photons, rng)
            folder, output = Path(fresh) / f"cell_{number}", Path(fresh) / f"out_{number}"
            folder.mkdir()
            tifffile.imwrite(folder / "cell.tif", pixels)
            predict.run(PredictConfig(input=folder, checkpoint=checkpoint, output=output))
            found = read_detection_file(file_of(output, "detections", "cell")).as_detections(CLASS)
            with (output / COUNTS_NAME).open(encoding="utf-8", newline="") as table:
                (row,) = csv.DictReader(table)
            is_held = int(row["low"]) <= len(truth) <= int(row["high"])
            yield Counted(score_image(truth, found), is_held)


def _row(images: Sequence[Counted]) -> str:
    scores = [image.score for image in images]
    num_near = sum(score.num_near for score in scores)
    num_truth = sum(score.num_truth for score in scores)
    num_found = sum(score.num_found for score in scores)
    recall, precision = num_near / num_truth, num_near / max(num_found, 1)
    num_held = sum(image.is_held for image in images)
    return f"{num_truth} | {recall:.2f} | {precision:.2f} | {num_held} of {len(images)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, help="run folder; else the shipped weights")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other cells")
    asked = parser.parse_args()
    with told_in_one_line():
        main(asked.checkpoint, asked.seed)
