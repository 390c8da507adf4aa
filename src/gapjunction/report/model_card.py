"""A model card: what a detector was trained on, how good it is, and where it comes from."""

import math
from collections.abc import Mapping
from typing import Any

import yaml

from gapjunction.report.training_assets import HEADER, asset_rows

TEMPLATE = """\
---
{facts}---

# {title}

Finds {classes} in microscopy images and gives each a box and a score. Objects with a score of
{threshold:.3f} or more are counted: with this threshold counts were neither too high nor too low
over the {num_calibration_images} calibration images. Scores are probabilities, calibrated on the
same images{among_them}.{brightness}

| validation, {num_val_images} images | |
|---|---|
{metrics}
{assets}
{flattered}
these numbers are a little too good. Numbers to publish come from the test images:
`gapjunction benchmark`.

Trained on: {data}.
"""


def model_card(facts: Mapping[str, Any]) -> str:
    """Return a model card as Markdown with all `facts` as YAML at its head.

    `facts` holds at least title, class_names, score_threshold, num_val_images,
    num_calibration_images, odds_per_octave (see `gapjunction.brightness`), num_folds,
    is_validated_on_training_images, validation (name to value), assets and assets_at_start (see
    `report.training_assets`; may be empty) and datasets (name to description); `chose_epoch` may
    say that the validation images chose none.
    """
    metrics = "\n".join(f"| {name} | {value:.3f} |" for name, value in facts["validation"].items())
    described = [f"{name} ({text})" for name, text in facts["datasets"].items()]
    return TEMPLATE.format(
        facts=yaml.safe_dump(dict(facts), sort_keys=False, allow_unicode=True),
        title=facts["title"],
        classes=" and ".join(facts["class_names"]),
        threshold=facts["score_threshold"],
        num_val_images=facts["num_val_images"],
        num_calibration_images=facts["num_calibration_images"],
        among_them=_among_them(facts),
        brightness=_brightness(facts),
        flattered=_flattered(facts),
        metrics=metrics,
        assets=_asset_table(facts),
        data="; ".join(described),
    )


def _asset_table(facts: Mapping[str, Any]) -> str:
    """Return a Markdown table of the validated assets; empty where they are not told apart."""
    rows = asset_rows(facts["assets_at_start"], facts["assets"])
    if not rows:
        return ""
    cells = [list(HEADER), ["---"] * len(HEADER), *rows]
    return "\n" + "\n".join(f"| {' | '.join(row)} |" for row in cells) + "\n"


def _among_them(facts: Mapping[str, Any]) -> str:
    if facts["is_validated_on_training_images"]:
        return ", all of which were trained on"
    if facts["num_folds"] > 1:
        return ", as detectors saw them that were trained on other assets"
    num_trained_on = facts["num_calibration_images"] - facts["num_val_images"]
    return f" ({num_trained_on} of them trained on)" if num_trained_on else ""


def _brightness(facts: Mapping[str, Any]) -> str:
    """Say what the brightness of objects has to say, and that validation did not know it."""
    if not facts["odds_per_octave"]:
        return ""
    factor = math.exp(facts["odds_per_octave"])
    return (
        f"\nIn images of one channel the odds of an object grow {factor:.1f} times with each "
        "doubling of its\nbrightness, as the annotations show; the numbers below do without that."
    )


def _flattered(facts: Mapping[str, Any]) -> str:
    """Say what the validation images were used for beside validation."""
    if facts["is_validated_on_training_images"]:
        return "The detector was trained on the validation images:"
    if facts["num_folds"] > 1:
        return (
            f"Cross-validated by asset in {facts['num_folds']} folds: no asset was judged by a\n"
            "detector that had learnt from it, but all of them chose the epoch and the threshold:"
        )
    if facts["num_calibration_images"] > facts["num_val_images"]:
        return "The validation images also chose the epoch, and have a threshold of their own here:"
    if not facts.get("chose_epoch", True):
        return "The validation images also chose the threshold and what scores mean:"
    return "The validation images also chose the epoch and the threshold:"
