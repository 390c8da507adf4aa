"""Tests for `gapjunction.report.asset_note`."""

from dataclasses import replace

from detection_study import groups_of
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE
from gapjunction.report.asset_note import asset_note


def test_asset_note__source__is_told() -> None:
    assert "6 images, as nothing tells their assets" in asset_note(
        replace(groups_of(*range(6)), source=UNKNOWN_SOURCE)
    )
    assert "3 assets (from groups.csv). With less than 10" in asset_note(
        groups_of(0, 0, 1, 1, 2, 2)
    )
    assert "less than" not in asset_note(groups_of(*range(10)))
    assert asset_note(groups_of(0, 0)).startswith("No intervals")
