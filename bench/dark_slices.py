"""Measure what is found on backgrounds that are clipped to black, from empty to crowded slices.

Run it with `python -m bench.dark_slices`, or with `--checkpoint RUN` for another model: some
minutes on two cores. Each look is a folder of simulated confocal slices that `gapjunction predict`
counts as a user would, once as 8 bits and once as 16. Plaques of neighboring slices leave light
that is darker than the faintest plaque: nobody would mark it, and nothing else is there to find.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tifffile
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from bench.mistakes import told_in_one_line
from bench.scoring import ImageScore, score_image, score_set
from gapjunction.boxes import as_boxes
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.detections import Detections
from gapjunction.detections_json import read_detection_file
from gapjunction.prediction_folder import file_of

SEED = 20_261_126
SIDE_PX = 512
NUM_PLAQUES = (0, 3, 40, 200)
IMAGES_EACH = 3
MAX_GREY = 255
GREY_16_BITS = 60  # values of a 16-bit slice for one of an 8-bit slice
CLASS = ("gap_junction",)
STAMP = 24  # px to each side of a plaque's middle that it lights
BOX_LEVEL = 0.35  # of a plaque's peak, where its box ends
BRIGHTEST = 400.0
TAIL_BLUR = 1.6  # of a plaque in another slice, times that of one in focus

Light = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Look:
    """How a microscope was set; grey values are of 8 bits.

    Attributes:
        blur_px: standard deviation of the point spread function.
        gain: grey values for a photon.
        black: grey values that are taken off every pixel.
        background: photons a pixel.
        frames: over which each pixel was averaged.
        read_noise: in grey values.
        smoothing_px: standard deviation of the filter after the exposure; 0 is none.
        median_peak, faintest: grey values of plaques in this slice.
        brightest_tail: grey values of what neighboring slices leave.
        num_tails: of these.
    """

    blur_px: float
    gain: float
    black: float
    background: float
    frames: int
    read_noise: float
    smoothing_px: float
    median_peak: float
    faintest: float
    brightest_tail: float = 14.0
    num_tails: int = 60


LOOKS = {
    "clean": Look(1.5, 1.0, 2.5, 1.0, 4, 0.3, 0.0, 90, 30),
    "smoothed": Look(1.6, 2.0, 3.0, 1.2, 2, 0.5, 0.8, 80, 30),
    "noisy": Look(2.2, 6.0, 14.0, 1.5, 1, 1.0, 0.0, 110, 50),
    "noisy, smoothed": Look(2.2, 6.0, 10.0, 1.5, 1, 1.0, 0.7, 110, 45),
    "dim": Look(1.5, 1.0, 2.5, 1.0, 4, 0.3, 0.0, 40, 28),
}


def main(checkpoint: Path | None, seed: int) -> None:
    """Print a table of what was found in each look."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    rows = ["| look | bits | " + " | ".join(map(_heading, NUM_PLAQUES)) + " |"]
    rows.append("|---|--:|" + "--:|" * len(NUM_PLAQUES))
    for name, look in LOOKS.items():
        for bits in (8, 16):
            scores = _scores(look, bits, checkpoint, seed)
            cells = [_cell(num, scores[num]) for num in NUM_PLAQUES]
            rows.append(f"| {name} | {bits} | " + " | ".join(cells) + " |")
    sys.stdout.write("\n".join(rows) + "\n")


def simulate_slice(look: Look, num_plaques: int, rng: Generator) -> tuple[Light, Detections]:
    """Return grey values (SIDE_PX, SIDE_PX) of a slice, 255 the brightest, and its plaques."""
    peaks = look.median_peak * np.exp(rng.normal(0, 0.5, num_plaques))
    light, boxes = _plaques(np.clip(peaks, look.faintest, BRIGHTEST), look.blur_px, rng)
    tails = rng.uniform(2, look.brightest_tail, look.num_tails)
    haze = ndimage.gaussian_filter(rng.standard_normal((SIDE_PX, SIDE_PX)), 12)
    haze = np.clip(1 + 0.4 * haze / haze.std(), 0, 3)
    photons = (light + _plaques(tails, TAIL_BLUR * look.blur_px, rng)[0]) / look.gain
    photons += look.background * haze
    grey = look.gain * rng.poisson(photons * look.frames) / look.frames
    grey = grey + rng.normal(0, look.read_noise, grey.shape)
    grey = ndimage.gaussian_filter(grey, look.smoothing_px) - look.black
    ones = np.ones(num_plaques, np.float32)
    return np.clip(grey, 0, MAX_GREY), Detections(boxes, ones, np.zeros(num_plaques, np.int64))


def _plaques(peaks: Light, blur_px: float, rng: Generator) -> tuple[Light, NDArray[np.float32]]:
    """Return the light (SIDE_PX, SIDE_PX) of elongated spots at random places, and their boxes."""
    wide = SIDE_PX + 2 * STAMP
    light, sides = np.zeros((wide, wide)), []
    rows, columns = np.mgrid[-STAMP : STAMP + 1, -STAMP : STAMP + 1]
    reach = float(np.sqrt(2 * np.log(1 / BOX_LEVEL)))
    for peak in peaks:
        x, y, angle = *rng.uniform(3, SIDE_PX - 3, 2), rng.uniform(0, np.pi)
        length = max(float(rng.lognormal(np.log(3.5), 0.4)), 1.5)
        along, across = np.hypot(np.array([length, length * rng.uniform(0.4, 1)]) / 2.6, blur_px)
        dx, dy = columns - (x % 1 - 0.5), rows - (y % 1 - 0.5)
        forward = dx * np.cos(angle) + dy * np.sin(angle)
        aside = dy * np.cos(angle) - dx * np.sin(angle)
        stamp = peak * np.exp(-((forward / along) ** 2 + (aside / across) ** 2) / 2)
        light[int(y) : int(y) + 2 * STAMP + 1, int(x) : int(x) + 2 * STAMP + 1] += stamp
        half = reach * np.hypot(
            [along * np.cos(angle), along * np.sin(angle)],
            [across * np.sin(angle), across * np.cos(angle)],
        )
        sides.append([x - half[0], y - half[1], x + half[0], y + half[1]])
    return light[STAMP:-STAMP, STAMP:-STAMP], np.clip(as_boxes(sides), 0, SIDE_PX)


def _scores(
    look: Look, bits: int, checkpoint: Path | None, seed: int
) -> dict[int, list[ImageScore]]:
    """Return how well the slices of a look were counted, by the number of plaques in them."""
    truths: dict[str, tuple[int, Detections]] = {}
    with TemporaryDirectory() as fresh:
        images, output = Path(fresh) / "images", Path(fresh) / "predictions"
        images.mkdir()
        for num_plaques in NUM_PLAQUES:
            for number in range(IMAGES_EACH):
                rng = np.random.default_rng([seed, num_plaques, number])
                grey, truth = simulate_slice(look, num_plaques, rng)
                name = f"slice_{len(truths):02}"
                tifffile.imwrite(images / f"{name}.tif", _as_pixels(grey, bits))
                truths[name] = num_plaques, truth
        predict.run(PredictConfig(input=images, checkpoint=checkpoint, output=output, scale=1.0))
        scores: dict[int, list[ImageScore]] = {num: [] for num in NUM_PLAQUES}
        for name, (num_plaques, truth) in truths.items():
            path = file_of(output, "detections", name)
            found = read_detection_file(path).as_detections(CLASS)
            scores[num_plaques].append(score_image(truth, found))
    return scores


def _as_pixels(grey: Light, bits: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    if bits == 8:  # noqa: PLR2004 - the other is 16
        return np.rint(grey).astype(np.uint8)
    return np.rint(grey * GREY_16_BITS).astype(np.uint16)


def _heading(num_plaques: int) -> str:
    return f"{num_plaques} plaques: F1" if num_plaques else "false in an empty slice"


def _cell(num_plaques: int, scores: Sequence[ImageScore]) -> str:
    total = score_set(scores)
    return f"{total.f1_distance:.2f}" if num_plaques else f"{total.false_per_image:.1f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, help="run folder; else the shipped weights")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other slices")
    asked = parser.parse_args()
    with told_in_one_line():
        main(asked.checkpoint, asked.seed)
