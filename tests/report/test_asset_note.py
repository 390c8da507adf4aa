"""Tests for `gapjunction.report.asset_note`."""

from dataclasses import replace

import pytest

from detection_study import groups_of
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE
from gapjunction.report.asset_note import asset_note, interval_head


def test_asset_note__source__is_told() -> None:
    expected = "Intervals: jackknife over 3 assets (from groups.csv)."
    assert asset_note(groups_of(0, 0, 1, 1, 2, 2)) == expected


def test_asset_note__no_intervals__says_why() -> None:
    unknown = replace(groups_of(*range(6)), source=UNKNOWN_SOURCE)
    assert asset_note(unknown).startswith("No intervals: nothing tells the asset")
    assert asset_note(groups_of(0, 0)).startswith("No intervals: all images are of one asset")


@pytest.mark.parametrize(
    ("num_assets", "expected"),
    [
        (None, "no interval: assets unknown"),
        (1, "no interval, 1 asset"),
        (4, "95 % interval, 4 assets"),
    ],
)
def test_interval_head__assets__are_named(num_assets: int | None, expected: str) -> None:
    assert interval_head({"num_assets": num_assets}) == expected
