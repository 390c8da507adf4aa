"""A model card: what a detector was trained on, how good it is, and where it comes from."""

from collections.abc import Mapping
from typing import Any

import yaml

TEMPLATE = """\
---
{facts}---

# {title}

Finds {classes} in microscopy images and gives each a box and a score. Objects with a score of
{threshold:.3f} or more are counted: with this threshold as many are counted in the
{num_calibration_images} calibration images as were annotated there. Scores are probabilities,
calibrated on the same images{among_them}.

| validation, {num_val_images} images | |
|---|---|
{metrics}

The validation images also chose the epoch, and these numbers are with a threshold of their own:
they are a little too good. Numbers to publish come from the test images: `gapjunction benchmark`.

Trained on: {data}.
"""


def model_card(facts: Mapping[str, Any]) -> str:
    """Return a model card as Markdown with all `facts` as YAML at its head.

    `facts` holds at least title, class_names, score_threshold, num_val_images,
    num_calibration_images, validation (name to value) and datasets (name to description).
    """
    metrics = "\n".join(f"| {name} | {value:.3f} |" for name, value in facts["validation"].items())
    num_trained_on = facts["num_calibration_images"] - facts["num_val_images"]
    described = [f"{name} ({text})" for name, text in facts["datasets"].items()]
    return TEMPLATE.format(
        facts=yaml.safe_dump(dict(facts), sort_keys=False, allow_unicode=True),
        title=facts["title"],
        classes=" and ".join(facts["class_names"]),
        threshold=facts["score_threshold"],
        num_val_images=facts["num_val_images"],
        num_calibration_images=facts["num_calibration_images"],
        among_them=f", of which {num_trained_on} were trained on" if num_trained_on > 0 else "",
        metrics=metrics,
        data="; ".join(described),
    )
