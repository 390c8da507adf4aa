"""Tests for `gapjunction.dataset.axes`."""

from pathlib import Path

import pytest

from gapjunction.dataset.axes import refuse_other_axes
from gapjunction.errors import ImageError


def test_refuse_other_axes__length_one__is_no_axis() -> None:
    refuse_other_axes({"R": 1, "Z": 9, "Y": 5}, "ZY", Path("a.czi"))


def test_refuse_other_axes__several_planes__are_named() -> None:
    with pytest.raises(ImageError, match=r"found 4 along 'R' \(rotation\)"):
        refuse_other_axes({"R": 4, "Y": 5}, "YX", Path("a.czi"))
