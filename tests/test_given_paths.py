"""Tests for `gapjunction.given_paths`."""

from pathlib import Path

import pytest
from pydantic import Field

from builders import build_dataset
from gapjunction.config import StrictConfig
from gapjunction.errors import ConfigError
from gapjunction.given_paths import IS_READ, require_usable_paths


class Example(StrictConfig):
    """Settings with paths to read, and one to write."""

    data: Path = Field(Path("nowhere"), json_schema_extra=IS_READ)
    others: tuple[Path, ...] = Field((), json_schema_extra=IS_READ)
    mask: Path | None = Field(None, json_schema_extra=IS_READ)
    output: Path = Path("new")


def test_require_usable_paths__what_is_there__is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    require_usable_paths(Example(data=tmp_path, others=(tmp_path / "a.png",), output=Path("none")))


@pytest.mark.parametrize("address", ["s3://bucket/a.zarr", "https://host/a.zarr", "hf://me/model"])
def test_require_usable_paths__addresses_and_defaults__are_left_to_their_readers(
    address: str,
) -> None:
    require_usable_paths(Example(others=(Path(address),)))


def test_require_usable_paths__broken_link__is_left_to_its_reader(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    require_usable_paths(Example(data=tmp_path / "link"))


@pytest.mark.parametrize("name", ["data", "others", "mask"])
def test_require_usable_paths__nothing_there__names_path_and_setting(
    tmp_path: Path, name: str
) -> None:
    gone = tmp_path / "gone"
    values = {name: (tmp_path, gone) if name == "others" else gone}
    with pytest.raises(ConfigError, match="gone: expected a file or folder") as caught:
        require_usable_paths(Example.model_validate(values))
    assert caught.value.settings == (name,)


@pytest.mark.parametrize("inside", ["Assets", "Assets/new", "Assets/rat_01/Raw/deep"])
def test_require_usable_paths__output_among_assets__names_the_dataset(
    tmp_path: Path, inside: str
) -> None:
    root = build_dataset(tmp_path / "rats")
    with pytest.raises(ConfigError, match=r"outside of the assets of a dataset, found .*rats;"):
        require_usable_paths(Example(output=root / inside))


def test_require_usable_paths__output_beside_a_dataset_or_in_another_assets__is_taken(
    tmp_path: Path,
) -> None:
    root = build_dataset(tmp_path / "rats")
    require_usable_paths(Example(output=root / "Assets_measured"))
    require_usable_paths(Example(output=tmp_path / "Assets" / "measured"))
