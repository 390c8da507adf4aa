"""Tests for `gapjunction.report.stack_section`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.predicted_stacks import PredictedStack
from gapjunction.report.html_page import PagePicture, Table
from gapjunction.report.stack_section import stack_figure, stack_section

pytestmark = pytest.mark.usefixtures("figures_of_one_pixel")

FIRST = PredictedStack(
    AssetName("rats", "a"), "gap_junction", 12, 9, 15, 36, 10, 0.5, 12000.0, 2.4e6
)
SECOND = PredictedStack(AssetName("rats", "b"), "gap_junction", 3, 1, 5, 9, 10, None, None, None)


def pictures(folder: Path, most: int) -> list[str]:
    parts = stack_section([FIRST, SECOND], folder, most).parts
    return [each.caption for each in parts if isinstance(each, PagePicture)]


def test_stack_section__stacks__has_a_row_each(tmp_path: Path) -> None:
    section = stack_section([FIRST, SECOND], tmp_path, 10)
    [table] = [each for each in section.parts if isinstance(each, Table)]
    common = ["gap_junction"]
    assert table.rows == [
        ["rats", "a", *common, "12", "9 to 15", "36", "10", "12,000", "2,400,000"],
        ["rats", "b", *common, "3", "1 to 5", "9", "10", "-", "-"],
    ]


def test_stack_section__no_stacks__is_left_out(tmp_path: Path) -> None:
    assert stack_section([], tmp_path, 10).parts == []


@pytest.mark.parametrize(("most", "shown"), [(0, []), (1, ["a"]), (10, ["a", "b"])])
def test_stack_section__overlays__shows_the_first(
    tmp_path: Path, most: int, shown: list[str]
) -> None:
    (tmp_path / "stack_overlays").mkdir()
    for name in ("rats_a", "rats_b"):
        Image.new("RGB", (4, 4)).save(tmp_path / "stack_overlays" / f"{name}.png")
    [_, *captions] = pictures(tmp_path, most)
    assert [each.split(" from above")[0] for each in captions] == [f"rats/{each}" for each in shown]


def test_stack_section__no_overlays__has_the_figure_alone(tmp_path: Path) -> None:
    assert pictures(tmp_path, 10) == ["Plaques of each stack, with the interval"]


def test_stack_figure__stacks__are_drawn_from_above_with_their_intervals() -> None:
    [axes] = stack_figure([FIRST, SECOND]).axes
    [points] = axes.get_lines()
    np.testing.assert_array_equal(points.get_xydata(), [[12, 1], [3, 0]])
    [intervals] = axes.collections
    ends = [np.asarray(path.vertices)[:, 0].tolist() for path in intervals.get_paths()]
    assert ends == [[9, 15], [1, 5]]
    assert [each.get_text() for each in axes.get_yticklabels()] == ["rats/a", "rats/b"]


def test_stack_figure__two_classes__are_told_apart() -> None:
    other = replace(FIRST, class_name="lipofuscin")
    [axes] = stack_figure([FIRST, other]).axes
    shown = [each.get_text() for each in axes.get_yticklabels()]
    assert shown == ["rats/a, gap_junction", "rats/a, lipofuscin"]
