"""Fit what images a model knows, the one that ships unless told otherwise.

Run it with `python -m bench.known_images` after every change of the shipped weights
(`bench/shipped_weights.py`), or with `--weights RUN` for another run folder: some minutes on two
cores; stopped, it goes on simulating where it was. It draws images as those weights learnt from,
none of which they saw, takes those of one channel, as `gapjunction predict` looks at one, finds
what is in them, and writes into the config of the model what signs usual images show (`known`). In
color much else is there to be doubted or passed by, which says nothing of one channel. Weights,
probabilities and threshold stay as they are. How far counts err then is fitted by `python -m
bench.count_intervals --fit`.
"""

import argparse
import logging
import sys
from multiprocessing import get_context
from pathlib import Path

from bench.mistakes import told_in_one_line
from bench.shipped_weights import POOL, pool_image
from gapjunction.models.checkpoint import load_checkpoint, save_config
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs.known_signs import with_known_signs
from gapjunction.runs.validation import detect
from gapjunction.samples.intensity import without_color
from gapjunction.samples.torch_dataset import TrainingImage
from gapjunction.terminal import tracked

FIRST, NUM_DRAWN = 90_000, 340  # of the pool; training takes the first few thousand


def main(weights: Path) -> None:
    """Make what is missing, fit, and write the config."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    checkpoint = load_checkpoint(weights)
    POOL.mkdir(parents=True, exist_ok=True)
    with get_context("spawn").Pool() as pool:
        waiting = pool.imap(pool_image, range(FIRST, FIRST + NUM_DRAWN))
        drawn = list(tracked(waiting, "Simulating", NUM_DRAWN))
    images = [image for image in drawn if _is_of_one_channel(image)]
    config = checkpoint.config
    found = detect(checkpoint.detector, tracked(images, "Detecting", len(images)), config)
    probable = [config.calibration.calibrated(each) for each in found]
    fitted = with_known_signs(config, images, probable)
    save_config(fitted, weights)
    sys.stdout.write(f"Fitted to {len(images)} simulated images: {fitted.known}\n")


def _is_of_one_channel(image: TrainingImage) -> bool:
    return len(without_color(image.picture.shown(image.picture.read_whole()))) == 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED_MODEL, metavar="RUN")
    with told_in_one_line():
        main(parser.parse_args().weights)
