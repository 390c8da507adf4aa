"""Tests for `gapjunction.dataset.formats.records_of_files`."""

from pathlib import Path

import pytest

from gapjunction.dataset.formats.records_of_files import (
    number,
    whole,
)
from gapjunction.errors import DatasetError


@pytest.mark.parametrize("value", ["nan", "inf", float("nan"), 1e300, 10**400, "", None, True, []])
def test_number__none_that_is_finite__is_refused_by_name(value: object) -> None:
    with pytest.raises(DatasetError, match=r"a.txt: line 3: expected a finite number for x"):
        number(value, "x", Path("a.txt"), "line 3")


@pytest.mark.parametrize("value", [" 2.5 ", 2.5])
def test_number__text_or_number__is_taken(value: object) -> None:
    assert number(value, "x", Path("a.txt"), "") == 2.5


def test_whole__fraction__is_refused() -> None:
    assert whole("3.0", "x", Path("a.txt"), "") == 3
    with pytest.raises(DatasetError, match="a whole number for x"):
        whole("3.5", "x", Path("a.txt"), "")
