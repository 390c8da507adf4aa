"""Tests for `gapjunction.report.group_panels`."""

import pytest

from gapjunction.report.group_panels import ALL, members, panels_for, shown_factor
from group_cases import study, two_groups

ASSETS = two_groups([1, 2], [3, 4])


@pytest.mark.parametrize(("num_titles", "num_axes"), [(1, 1), (3, 3), (4, 6)])
def test_panels_for__titles__have_three_beside_each_other(num_titles: int, num_axes: int) -> None:
    figure, panels = panels_for(["plaques"] * num_titles)
    assert (len(panels), len(figure.axes)) == (num_titles, num_axes)
    assert panels[0].get_ylabel() == "Plaques"


def test_members__factor__are_its_groups() -> None:
    grouped = members(study(ASSETS, "diagnosis"), "diagnosis")
    assert [(group, len(own)) for group, _, own in grouped] == [("healthy", 2), ("epilepsy", 2)]


def test_members__no_factor__are_one_group() -> None:
    assert [(group, len(own)) for group, _, own in members(study(ASSETS), None)] == [(ALL, 4)]


def test_shown_factor__age_first__is_the_next() -> None:
    assert shown_factor(study(ASSETS, "diagnosis")) == "diagnosis"
    assert shown_factor(study([], "diagnosis")) is None
