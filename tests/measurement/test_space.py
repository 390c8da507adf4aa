"""Tests for `gapjunction.measurement.space`."""

import numpy as np
import pytest

from gapjunction.detections import Detections
from gapjunction.measurement import space
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.measurement.regions import whole_image
from gapjunction.measurement.ripley import FloatArray, ShiftedArea, random_points
from gapjunction.measurement.space import (
    RIPLEY_COLUMNS,
    SPACE_COLUMNS,
    AgainstChance,
    against_chance,
    patterns_of,
    ripley_rows,
    space_row,
)
from gapjunction.prediction_folder import ImageRow

REGION = whole_image("image", 100, 100)
AREA = ShiftedArea.of(REGION)


def told(points: FloatArray) -> AgainstChance:
    return against_chance(points, AREA, np.random.default_rng(0))


def counted_image(points: FloatArray, um_per_px: float | None = 0.5) -> CountedImage:
    boxes = np.hstack([points - 1, points + 1]).astype(np.float32)
    found = Detections(boxes, np.ones(len(points), np.float32), np.zeros(len(points), np.int64))
    return CountedImage(ImageRow("rats", "rat 1", "a"), (100, 100), um_per_px, found, ("gj",))


def test_against_chance__grid__is_regular() -> None:
    grid = np.stack(np.meshgrid(np.arange(5.0, 100, 10), np.arange(5.0, 100, 10)), -1)
    against = told(grid.reshape(-1, 2))
    assert against.nearest_px == pytest.approx(10)
    assert against.nearest_px / against.nearest_by_chance_px > 1.7
    assert against.nearest_p == pytest.approx(2 / 200)
    assert (against.l_px < against.low_px).any()


def test_against_chance__clusters__are_clustered() -> None:
    rng = np.random.default_rng(1)
    centers = rng.uniform(10, 90, (6, 2)).repeat(8, axis=0)
    against = told(np.clip(centers + rng.normal(0, 2, centers.shape), 0, 99.9))
    assert against.ripley_p == pytest.approx(1 / 200)
    assert against.nearest_px < 0.6 * against.nearest_by_chance_px
    assert (against.l_px > against.high_px)[:20].all()


@pytest.mark.long
def test_against_chance__chance__has_p_that_are_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 150 patterns, 5 % have p of 0.05: 2 to 15, but for one time in a thousand."""
    monkeypatch.setattr(space, "NUM_SIMULATED", 39)
    rng = np.random.default_rng(2)
    found = [against_chance(random_points(REGION, 25, rng), AREA, rng) for _ in range(150)]
    for p_values in ([each.ripley_p for each in found], [each.nearest_p for each in found]):
        assert 2 <= sum(p <= 0.05 for p in p_values) <= 15
        assert np.mean(p_values) == pytest.approx(0.5, abs=0.1)


def test_patterns_of__few_plaques__are_not_compared() -> None:
    image = counted_image(np.full((4, 2), 50.0))
    [pattern] = patterns_of(image, [REGION], np.random.default_rng(0))
    assert pattern.against is None
    row = dict(zip(SPACE_COLUMNS, space_row(image, pattern), strict=True))
    assert (row["plaques"], row["ripley_p"]) == (4, None)
    assert list(ripley_rows(image, pattern)) == []


@pytest.mark.parametrize(("um_per_px", "radius_um"), [(0.5, 12.5), (None, None)])
def test_ripley_rows__pattern__end_at_a_quarter_of_the_side(
    um_per_px: float | None, radius_um: float | None
) -> None:
    image = counted_image(random_points(REGION, 30, np.random.default_rng(0)), um_per_px)
    [pattern] = patterns_of(image, [REGION], np.random.default_rng(0))
    rows = [dict(zip(RIPLEY_COLUMNS, row, strict=True)) for row in ripley_rows(image, pattern)]
    assert (rows[-1]["radius_px"], rows[-1]["radius_um"]) == (25, radius_um)
    low, high = rows[-1]["low_px"], rows[-1]["high_px"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 25 < high
    row = dict(zip(SPACE_COLUMNS, space_row(image, pattern), strict=True))
    assert (row["nearest_um"] is None) == (um_per_px is None)
