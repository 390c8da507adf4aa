"""Tests for `gapjunction.benchmark.predicted_totals`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.benchmark.predicted_totals import PREDICTED_TOTALS, PredictedTotal
from gapjunction.commands.predict.totals import TOTAL_COLUMNS
from gapjunction.errors import BenchmarkError

FIRST = "asset,rats,a,gap_junction,objects,1,5,120,101,140"
SECOND = "asset,rats,b,lipofuscin,plaques,1,10,7,3,12"
DATASET = "dataset,rats,,gap_junction,objects,2,15,127,104,152"
A, B = AssetName("rats", "a"), AssetName("rats", "b")


def write_table(folder: Path, *rows: str) -> Path:
    (folder / "totals.csv").write_text("\n".join([",".join(TOTAL_COLUMNS), *rows]) + "\n")
    return folder


def test_read__table__gives_those_of_assets(tmp_path: Path) -> None:
    write_table(tmp_path, FIRST, SECOND, DATASET)
    assert PREDICTED_TOTALS.read(tmp_path, [A, B]) == [
        PredictedTotal(A, "gap_junction", "objects", 5, 120, 101, 140),
        PredictedTotal(B, "lipofuscin", "plaques", 10, 7, 3, 12),
    ]


def test_read__other_assets_and_classes__are_left_out(tmp_path: Path) -> None:
    write_table(tmp_path, FIRST, SECOND)
    assert [each.name for each in PREDICTED_TOTALS.read(tmp_path, [A])] == [A]
    assert [each.name for each in PREDICTED_TOTALS.read(tmp_path, [A, B], "lipofuscin")] == [B]


def test_read__no_table__is_no_total(tmp_path: Path) -> None:
    assert PREDICTED_TOTALS.read(tmp_path, [A]) == []


@pytest.mark.parametrize("row", ["asset,rats", FIRST.replace(",120,", ",many,")])
def test_read__broken_table__names_it(tmp_path: Path, row: str) -> None:
    write_table(tmp_path, row)
    with pytest.raises(BenchmarkError, match=r"totals\.csv: expected a table of totals"):
        PREDICTED_TOTALS.read(tmp_path, [A])


def test_to_show__annotations__have_none() -> None:
    assert PREDICTED_TOTALS.to_show(MeasuredImages((), (), (), 0)) == []
