"""Tests for `gapjunction.images.usable_size`."""

from pathlib import Path

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.usable_size import require_usable_size, require_usable_slide

PATH = Path("a.tif")


def test_require_usable__large_image__may_be_a_slide_but_not_read_whole() -> None:
    require_usable_slide(PATH, 100_000, 100_000)
    with pytest.raises(ImageError, match="at most 400,000,000 pixels"):
        require_usable_size(PATH, 100_000, 100_000)


def test_require_usable_slide__more_than_any_scanner_makes__is_refused() -> None:
    with pytest.raises(ImageError, match="at most 160,000,000,000 pixels"):
        require_usable_slide(PATH, 10**9, 10**9)


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_require_usable__no_pixels__are_refused(size: tuple[int, int]) -> None:
    for require in (require_usable_size, require_usable_slide):
        with pytest.raises(ImageError, match="at least 1 x 1 px"):
            require(PATH, *size)
