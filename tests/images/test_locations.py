"""Tests for `gapjunction.images.locations`."""

from pathlib import Path

import pytest

from gapjunction.images.locations import absolute_location, address_of, is_zarr, shown_location


@pytest.mark.parametrize(
    "address",
    ["s3://bucket/a/slide.zarr", "http://127.0.0.1:80/slide.zarr", "https://host/a.zarr"],
)
def test_address_of__address_that_was_a_path__comes_back(address: str) -> None:
    assert address_of(Path(address)) == shown_location(Path(address)) == address


def test_absolute_location__address__stays_one_and_a_path_is_of_this_folder() -> None:
    assert absolute_location(Path("s3://bucket/a.zarr")) == Path("s3://bucket/a.zarr")
    assert absolute_location(Path("a.zarr")) == Path.cwd() / "a.zarr"


@pytest.mark.parametrize("path", ["slide.zarr", "/data/s3/slide.zarr", "s3:slide.zarr", "C:/a"])
def test_address_of__path__is_none(path: str) -> None:
    assert address_of(Path(path)) is None
    assert shown_location(Path(path)) == path


@pytest.mark.parametrize("name", ["zarr.json", ".zattrs", ".zgroup"])
def test_is_zarr__folder_with_metadata__whatever_its_name(tmp_path: Path, name: str) -> None:
    assert not is_zarr(tmp_path)
    (tmp_path / name).touch()
    assert is_zarr(tmp_path)


def test_is_zarr__file_of_that_name__is_none(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").touch()
    assert not is_zarr(tmp_path / "a.zarr")


def test_is_zarr__address__is_one() -> None:
    assert is_zarr(Path("s3://bucket/slide"))
