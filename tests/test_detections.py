"""Tests for `gapjunction.detections`."""

import numpy as np
import pytest

from gapjunction.detections import Detections


def detections(*scores: float) -> Detections:
    """Return detections of these scores; the label of each is its place, modulo 2."""
    count = len(scores)
    boxes = np.arange(4 * count, dtype=np.float32).reshape(count, 4)
    return Detections(boxes, np.array(scores, np.float32), np.arange(count) % 2)


@pytest.mark.parametrize(
    ("num_boxes", "num_scores", "num_labels"), [(2, 1, 2), (2, 2, 3), (0, 1, 0)]
)
def test_detections__lengths_differ__are_refused(
    num_boxes: int, num_scores: int, num_labels: int
) -> None:
    with pytest.raises(ValueError, match=r"expected shapes \(N, 4\), \(N,\), \(N,\)"):
        Detections(
            np.zeros((num_boxes, 4), np.float32),
            np.zeros(num_scores, np.float32),
            np.zeros(num_labels, np.int64),
        )


def test_getitem__mask__selects_boxes_scores_and_labels_together() -> None:
    chosen = detections(0.1, 0.9, 0.5)[np.array([False, True, True])]
    assert chosen.boxes[:, 0].tolist() == [4, 8]
    assert chosen.scores.tolist() == pytest.approx([0.9, 0.5])
    assert chosen.labels.tolist() == [1, 0]


def test_scored_at_least__score_on_the_threshold__stays() -> None:
    assert len(detections(0.25, 0.5, 0.75).scored_at_least(0.5)) == 2


def test_joined__several_parts__keeps_their_order() -> None:
    joined = Detections.joined([detections(0.5), Detections.none(), detections(0.25, 0.75)])
    assert joined.scores.tolist() == [0.5, 0.25, 0.75]


def test_joined__no_parts__is_empty() -> None:
    assert len(Detections.joined([])) == 0


def test_count_by_label__class_without_detections__counts_zero() -> None:
    assert detections(0.5, 0.5, 0.5).count_by_label(num_classes=3).tolist() == [2, 1, 0]
