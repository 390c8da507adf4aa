"""Tests for `gapjunction.metrics.tide`, also against the numbers of tidecv."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from detection_cases import boxes_with_scores, random_images
from gapjunction.detections import Detections
from gapjunction.metrics.match_table import build_match_table
from gapjunction.metrics.stacked_detections import StackedDetections, find_overlaps
from gapjunction.metrics.tide import TIDE_KINDS, tide_errors


class Printed(NamedTuple):
    """Numbers of TIDE_KINDS and the AP that each costs, and that all wrong and all lost ones do."""

    number: tuple[int, ...]
    dap: tuple[float, ...]
    false: float
    missed: float


# Printed by tidecv 1.0.1 (with pycocotools 2.0.11, max_dets 100,000, AP of a hundred as of one)
# for `random_images(seed, num_images, num_classes)`.
REFERENCE = {
    (0, 6, 1): Printed(
        (0, 5, 0, 1, 1, 4),
        (0, 0.051949973578, 0, 0.011831663946, 0.000486364426, 0.0467159392),
        0.050539820476,
        0.065178460025,
    ),
    (1, 6, 2): Printed(
        (8, 19, 3, 0, 3, 9),
        (0.197466444734, 0.279079574394, 0.001564468041, 0, 0.01507224739, 0.0504216927),
        0.203187909737,
        0.284817481337,
    ),
    (5, 3, 3): Printed(
        (3, 8, 2, 0, 2, 7),
        (0.088335500217, 0.293506731626, 0, 0, 0.004518308974, 0.114778144481),
        0.172808947561,
        0.350660066007,
    ),
    (6, 30, 5): Printed(
        (91, 73, 25, 2, 2, 54),
        (
            *(0.31867371081, 0.156814198701, 0.003351848595),
            *(7.0886301e-05, 3.9454586e-05, 0.015649182664),
        ),
        0.115518764831,
        0.216053300095,
    ),
}


def errors_of(
    truth: Sequence[Detections], found: Sequence[Detections], num_classes: int = 1
) -> dict[str, float | int | None]:
    stacked = StackedDetections.of(truth), StackedDetections.of(found)
    overlaps = find_overlaps(*stacked)
    others = find_overlaps(*stacked, of_other_classes=True)
    table = build_match_table(*stacked, overlaps, center_distance_px=3)
    return tide_errors(table, overlaps, others, num_classes).named()


@pytest.mark.parametrize("case", REFERENCE, ids=str)
def test_tide_errors__random_images__are_those_of_tidecv(case: tuple[int, int, int]) -> None:
    seed, num_images, num_classes = case
    ours = errors_of(*random_images(seed, num_images, num_classes), num_classes)
    expected = REFERENCE[case]
    for kind, number, cost in zip(TIDE_KINDS, expected.number, expected.dap, strict=True):
        assert ours[f"tide_{kind}"] == number
        assert ours[f"tide_{kind}_dap"] == pytest.approx(cost, abs=1e-11)
    assert ours["tide_false_dap"] == pytest.approx(expected.false, abs=1e-11)
    assert ours["tide_missed_dap"] == pytest.approx(expected.missed, abs=1e-11)


def test_tide_errors__badly_placed_box__costs_what_it_would_find() -> None:
    """IoU 1/3 with the second object; put right, both are found: AP rises from 51 / 101 to 1."""
    truth = boxes_with_scores((0, 0, 10, 10), (30, 0, 40, 10))
    found = boxes_with_scores((0, 0, 10, 10, 0.9), (35, 0, 45, 10, 0.8))
    errors = errors_of([truth], [found])
    assert (errors["tide_loc"], errors["tide_miss"]) == (1, 0)
    assert errors["tide_loc_dap"] == pytest.approx(50 / 101)


def test_tide_errors__second_box_on_a_found_object__is_a_duplicate() -> None:
    truth = boxes_with_scores((0, 0, 10, 10))
    found = boxes_with_scores((0, 0, 10, 10, 0.8), (0, 0, 10, 9, 0.9))
    assert errors_of([truth], [found])["tide_dupe"] == 1


def test_tide_errors__nothing_annotated__are_background_and_cost_nothing_known() -> None:
    errors = errors_of([Detections.none()], [boxes_with_scores((0, 0, 5, 5))])
    assert (errors["tide_bkg"], errors["tide_bkg_dap"], errors["tide_false_dap"]) == (1, None, None)
