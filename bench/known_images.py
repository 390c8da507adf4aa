"""Fit how far the counts of a model are to be trusted, the one that ships unless told otherwise.

Run it with `python -m bench.known_images` after every change of the shipped weights
(`bench/shipped_weights.py`), or with `--weights RUN` for another run folder: some minutes on two
cores; stopped, it goes on simulating where it was. It draws images as those weights learnt from,
none of which they saw, finds what is in them, and writes into the config of the model how wide
intervals are (`calibration.shared_doubt`) and what signs usual images show (`known`). Weights,
probabilities and threshold stay as they are.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

from bench.shipped_weights import POOL, pool_image
from gapjunction.calibration import Calibration
from gapjunction.detections import Detections
from gapjunction.metrics.calibration_fit import fit_shared_doubt
from gapjunction.metrics.judged_scores import judged_boxes
from gapjunction.models.checkpoint import DetectorConfig, load_checkpoint, save_config
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.runs.known_signs import with_known_signs
from gapjunction.runs.validation import detect
from gapjunction.samples.torch_dataset import TrainingImage
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
    calibration = with_spread(config, images, probable)
    fitted = with_known_signs(config.but(calibration=calibration), images, probable)
    save_config(fitted, weights)
    sys.stdout.write(f"Fitted to {NUM_IMAGES} simulated images: {calibration}, {fitted.known}\n")


def with_spread(
    config: DetectorConfig, images: Sequence[TrainingImage], probable: Sequence[Detections]
) -> Calibration:
    """Return the calibration with intervals for the counts of these images.

    `probable` is what is found in each, with probabilities for scores.
    """
    judged = [
        judged_boxes(image.as_detections(), own)
        for image, own in zip(images, probable, strict=True)
    ]
    own = config.calibration
    shared = fit_shared_doubt(judged, config.score_threshold, own.missed_share)
    return own.but(dispersion=1.0, shared_doubt=shared)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=SHIPPED_MODEL, metavar="RUN")
    main(parser.parse_args().weights)
