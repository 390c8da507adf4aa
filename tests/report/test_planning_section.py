"""Tests for `gapjunction.report.planning_section`."""

from dataclasses import replace

from gapjunction.report.html_page import Paragraph, Table
from gapjunction.report.planning_section import planning_sections
from group_cases import asset, study, two_groups

ASSETS = two_groups([5, 10, 15], [10, 20, 30])


def test_planning_sections__comparison__says_what_it_can_find_and_what_is_needed() -> None:
    [section] = planning_sections(study(ASSETS, "diagnosis"))
    [first, table] = section.parts
    assert isinstance(first, Paragraph)
    assert isinstance(table, Table)
    assert "assets of a group vary by 50 % of its mean" in str(first)
    assert [row[0] for row in table.rows] == ["1.25", "1.5", "2"]
    assert int(table.rows[2][1]) < int(table.rows[1][1])


def test_planning_sections__several_images__tells_how_alike_they_are() -> None:
    values = [(1.0, 1.1), (5.0, 5.1), (9.0, 9.1), (2.0, 2.1), (8.0, 8.1), (4.0, 4.1)]
    assets = [replace(each, image_values=v) for each, v in zip(ASSETS, values, strict=True)]
    [section] = planning_sections(study(assets, "diagnosis"))
    assert "The 2.0 images of an asset are worth 1.0 of different assets" in str(section.parts[-1])


def test_planning_sections__nothing_compared__is_nothing() -> None:
    assert planning_sections(study([asset(1)])) == []
