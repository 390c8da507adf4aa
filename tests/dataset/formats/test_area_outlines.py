"""Tests for `gapjunction.dataset.formats.area_outlines`."""

import pytest

from gapjunction.dataset.formats.area_outlines import AreaOutline


@pytest.mark.parametrize(
    ("name", "class_name", "shown"),
    [("left", "Cortex", "left"), ("", "Cortex", "Cortex"), ("", "", "object 3")],
)
def test_shown_name__name_or_class_missing__takes_the_next(
    name: str, class_name: str, shown: str
) -> None:
    assert AreaOutline(name, class_name, "object 3", ()).shown_name == shown
