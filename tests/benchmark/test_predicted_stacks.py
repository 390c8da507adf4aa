"""Tests for `gapjunction.benchmark.predicted_stacks`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.benchmark.predicted_stacks import PREDICTED_STACKS, PredictedStack
from gapjunction.errors import BenchmarkError
from gapjunction.prediction.linked_stack import STACK_COLUMNS

FIRST = "rats,a,gap_junction,12,9,15,36,10,1,10,0.1,0.5,0.001,5e-06,12000,2.4e+06"
SECOND = "rats,b,gap_junction,3,1,5,9,10,1,10,,,,,,"
OTHER_CLASS = "rats,a,lipofuscin,2,0,4,2,10,1,10,0.1,0.5,0.001,5e-06,2000,400000"
A, B = AssetName("rats", "a"), AssetName("rats", "b")


def write_table(folder: Path, *rows: str) -> Path:
    (folder / "stacks.csv").write_text("\n".join([",".join(STACK_COLUMNS), *rows]) + "\n")
    return folder


def test_read__table__gives_what_it_says(tmp_path: Path) -> None:
    write_table(tmp_path, FIRST, SECOND)
    assert PREDICTED_STACKS.read(tmp_path, [A, B]) == [
        PredictedStack(A, "gap_junction", 12, 9, 15, 36, 10, 0.5, 12000.0, 2.4e6),
        PredictedStack(B, "gap_junction", 3, 1, 5, 9, 10, None, None, None),
    ]


def test_read__other_assets_and_classes__are_left_out(tmp_path: Path) -> None:
    write_table(tmp_path, FIRST, SECOND, OTHER_CLASS)
    [found] = PREDICTED_STACKS.read(tmp_path, [A], "lipofuscin")
    assert (found.name, found.num_plaques) == (A, 2)


def test_read__names_that_begin_formulas__are_as_they_were(tmp_path: Path) -> None:
    write_table(tmp_path, FIRST.replace("rats,a,gap_junction", "'=rats,'@a,'-gap"))
    [found] = PREDICTED_STACKS.read(tmp_path, [AssetName("=rats", "@a")])
    assert found.class_name == "-gap"


def test_read__no_table__is_no_stack(tmp_path: Path) -> None:
    assert PREDICTED_STACKS.read(tmp_path, [A]) == []


@pytest.mark.parametrize("row", ["rats,a", FIRST.replace(",12,", ",many,")])
def test_read__broken_table__names_it(tmp_path: Path, row: str) -> None:
    write_table(tmp_path, row)
    with pytest.raises(BenchmarkError, match=r"stacks\.csv: expected a table of stacks"):
        PREDICTED_STACKS.read(tmp_path, [A])


def test_to_show__annotations__have_none() -> None:
    assert PREDICTED_STACKS.to_show(MeasuredImages((), (), (), 0)) == []
