"""Tests for `gapjunction.models.zipped_run`."""

import zipfile
from pathlib import Path

import pytest

from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.zipped_run import opened_run


def zip_of(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, name)
    return path


@pytest.mark.parametrize("folder", ["", "run/", "a/b/"])
def test_opened_run__zip_of_one_run__gives_its_files_and_takes_them_away(
    tmp_path: Path, folder: str
) -> None:
    names = [f"{folder}{name}" for name in ("model.safetensors", "config.json", "curves.png")]
    with opened_run(zip_of(tmp_path / "run.zip", *names)) as run:
        assert (run / "config.json").read_text() == f"{folder}config.json"
        assert sorted(path.name for path in run.iterdir()) == ["config.json", "model.safetensors"]
    assert not run.exists()


def test_opened_run__folder__is_given_as_it_is(tmp_path: Path) -> None:
    with opened_run(tmp_path) as run:
        assert run == tmp_path


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a.txt"], "none"),
        (["model.safetensors"], "none"),
        (
            ["a/model.safetensors", "a/config.json", "b/model.safetensors", "b/config.json"],
            "2 runs",
        ),
    ],
)
def test_opened_run__no_run_or_several__is_one_line(
    tmp_path: Path, names: list[str], found: str
) -> None:
    path = zip_of(tmp_path / "run.zip", *names)
    with (
        pytest.raises(CheckpointError, match=f"a zip of one run folder, found {found}"),
        opened_run(path),
    ):
        pass


def test_opened_run__truncated_member__is_one_line(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "run.zip", "model.safetensors", "config.json")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"model.safetensors", b"model.safetensorz", 1))
    with (
        pytest.raises(CheckpointError, match=r"run\.zip: expected a zip file, found a damaged one"),
        opened_run(path),
    ):
        pass


def test_opened_run__error_about_a_file_in_it__names_the_zip(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "run.zip", "a/model.safetensors", "a/config.json")
    with opened_run(path) as run, pytest.raises(ConfigError) as caught:
        load_checkpoint(run)
    assert str(caught.value).startswith(f"{path}/config.json: ")
