"""Average the weights of runs of one network, and fit scores and threshold to the mean.

Run it with `python -m bench.average_weights RUN RUN ... --shares 0.4 0.6 --output RUN`: some
minutes on two cores. Weights of goes that went on from each other often have the strengths of all
in their mean (Wortsman et al. 2022, "Model soups"). Simulated images that none of them saw
calibrate it. To ship it, copy what it writes to the weights of the package, then run
`bench.known_images` and `bench.plaque_scoring`.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench.mistakes import told_in_one_line
from bench.shipped_weights import POOL, pool_image
from gapjunction.files import write_text
from gapjunction.models.checkpoint import (
    CARD_NAME,
    DetectorConfig,
    load_checkpoint,
    save_checkpoint,
    weights_version,
)
from gapjunction.provenance import git_commit
from gapjunction.report.model_card import model_card
from gapjunction.runs.folds import NO_FOLDS
from gapjunction.runs.validation import detect, judge
from gapjunction.terminal import tracked
from gapjunction.training.records import Validation
from gapjunction.version import __version__

PRESET = "medium_quality"
FIRST, NUM_IMAGES = 80_000, 240  # of the pool; training takes the first few thousand


def main(runs: Sequence[Path], shares: Sequence[float], output: Path) -> None:
    """Write the mean, with the settings of the last run, and its model card."""
    checkpoints = [load_checkpoint(run) for run in runs]
    mean = mean_state([each.detector.state_dict() for each in checkpoints], shares)
    detector, config = checkpoints[-1].detector, checkpoints[-1].config
    detector.load_state_dict(mean)
    POOL.mkdir(parents=True, exist_ok=True)
    numbers = tracked(range(FIRST, FIRST + NUM_IMAGES), "Simulating", NUM_IMAGES)
    images = [pool_image(number) for number in numbers]
    found = detect(detector, tracked(images, "Detecting", NUM_IMAGES), config)
    judged = judge(images, found)
    fitted = config.but(calibration=judged.calibration, score_threshold=judged.metrics["threshold"])
    output.mkdir(parents=True, exist_ok=True)
    version = save_checkpoint(detector, fitted, output)
    parts = [
        f"model {weights_version(run)} ({share / sum(shares):.0%})"
        for run, share in zip(runs, shares, strict=True)
    ]
    facts = {
        "title": f"{PRESET}, model {version}",
        "model_version": version,
        "preset": PRESET,
        "trained_from": f"mean of {', '.join(parts)}",
        **_facts_of(fitted, judged),
    }
    write_text(output / CARD_NAME, model_card(facts))


def mean_state(
    states: Sequence[Mapping[str, Tensor]], shares: Sequence[float]
) -> dict[str, Tensor]:
    """Return the weighted mean of states; counts of batches are those of the last."""

    def mean(name: str, last: Tensor) -> Tensor:
        if not last.is_floating_point():
            return last
        weighted = [share * state[name] for state, share in zip(states, shares, strict=True)]
        return torch.stack(weighted).sum(dim=0) / sum(shares)

    return {name: mean(name, last) for name, last in states[-1].items()}


def _facts_of(config: DetectorConfig, judged: Validation) -> dict[str, Any]:
    """Return what a model card says of settings and validation."""
    return {
        "class_names": list(config.class_names),
        "channel": list(config.channel),
        "score_threshold": config.score_threshold,
        "datasets": {"random": "simulated images of random microscopes, no real one"},
        "num_val_images": NUM_IMAGES,
        "num_calibration_images": NUM_IMAGES,
        "num_folds": NO_FOLDS,
        "chose_epoch": False,
        "odds_per_octave": 0.0,
        "is_validated_on_training_images": False,
        "validation": judged.metrics,
        "assets": {},
        "assets_at_start": {},
        "package_version": __version__,
        "git_commit": git_commit(),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--shares", type=float, nargs="+", required=True)
    parser.add_argument("--output", type=Path, required=True, metavar="RUN")
    arguments = parser.parse_args()
    if len(arguments.runs) != len(arguments.shares):
        parser.error("give as many shares as runs")
    with told_in_one_line():
        main(arguments.runs, arguments.shares, arguments.output)
