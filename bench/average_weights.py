"""Ship the mean of two of the runs of `shipped_weights.py`, of which one went on from the other.

Run it with `python -m bench.average_weights FIRST SECOND --share 0.35 --pools POOL POOL`.
Weights half-way between two goes on the same path often have the strengths of both (Wortsman et
al. 2022, "Model soups"). Scores and threshold are fitted anew, to the validation images of all
pools.
"""

import argparse
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

from bench.shipped_weights import NUM_VAL, as_training_image
from gapjunction.files import write_text
from gapjunction.models.checkpoint import WEIGHTS_NAME, load_checkpoint, save_checkpoint
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.provenance import git_commit
from gapjunction.report.model_card import model_card
from gapjunction.runs.folder import CARD_NAME
from gapjunction.runs.validation import THRESHOLD, validate_detector
from gapjunction.version import __version__


def main(first: Path, second: Path, share: float, pools: list[Path]) -> None:
    """Write the mean, of which `share` is the second run's, to the package."""
    checkpoint = load_checkpoint(first)
    detector, others = checkpoint.detector, load_file(second / WEIGHTS_NAME)
    mean = {
        name: torch.lerp(own, others[name], share) if own.is_floating_point() else own
        for name, own in detector.state_dict().items()
    }
    detector.load_state_dict(mean)
    images = [
        as_training_image(path) for pool in pools for path in sorted(pool.glob("*.png"))[:NUM_VAL]
    ]
    validation = validate_detector(detector, images, checkpoint.config)
    config = checkpoint.config.but(
        score_threshold=validation.metrics[THRESHOLD],
        calibration=validation.calibration,
    )
    version = save_checkpoint(detector, config, SHIPPED_MODEL)
    other = load_checkpoint(second).version
    facts = {
        "title": f"medium_quality, model {version}",
        "model_version": version,
        "preset": "medium_quality",
        "trained_from": f"{1 - share:.0%} of model {checkpoint.version}, {share:.0%} of {other}",
        "class_names": list(config.class_names),
        "score_threshold": config.score_threshold,
        "datasets": {"random": "simulated images of random microscopes, no real one"},
        "num_val_images": len(images),
        "num_calibration_images": len(images),
        "is_validated_on_training_images": False,
        "validation": validation.metrics,
        "num_folds": 1,
        "assets_at_start": {},
        "assets": {},
        "package_version": __version__,
        "git_commit": git_commit(),
    }
    write_text(SHIPPED_MODEL / CARD_NAME, model_card(facts))
    sys.stdout.write(f"model {version}: {validation.metrics}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--share", type=float, default=0.35)
    parser.add_argument("--pools", type=Path, nargs="+", required=True)
    asked = parser.parse_args()
    main(asked.first, asked.second, asked.share, asked.pools)
