"""Tests for `gapjunction.commands.simulate`."""

from pathlib import Path

import pytest

from gapjunction.commands.simulate import SimulateConfig, run
from gapjunction.errors import ConfigError


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def small(out: Path, *, images: int = 3, seed: int = 0) -> SimulateConfig:
    return SimulateConfig(out=out, kind="human", images=images, size=96, seed=seed, assets=2)


def test_run__same_seed__same_bytes(tmp_path: Path) -> None:
    run(small(tmp_path / "first"))
    run(small(tmp_path / "second"))
    assert content_of(tmp_path / "first") == content_of(tmp_path / "second")


def test_run__another_seed__other_images(tmp_path: Path) -> None:
    run(small(tmp_path / "first"))
    run(small(tmp_path / "second", seed=1))
    first, second = content_of(tmp_path / "first"), content_of(tmp_path / "second")
    image = "Assets/human_01/Raw/01_human_field01.webp"
    assert first[image] != second[image]


def test_run__more_images__leave_the_first_ones_as_they_are(tmp_path: Path) -> None:
    run(small(tmp_path / "few", images=3))
    run(small(tmp_path / "many", images=5))
    few, many = content_of(tmp_path / "few"), content_of(tmp_path / "many")
    assert few.items() <= many.items()
    assert len(many) > len(few)


def test_run__result__tells_where_how_many_and_what_next(tmp_path: Path) -> None:
    result = run(small(tmp_path / "out"))
    assert str(result).startswith(f"{tmp_path / 'out'}: 3 simulated images, ")
    assert f"gapjunction validate {tmp_path / 'out'}" in str(result)


def test_run__folder_with_content__is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep")
    with pytest.raises(ConfigError, match="expected a new or empty folder"):
        run(small(tmp_path))
    assert content_of(tmp_path) == {"precious.txt": b"keep"}


def test_run__a_file_in_the_way__is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("keep")
    with pytest.raises(ConfigError, match="found a file"):
        run(small(tmp_path / "out"))


def test_run__an_empty_folder__is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(small(tmp_path / "out", images=1))
    assert (tmp_path / "out" / "Assets" / "human_01" / "asset_metadata.json").exists()
