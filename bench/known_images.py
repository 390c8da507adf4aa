"""Fit what images a model knows, the one that ships unless told otherwise.

Run it with `python -m bench.known_images` after every change of the shipped weights
(`bench/shipped_weights.py`), or with `--weights RUN` for another run folder: some minutes on two
cores; stopped, it goes on simulating where it was. It draws images as those weights learnt from,
none of which they saw, finds what is in them, and writes into the config of the model what signs
usual images show (`known`). Weights, probabilities and threshold stay as they are. How far counts
err then is fitted by `python -m bench.count_intervals --fit`.
"""

import argparse
import logging
import sys
from multiprocessing import get_context
from pathlib import Path

from bench.shipped_weights import POOL, pool_image
from gapjunction.models.checkpoint import load_checkpoint, save_config
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs.known_signs import with_known_signs
from gapjunction.runs.validation import detect
from gapjunction.terminal import tracked

FIRST, NUM_IMAGES = 90_000, 240  # of the pool; training takes the first few thousand


def main(weights: Path) -> None:
    """Make what is missing, fit, and write the config."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    POOL.mkdir(parents=True, exist_ok=True)
    with get_context("spawn").Pool() as pool:
        waiting = pool.imap(pool_image, range(FIRST, FIRST + NUM_IMAGES))
        images = list(tracked(waiting, "Simulating", NUM_IMAGES))
    checkpoint = load_checkpoint(weights)
    config = checkpoint.config
    found = detect(checkpoint.detector, tracked(images, "Detecting", NUM_IMAGES), config)
    probable = [config.calibration.calibrated(each) for each in found]
    fitted = with_known_signs(config, images, probable)
    save_config(fitted, weights)
    sys.stdout.write(f"Fitted to {NUM_IMAGES} simulated images: {fitted.known}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED_MODEL, metavar="RUN")
    main(parser.parse_args().weights)
