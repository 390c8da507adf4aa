"""Tests for `gapjunction.images.zarr_errors`."""

from pathlib import Path

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.zarr_errors import reading_zarr

HERE, AWAY = Path("a.zarr"), Path("s3://bucket/a.zarr")


@pytest.mark.parametrize(
    ("error", "path", "told"),
    [
        (FileNotFoundError("0/zarr.json"), HERE, "nothing there .*; check the path"),
        (PermissionError("no"), HERE, "PermissionError: no; check the path and its permissions"),
        (ConnectionError("no"), AWAY, "check the address, the network and the credentials"),
        (KeyError("0"), HERE, "array 0: .*damaged, or of an unknown kind .*KeyError"),
        (ValueError("one\ntwo"), HERE, "ValueError: one"),
    ],
)
def test_reading_zarr__whatever_is_raised__is_one_line_with_the_next_step(
    error: Exception, path: Path, told: str
) -> None:
    with pytest.raises(ImageError, match=told) as caught, reading_zarr(path, "array 0"):
        raise error
    assert "\n" not in str(caught.value)


def test_reading_zarr__error_of_ours__passes() -> None:
    own = ImageError("b", expected="x", found="y", fix="z")
    with pytest.raises(ImageError) as caught, reading_zarr(HERE):
        raise own
    assert caught.value is own
