"""Tests for `gapjunction.metrics.association`, against the formulas of HOTA in plain loops."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from gapjunction.metrics.association import Association, associate
from gapjunction.metrics.stacked_detections import find_overlaps
from gapjunction.metrics.stacked_plaques import StackedPlaques
from plaque_cases import ELSEWHERE, PLACE, plaques_of, random_sides, still


def associated(truth: StackedPlaques, found: StackedPlaques) -> Association:
    return associate(truth, found, find_overlaps(truth.boxes, found.boxes))


def iou_of(a: Sequence[float], b: Sequence[float]) -> float:
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def hota_in_loops(truth: StackedPlaques, found: StackedPlaques) -> Association:
    """Follow Luiten et al. 2021 and TrackEval slice by slice, pair by pair."""
    slices = []
    for number in range(truth.boxes.num_images):
        own, other = (np.flatnonzero(each.boxes.images == number) for each in (truth, found))
        similarity = np.array(
            [[iou_of(truth.boxes.boxes[t], found.boxes.boxes[f]) for f in other] for t in own]
        ).reshape(len(own), len(other))
        slices.append((truth.plaques[own], found.plaques[other], similarity))
    potential: defaultdict[tuple[int, int], float] = defaultdict(float)
    for true_ids, found_ids, similarity in slices:
        for a, t in enumerate(true_ids.tolist()):
            for b, f in enumerate(found_ids.tolist()):
                either = similarity[a].sum() + similarity[:, b].sum() - similarity[a, b]
                potential[t, f] += float(similarity[a, b] / either) if either > 0 else 0.0
    num_true, num_found = Counter(truth.plaques.tolist()), Counter(found.plaques.tolist())
    matches: Counter[tuple[int, int]] = Counter()
    for true_ids, found_ids, similarity in slices:
        score = similarity.copy()
        for a, t in enumerate(true_ids.tolist()):
            for b, f in enumerate(found_ids.tolist()):
                score[a, b] *= potential[t, f] / (num_true[t] + num_found[f] - potential[t, f])
        for a, b in np.transpose(linear_sum_assignment(-score)).tolist():
            if similarity[a, b] >= 0.5:
                matches[int(true_ids[a]), int(found_ids[b])] += 1
    terms = [(n, num_true[t], num_found[f]) for (t, f), n in matches.items()]
    return Association(
        len(truth.plaques),
        len(found.plaques),
        matches.total(),
        recall=sum(n * n / true for n, true, _ in terms),
        precision=sum(n * n / other for n, _, other in terms),
        accuracy=sum(n * n / (true + other - n) for n, true, other in terms),
    )


@pytest.mark.parametrize("seed", range(30))
def test_associate__random_crowds__are_the_published_formulas(seed: int) -> None:
    truth, found = random_sides(seed)
    own, other = associated(truth, found), hota_in_loops(truth, found)
    for name in Association.__slots__:
        assert getattr(own, name) == pytest.approx(getattr(other, name))


def test_associate__nothing_found__matches_nothing() -> None:
    assert associated(plaques_of(still(PLACE, 0, 1)), plaques_of()) == Association(2, 0, 0, 0, 0, 0)


def test_associate__box_of_less_than_half__is_not_matched() -> None:
    truth = plaques_of(still((0, 0, 10, 10), 0, 1))
    found = plaques_of({0: (0, 0, 10, 5), 1: (0, 0, 10, 4.9)})
    assert associated(truth, found).num_matched == 1


def test_associate__two_classes_in_one_place__are_not_matched() -> None:
    first, second = (plaques_of(still(PLACE, 0), labels=[label]) for label in (0, 1))
    assert associated(first, second).num_matched == 0


def test_associate__swap_half_way__is_half_right_on_both() -> None:
    truth = plaques_of(still(PLACE, 0, 1, 2, 3), still(ELSEWHERE, 0, 1, 2, 3))
    found = plaques_of(
        still(PLACE, 0, 1) | still(ELSEWHERE, 2, 3), still(ELSEWHERE, 0, 1) | still(PLACE, 2, 3)
    )
    expected = Association(8, 8, 8, recall=8 * 2 / 4, precision=8 * 2 / 4, accuracy=8 * 2 / 6)
    assert associated(truth, found) == expected
