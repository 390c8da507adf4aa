"""Tests for `gapjunction.benchmark.reported_table`; more is in those of totals and stacks."""

import json
from pathlib import Path

import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImage, MeasuredImages
from gapjunction.benchmark.predicted_totals import PREDICTED_TOTALS
from gapjunction.commands.predict.totals import TOTAL_COLUMNS
from gapjunction.dataset.records import AssetMetadata
from gapjunction.detections import Detections

ROW = "asset,rats,a,gap_junction,objects,1,5,120,101,140"


def measured(folder: Path, threshold: float) -> MeasuredImages:
    """Return an image that was predicted, and its table, from a score of 0.4 on."""
    (folder / "totals.csv").write_text("\n".join([",".join(TOTAL_COLUMNS), ROW]) + "\n")
    (folder / "manifest.json").write_text(json.dumps({"threshold": 0.4}))
    image = MeasuredImage(
        *("a_1", "rats", "a", AssetMetadata(), Path("a_1.png"), 8, 8, None),
        Detections.none(),
        None,
        None,
    )
    return MeasuredImages((image,), (), (), 0, folder, threshold)


def test_to_show__counted_from_the_same_score__is_what_the_table_says(tmp_path: Path) -> None:
    [total] = PREDICTED_TOTALS.to_show(measured(tmp_path, 0.4))
    assert (total.name, total.count) == (AssetName("rats", "a"), 120)


def test_to_show__counted_from_another_score__is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert PREDICTED_TOTALS.to_show(measured(tmp_path, 0.6)) == []
    assert "they were counted from a score of 0.4 on" in caplog.text
