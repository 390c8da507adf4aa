"""Tests for `gapjunction.measurement.region_counts`."""

from typing import Any

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.measurement.region_counts import (
    REGION_COLUMNS,
    CountedImage,
    lies_within,
    region_rows,
)
from gapjunction.measurement.regions import Region, whole_image
from gapjunction.prediction_folder import ImageRow

SIZE = (100, 200)
LEFT = Region("left", 0, 0, np.ones((100, 50), bool))
EMPTY = Region("empty", 3, 3, np.zeros((2, 2), bool))


def found_at(*points: tuple[float, float], side: float = 4) -> Detections:
    half = side / 2
    boxes = as_boxes([(x - half, y - half, x + half, y + half) for x, y in points])
    return Detections(boxes, np.ones(len(points), np.float32), np.zeros(len(points), np.int64))


def rows(
    found: Detections, *regions: Region, um_per_px: float | None = 0.5, **more: Any
) -> list[dict[str, Any]]:
    row = ImageRow("rats", "rat_1", "image_1")
    image = CountedImage(row, SIZE, um_per_px, found, ("plaque", "other"))
    return [
        dict(zip(REGION_COLUMNS, each, strict=True)) for each in region_rows(image, regions, **more)
    ]


def test_region_rows__plaques__belong_where_their_centers_lie() -> None:
    found = found_at((49.5, 10), (50.5, 10), (20, 20))
    plaques, others = rows(found, LEFT)
    assert (plaques["region"], plaques["class"], plaques["count"]) == ("left", "plaque", 2)
    assert (others["class"], others["count"]) == ("other", 0)


def test_region_rows__known_pixel_size__gives_area_and_density() -> None:
    row = rows(found_at((10, 10), (20, 20)), LEFT)[0]
    assert (row["area_px"], row["area_mm2"]) == (5000, pytest.approx(5000 * 0.25e-6))
    assert row["per_mm2"] == pytest.approx(2 / (5000 * 0.25e-6))


def test_region_rows__unknown_pixel_size__has_counts_only() -> None:
    row = rows(found_at((10, 10)), LEFT, um_per_px=None)[0]
    assert [row[name] for name in ("count", "area_px", "area_mm2", "per_mm2")] == [
        *(1, 5000),
        *(None, None),
    ]


def test_region_rows__empty_region__has_no_density() -> None:
    row = rows(found_at((4, 4)), EMPTY)[0]
    assert [row[name] for name in ("count", "area_px", "area_mm2", "per_mm2")] == [0, 0, 0, None]


def test_region_rows__overlapping_regions__count_a_plaque_in_each() -> None:
    counts = [row["count"] for row in rows(found_at((10, 10)), LEFT, whole_image("all", *SIZE))]
    assert counts == [1, 0, 1, 0]


def test_region_rows__intervals__stand_beside_counts() -> None:
    row = rows(found_at((10, 10)), LEFT, intervals=[{"plaque": (0, 3), "other": (0, 1)}])[0]
    assert (row["low"], row["high"]) == (0, 3)


def test_lies_within__box_over_the_border__is_cut_there_before() -> None:
    found = found_at((201, 99.9), (-1, 50))
    assert lies_within(whole_image("all", *SIZE), found, SIZE).all()
