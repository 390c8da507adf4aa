"""Tests for `gapjunction.models.zipped_run`."""

import zipfile
from pathlib import Path

import pytest
import torch

from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.zipped_run import opened_run, write_run
from hub_cache import keep_in_hub_cache


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


def test_opened_run__names_that_climb__are_written_nowhere_else(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "run.zip", "../../model.safetensors", "../../config.json")
    with opened_run(path) as run:
        assert sorted(each.name for each in run.iterdir()) == ["config.json", "model.safetensors"]
    assert [each.name for each in tmp_path.iterdir()] == ["run.zip"]


def test_opened_run__member_that_would_fill_the_disk__is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.models.zipped_run.MOST_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "run.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", "{}")
        packed.writestr("model.safetensors", b"0" * 1001)
    with (
        pytest.raises(CheckpointError, match=r"found model\.safetensors of 1,001 bytes"),
        opened_run(tmp_path / "run.zip"),
    ):
        pass


def test_opened_run__pickled_weights__are_no_run(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(1)}, tmp_path / "model.pt")  # a zip, too
    with (
        pytest.raises(CheckpointError, match="a zip of one run folder, found none"),
        opened_run(tmp_path / "model.pt"),
    ):
        pass


def test_opened_run__on_the_hub__is_the_folder_in_its_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "run" / name).write_text(name)
    snapshot = keep_in_hub_cache(tmp_path / "run", tmp_path / "hub", monkeypatch)
    with opened_run(Path("hf://lab/cx43")) as run:
        assert run == snapshot


def test_write_run__folder__comes_back_without_what_training_left(tmp_path: Path) -> None:
    names = ["MODEL_CARD.md", "config.json", "model.safetensors"]
    for name in [*names, "state.pt", "splits.json"]:
        (tmp_path / name).write_text(name)
    write_run(tmp_path, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as packed:
        assert {name: packed.read(name).decode() for name in sorted(packed.namelist())} == dict(
            zip(names, names, strict=True)
        )


def test_write_run__twice__gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_text(name)
    write_run(tmp_path, tmp_path / "first.zip")
    write_run(tmp_path, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
