"""Tests for `gapjunction.benchmark.plaque_distributions`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.plaque_distributions import SHARES, plaque_distributions
from gapjunction.benchmark.predicted_tables import AssetTable

RAT = AssetName("rats", "rat 1")


def plaque(area_um2: str, *, resolved: str = "both", light: str = "5") -> dict[str, str]:
    """Return a row of objects.csv; a pixel is 0.5 um wide."""
    area_px2 = str(float(area_um2) * 4) if area_um2 else ""
    return {
        "resolved": resolved,
        "area_um2": area_um2,
        "area_px2": area_px2,
        "length_um": area_um2,
        "length_px": area_px2,
        "integrated_Cx43": light,
    }


def table_of(rows: Sequence[dict[str, str]]) -> AssetTable:
    return AssetTable(Path("objects.csv"), tuple(rows[0]), {RAT: rows})


def test_plaque_distributions__many_plaques__have_the_quantiles_of_their_ranks() -> None:
    area, length, light = plaque_distributions(table_of([plaque(str(n)) for n in range(1, 100)]))
    assert area.quantiles[RAT].tolist() == pytest.approx((100 * SHARES).tolist())
    assert (area.title, area.num_plaques[RAT]) == ("area, \u00b5m\u00b2", 99)
    assert length.title == "length, \u00b5m"
    assert light.title == "light in Cx43, grey values"
    assert area.is_positive


def test_plaque_distributions__spots__count_as_the_smallest() -> None:
    """Six of ten are below the resolution, so that the median is."""
    spots = [plaque("", resolved="none")] * 6
    area, *_, light = plaque_distributions(table_of([*spots, *[plaque("2")] * 4]))
    assert area.quantiles[RAT][SHARES <= 0.6].tolist() == [-np.inf] * 12
    assert area.quantiles[RAT][SHARES > 0.61].tolist() == [2] * 7
    assert light.quantiles[RAT].tolist() == [5] * len(SHARES)


def test_plaque_distributions__asset_of_spots_alone__has_quantiles_below_the_resolution() -> None:
    spots = [plaque("", resolved="none")] * 10
    rows = {RAT: [plaque("2")] * 10, AssetName("rats", "rat 2"): spots}

    area, *_ = plaque_distributions(AssetTable(Path("objects.csv"), tuple(spots[0]), rows))

    assert area.quantiles[AssetName("rats", "rat 2")].tolist() == [-np.inf] * len(SHARES)


def test_plaque_distributions__spots_alone__have_no_size_to_show() -> None:
    tables = plaque_distributions(table_of([plaque("", resolved="none")] * 10))
    assert [each.name for each in tables] == ["light_Cx43"]


def test_plaque_distributions__no_scale__is_in_pixels() -> None:
    rows = [plaque("2") | {"area_um2": "", "length_um": ""}]
    assert [each.title for each in plaque_distributions(table_of(rows))][:2] == [
        "area, px\u00b2",
        "length, px",
    ]


def test_plaque_distributions__nothing_measured__is_left_out() -> None:
    rows = [plaque("", resolved="", light="-3")]
    [light] = plaque_distributions(table_of(rows))
    assert light.name == "light_Cx43"
    assert not light.is_positive
