"""Tests for `gapjunction.report.group_sections`."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.dataset.records import AssetMetadata
from gapjunction.report.group_sections import (
    comparison_section,
    dataset_table,
    group_section,
    summary_section,
)
from gapjunction.report.html_page import PagePicture, Points, Section, Table
from group_cases import asset, study, two_groups

pytestmark = pytest.mark.usefixtures("figures_of_one_pixel")

ASSETS = two_groups([1, 2, 3], [3, 4, 8])


def part_of_kind(section: Section, kind: type) -> list[object]:
    return [part for part in section.parts if isinstance(part, kind)]


def with_ages(assets: Sequence[AssetMeasures]) -> list[AssetMeasures]:
    return [
        asset(each.num_plaques, metadata=AssetMetadata(diagnosis="healthy", age_months=n))
        for n, each in enumerate(assets, start=1)
    ]


def test_dataset_table__means_and_spread__can_be_checked_by_hand() -> None:
    table = dataset_table(study(two_groups([1, 2, 3], [])))
    assert table.rows == [["rats", "3", "3", "6", "2.0 (1.0)", "200 (100)", "0.500 (0.000)"]]


def test_summary_section__groups__tells_results_and_limits() -> None:
    points = part_of_kind(summary_section(study(ASSETS), is_predicted=False), Points)
    assert len(points) == 2


def test_summary_section__nothing_to_compare__says_so() -> None:
    section = summary_section(study([asset(1)]), is_predicted=False)
    assert "No groups are compared" in str(section.parts[1])


def test_summary_section__first_factor__is_its_figure() -> None:
    section = summary_section(study(ASSETS, "diagnosis"), is_predicted=False)
    [picture] = part_of_kind(section, PagePicture)
    assert isinstance(picture, PagePicture)
    assert set(picture.files) == {f"groups_by_diagnosis.{kind}" for kind in ("svg", "pdf", "png")}


@pytest.mark.long
def test_group_section__further_factors__have_a_row_a_group_and_a_figure() -> None:
    assets = [replace(each, metadata=replace(each.metadata, sex="Female")) for each in ASSETS]
    assert len(part_of_kind(group_section(study(assets, "diagnosis", "sex")), PagePicture)) == 1


def test_group_section__factor__has_a_row_a_group() -> None:
    section = group_section(study(ASSETS))
    [table] = part_of_kind(section, Table)
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == ["healthy", "epilepsy"]


def test_group_section__age_only__has_a_figure() -> None:
    section = group_section(study(with_ages(ASSETS), "age"))
    assert [type(part) for part in section.parts] == [PagePicture]


def test_comparison_section__ratio__is_as_computed() -> None:
    section = comparison_section(study(ASSETS, "diagnosis"))
    [table] = part_of_kind(section, Table)
    assert isinstance(table, Table)
    assert table.rows[0][:4] == ["epilepsy / healthy", "plaques per mm\u00b2", "3 / 3", "2.500"]


def test_comparison_section__trends__have_a_table() -> None:
    section = comparison_section(study(with_ages(ASSETS), "age"))
    [table] = part_of_kind(section, Table)
    assert isinstance(table, Table)
    assert table.caption == "Correlation with age"


def test_comparison_section__nothing__is_empty() -> None:
    assert list(comparison_section(study([asset(1)])).parts) == []
