"""Tests for `gapjunction.report.group_page`; those of the command see the page."""

from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.benchmark.rectified_groups import RectifiedStudy
from gapjunction.report.group_page import GroupReport, tables_of_groups
from group_cases import study, two_groups

NO_IMAGES = MeasuredImages((), (), (), 0)
TABLES = ["images.csv", "assets.csv", "groups.csv", "comparisons.csv", "age_trends.csv"]


def names_of_tables(rectified: RectifiedStudy | None) -> list[str]:
    report = GroupReport(NO_IMAGES, study(two_groups([1, 2], [3, 4])), rectified, (), (), None)
    return [name for name, _ in tables_of_groups(report)]


def test_tables_of_groups__not_rectified__has_those_of_groups_alone() -> None:
    assert names_of_tables(None) == TABLES


def test_tables_of_groups__rectified__has_two_more() -> None:
    rectified = RectifiedStudy((), (), (), ())
    assert names_of_tables(rectified) == [*TABLES, "rectified.csv", "to_annotate.csv"]
