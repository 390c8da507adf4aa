"""Tests for `gapjunction.report.error_overlays`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.detections import Detections
from gapjunction.report.error_overlays import (
    FOUND_PENS,
    choose_worst_images,
    error_overlay,
    place_letters,
)

GROUPS = groups_of(0, 0, 1, 1, 2, 2)


def test_worst_images__most_errors__come_first() -> None:
    result = study(paired_images(), GROUPS)
    counts = result.counts
    wrong = counts.num_truth + counts.num_found - 2 * counts.num_right["iou50"]
    chosen = wrong[choose_worst_images(result, 3)].tolist()
    assert chosen == sorted(wrong.tolist(), reverse=True)[:3]


def test_worst_images__no_error__is_no_image() -> None:
    empty = (Detections.none(),)
    nothing = study(PairedDetections(("a",), ("x",), empty, empty), groups_of(0))
    assert choose_worst_images(nothing, 3) == []


def test_error_overlay__boxes__are_all_drawn_but_found_annotations() -> None:
    result = study(paired_images(), GROUPS)
    [worst] = choose_worst_images(result, 1)
    drawn = [
        np.asarray(path.get_extents().extents).tolist()
        for group in error_overlay(result, worst).axes[0].collections
        for path in group.get_paths()
    ]
    found = int(result.counts.num_found[worst])
    lost = int(result.counts.num_truth[worst] - result.counts.num_right["iou50"][worst])
    assert len(drawn) == found + lost
    kept = result.paired.found[worst].scored_at_least(result.settings.threshold)
    assert all(box in drawn for box in kept.boxes.tolist())


def test_place_letters__boxes_side_by_side__have_letters_apart() -> None:
    lettered = [("M", (10.0 * n, 10.0, 10.0 * n + 8, 18.0)) for n in range(5)]
    placed = place_letters(lettered, side_px=9)
    assert len(placed) == 5
    for number, (_, (x, y)) in enumerate(placed):
        for _, (other_x, other_y) in placed[:number]:
            assert max(abs(x - other_x), abs(y - other_y)) >= 9


def test_place_letters__no_room__leaves_letters_out() -> None:
    assert len(place_letters([("M", (10, 10, 11, 11))] * 9, side_px=9)) == 4


def test_error_overlay__image_file__is_shown(tmp_path: Path) -> None:
    Image.fromarray(np.full((40, 50), 7, np.uint8)).save(tmp_path / "a.png")
    paired = replace(paired_images(), image_paths={"image_0": tmp_path / "a.png"})
    shown = error_overlay(study(paired, GROUPS), 0).axes[0].images[0].get_array()
    assert shown is not None
    assert shown.shape == (40, 50, 3)


def test_found_pens__kinds__differ_without_color() -> None:
    looks = {(pen.style, pen.letter) for pen in FOUND_PENS.values()}
    assert len(looks) == len(FOUND_PENS)
