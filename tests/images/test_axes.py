"""Tests for `gapjunction.images.axes`."""

from pathlib import Path

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.axes import refuse_other_axes


def test_refuse_other_axes__length_one__is_no_axis() -> None:
    refuse_other_axes({"R": 1, "Z": 9, "Y": 5}, "ZY", Path("a.czi"))


def test_refuse_other_axes__several_planes__are_named() -> None:
    with pytest.raises(ImageError, match=r"found 4 along 'R' \(rotation\)"):
        refuse_other_axes({"R": 4, "Y": 5}, "YX", Path("a.czi"))
