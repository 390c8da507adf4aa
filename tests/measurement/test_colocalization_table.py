"""Tests for `gapjunction.measurement.colocalization_table`."""

from typing import Any

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.measurement.colocalization_table import (
    COLOCALIZATION_COLUMNS,
    colocalization_rows,
)
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.measurement.regions import Region, whole_image
from gapjunction.prediction_folder import ImageRow

SIZE = (40, 60)


def rows(*regions: Region, um_per_px: float | None = 0.5) -> list[dict[str, Any]]:
    """Return the rows of two plaques, of which the left one lies on the second channel."""
    second = np.full(SIZE, 10, np.uint16)
    second[8:12, 8:12] = 90
    boxes = as_boxes([(8, 8, 12, 12), (48, 28, 52, 32)])
    found = Detections(boxes, np.ones(2, np.float32), np.zeros(2, np.int64))
    image = CountedImage(ImageRow("d", "a", "i"), SIZE, um_per_px, found, ("plaque", "other"))
    made = colocalization_rows(image, regions, np.roll(second, 3, 1), second, "GFAP")
    return [dict(zip(COLOCALIZATION_COLUMNS, row, strict=True)) for row in made]


def test_colocalization_rows__whole_image__has_all_plaques_by_class() -> None:
    plaques, others = rows(whole_image("image", *SIZE))
    assert (plaques["plaques"], plaques["on_second"], plaques["share_on"]) == (2, 1, 0.5)
    assert (plaques["second_channel"], plaques["region"]) == ("GFAP", "image")
    assert (others["plaques"], others["share_on"], others["distance_p"]) == (0, None, None)


def test_colocalization_rows__region_away_from_the_corner__has_its_own_plaques() -> None:
    region = Region("right", 30, 20, np.ones((20, 30), bool))
    assert [row["plaques"] for row in rows(region)] == [1, 0]


def test_colocalization_rows__pixel_size__scales_distances() -> None:
    row = rows(whole_image("image", *SIZE))[0]
    assert row["distance_um"] == pytest.approx(row["distance_px"] / 2, rel=1e-5)
    assert rows(whole_image("image", *SIZE), um_per_px=None)[0]["distance_um"] is None
