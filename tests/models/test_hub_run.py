"""Tests for `gapjunction.models.hub_run`."""

import sys
from pathlib import Path

import pytest

from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.hub_run import HubRun
from hub_cache import COMMIT, keep_in_hub_cache


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "pytorch_model.bin"):
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("hf://lab/cx43", HubRun("lab/cx43")),
        ("hf://lab/cx43@v1.2", HubRun("lab/cx43", "v1.2")),
        ("hf://lab/cx43@refs/pr/1", HubRun("lab/cx43", "refs/pr/1")),
        ("runs/hf:/lab", None),
        ("/runs/mine", None),
        ("", None),
    ],
)
def test_of__path__is_an_address_only_behind_its_scheme(address: str, found: HubRun | None) -> None:
    assert HubRun.of(Path(address)) == found


@pytest.mark.parametrize("address", ["hf://lab/cx43", "hf://lab/cx43@v1.2"])
def test_str__run_of_an_address__is_the_address(address: str) -> None:
    assert str(HubRun.of(Path(address))) == address


@pytest.mark.parametrize("revision", [None, "main", COMMIT])
def test_folder__in_the_cache__is_found_without_a_network(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str | None
) -> None:
    snapshot = keep_in_hub_cache(run, tmp_path / "hub", monkeypatch)
    assert HubRun("lab/cx43", revision).folder() == snapshot


def test_folder__branch__says_which_commit_it_was(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep_in_hub_cache(run, tmp_path / "hub", monkeypatch)
    caplog.set_level("INFO")
    HubRun("lab/cx43").folder()
    assert f"using hf://lab/cx43@{COMMIT}" in caplog.text


def test_folder__commit__says_nothing(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep_in_hub_cache(run, tmp_path / "hub", monkeypatch)
    caplog.set_level("INFO")
    HubRun("lab/cx43", COMMIT).folder()
    assert caplog.text == ""


def test_folder__asked_for__are_two_files_of_one_commit(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def download(*, filename: str, revision: str | None, **_: object) -> str:
        asked.append((filename, revision))
        return str(run / filename)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    HubRun("lab/cx43", "v1").folder()
    assert asked == [("config.json", "v1"), ("model.safetensors", run.name)]


@pytest.mark.parametrize(
    ("model", "revision"), [("lab/other", None), ("lab/cx43", "v9"), ("a/b/c", None), ("", None)]
)
def test_folder__not_in_the_cache_and_no_network__is_one_line(
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    revision: str | None,
) -> None:
    keep_in_hub_cache(run, tmp_path / "hub", monkeypatch)
    missing = HubRun(model, revision)
    with pytest.raises(CheckpointError, match=r"config\.json: expected a run on the") as caught:
        missing.folder()
    assert str(caught.value).startswith(str(missing))
    assert "\n" not in str(caught.value)


def test_folder__only_pickled_weights__are_refused(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run / "model.safetensors").unlink()
    keep_in_hub_cache(run, tmp_path / "hub", monkeypatch)
    with pytest.raises(CheckpointError, match=r"model\.safetensors: expected a run on the"):
        HubRun("lab/cx43").folder()


def test_folder__package_that_is_missing__is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ConfigError, match=r'pip install "gapjunction\[hub\]"'):
        HubRun("lab/cx43").folder()
