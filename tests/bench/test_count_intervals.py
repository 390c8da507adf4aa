"""Tests for `bench.count_intervals`, on animals whose errors are known."""

from pathlib import Path

import numpy as np
import pytest
from bench.count_intervals import (
    Animals,
    Judged,
    animals_of,
    cross_validated,
    fitted_calibration,
    row_of,
)
from bench.counted_sets import AnimalSet, SeenImage
from bench.stack_sets import StackSet

from gapjunction.boxes import as_boxes
from gapjunction.calibration import Calibration
from gapjunction.count_intervals import CountEstimate
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig

CONFIG = DetectorConfig(
    class_names=("a",), class_colors=("#000000",), calibration=Calibration(num_images=9)
)


def row_of_boxes(number: int, score: float = 1.0) -> Detections:
    boxes = as_boxes([[10 * n, 0, 10 * n + 8, 8] for n in range(number)])
    return Detections(boxes, np.full(number, score, np.float32), np.zeros(number, np.int64))


def image(animal: str, num_true: int, num_found: int) -> SeenImage:
    return SeenImage(animal, row_of_boxes(num_true), row_of_boxes(num_found, 0.9), 0)


def animals_off_by(errors: list[int], look: str = "human, fields") -> Animals:
    """Return animals of two images with 50 objects found, and so many more or fewer there."""
    return {
        f"{look}: {number}": [image(f"{look}: {number}", 50 + each, 50)] * 2
        for number, each in enumerate(errors)
    }


def test_fitted_calibration__images_of_an_animal__err_alike_and_are_simulated() -> None:
    fitted = fitted_calibration(CONFIG, animals_off_by([3, -3, 2, -2, 4]))
    assert fitted.reach is not None
    assert fitted.reach.within_animals == 1
    assert fitted.reach.is_simulated
    assert fitted.reach.num_animals == 5


def test_fitted_calibration__slices_err_more_than_fields__reach_is_theirs() -> None:
    fields, slices = [1, -1] * 300, [12, -12, 9] * 8

    both = animals_off_by(fields) | animals_off_by(slices, "rat, slices")

    fitted = fitted_calibration(CONFIG, both)
    of_slices = fitted_calibration(CONFIG, animals_off_by(slices, "rat, slices"))
    assert fitted.reach is not None
    assert of_slices.reach is not None
    assert fitted.reach.image == pytest.approx(of_slices.reach.image, rel=0.15)
    assert fitted.reach.num_animals == len(fields) + len(slices)


def test_cross_validated__animal_unlike_the_others__is_outside_of_what_they_tell() -> None:
    judged = cross_validated(CONFIG, animals_off_by([1, -1] * 12 + [20]))
    assert not any(each.is_held for each in judged["human, fields: 24"])
    assert all(
        each.is_held for name in ("human, fields: 0", "human, fields: 1") for each in judged[name]
    )


def test_animals_of__stack_and_fields__takes_every_fourth_slice_and_all_fields(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def seen(own: AnimalSet | StackSet, *_: Path) -> list[SeenImage]:
        return [image(f"{own.name}/{n % 2}", n, n) for n in range(12)]

    monkeypatch.setattr("bench.count_intervals.seen_images", seen)
    fields, stacks = AnimalSet("rat", 1, 2, 6, 512), StackSet("rat", 2, 0.5, 2, 6, 384)
    animals = animals_of([fields, stacks], Path("weights"))
    assert {name: [len(each.truth) for each in images] for name, images in animals.items()} == {
        "rat, fields: rat_1_2x6_512/0": [0, 2, 4, 6, 8, 10],
        "rat, fields: rat_1_2x6_512/1": [1, 3, 5, 7, 9, 11],
        "rat, slices: rat_2/0": [0, 8],
        "rat, slices: rat_2/1": [1, 9],
    }


def test_row_of__two_animals__says_how_many_are_held_and_what_that_needs() -> None:
    def judged(true_count: int) -> Judged:
        return Judged(true_count, CountEstimate(count=100, fitted_count=100, half_width=10))

    own = {
        "human, fields: 1": [judged(105), judged(100)],
        "human, fields: 2": [judged(112), judged(130)],
        "human, slices: 1": [judged(900), judged(900)],
    }
    assert row_of("human, fields", own) == (
        *("human, fields", "2", "50.0", "9.5", "12.0"),
        *("2", "50.0", "9.5", "30.0"),
    )
