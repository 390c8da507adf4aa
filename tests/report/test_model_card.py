"""Tests for `gapjunction.report.model_card`."""

from typing import Any

import pytest
import yaml

from gapjunction.report.model_card import model_card

FACTS: dict[str, Any] = {
    "title": "medium_quality, model 1a2b3c4d",
    "class_names": ["gap_junction", "other"],
    "score_threshold": 0.3456,
    "num_val_images": 4,
    "num_calibration_images": 10,
    "odds_per_octave": 0.0,
    "num_folds": 1,
    "is_validated_on_training_images": False,
    "validation": {"f1": 0.91234, "recall": 0.9},
    "assets_at_start": {
        "RAT/rat_01": {"num_images": 4, "num_truth": 30, "num_found": 40, "f1": 0.8}
    },
    "assets": {"RAT/rat_01": {"num_images": 4, "num_truth": 30, "num_found": 31, "f1": 0.9}},
    "datasets": {"RAT": "12 images", "Zürich": "3 images"},
}


def test_model_card__head__holds_all_facts_as_yaml() -> None:
    _, head, _ = model_card(FACTS).split("---\n", 2)
    assert yaml.safe_load(head) == FACTS


def test_model_card__text__names_what_a_reader_asks_for() -> None:
    _, _, text = model_card(FACTS).split("---\n", 2)
    for part in (
        "# medium_quality, model 1a2b3c4d",
        "gap_junction and other",
        "0.346 or",
        "10 calibration images",
        "(6 of them trained on)",
        "validation, 4 images",
        "| f1 | 0.912 |\n| recall | 0.900 |",
        "| RAT/rat_01 | 4 | 30 | 0.800 | 0.900 | 40 | 31 |",
        "RAT (12 images); Zürich (3 images)",
    ):
        assert part in text


def test_model_card__names_with_braces_and_colons__stay_as_they_are() -> None:
    facts = FACTS | {"datasets": {"{x}: y": "1 image"}}
    _, head, text = model_card(facts).split("---\n", 2)
    assert yaml.safe_load(head) == facts
    assert "{x}: y (1 image)" in text


@pytest.mark.parametrize(
    ("facts", "among_them", "flattered"),
    [
        ({}, "images (6 of them trained on).", "have a threshold of their own here:"),
        ({"num_calibration_images": 4}, "images.", "chose the epoch and the threshold:"),
        (
            {"num_calibration_images": 4, "chose_epoch": False},
            "images.",
            "also chose the threshold and what scores mean:",
        ),
        (
            {"num_calibration_images": 4, "is_validated_on_training_images": True},
            "images, all of which were trained on.",
            "was trained on the validation images:",
        ),
        (
            {"num_folds": 3},
            "images, as detectors saw them that were trained on other assets.",
            "Cross-validated by asset in 3 folds:",
        ),
    ],
)
def test_model_card__text__says_what_validation_images_were_used_for(
    facts: dict[str, Any], among_them: str, flattered: str
) -> None:
    text = model_card(FACTS | facts).replace("\n", " ")
    assert f"calibrated on the same {among_them}" in text
    assert flattered in text


def test_model_card__brightness_tells__says_how_much_and_that_validation_did_not_know() -> None:
    text = model_card(FACTS | {"odds_per_octave": 1.2}).replace("\n", " ")
    assert "grow 3.3 times with each doubling of its brightness" in text
    assert "the numbers below do without that" in text
    assert "brightness" not in model_card(FACTS)
