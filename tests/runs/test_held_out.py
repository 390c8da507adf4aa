"""Tests for `gapjunction.runs.held_out`."""

from pathlib import Path

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.runs.held_out import read_found, write_found


def test_read_found__images_with_and_without_detections__come_back(tmp_path: Path) -> None:
    two = Detections(
        as_boxes([[0, 0, 4, 4], [5, 5, 9, 9]]), np.array([0.9, 0.2], np.float32), np.array([0, 1])
    )
    written = [Detections.none(), two, Detections.none(), two[:1]]
    write_found(tmp_path / "fold" / "found.npz", written)
    found = read_found(tmp_path / "fold" / "found.npz")
    assert len(found) == len(written)
    for one, other in zip(found, written, strict=True):
        assert np.array_equal(one.boxes, other.boxes)
        assert np.array_equal(one.scores, other.scores)
        assert np.array_equal(one.labels, other.labels)
