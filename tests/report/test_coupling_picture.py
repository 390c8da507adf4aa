"""Tests for `gapjunction.report.coupling_picture`."""

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.measurement.coupling import Coupling
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.prediction_folder import ImageRow
from gapjunction.report.coupling_picture import (
    BORDER,
    ELSEWHERE,
    LINE,
    ON_BORDER,
    coupling_picture,
)


def test_coupling_picture__coupled_cells__are_joined_and_plaques_told_apart() -> None:
    labels = np.repeat([[1, 2]], 40, axis=0).repeat(30, axis=1)
    boxes = as_boxes([(28, 4, 32, 8), (8, 28, 12, 32)])
    found = Detections(boxes, np.ones(2, np.float32), np.zeros(2, np.int64))
    image = CountedImage(ImageRow("", "", "a"), (40, 60), 1.0, found, ("plaque",))
    coupling = Coupling.of(image, labels, 1.0, border_um=1)
    picture = coupling_picture(np.zeros((1, 40, 60), np.uint8), labels, coupling)
    assert picture.size == (120, 80)
    seen = {place: picture.getpixel(place) for place in [(60, 12), (20, 60), (40, 40), (60, 70)]}
    assert list(seen.values()) == [ON_BORDER, ELSEWHERE, LINE, BORDER]
