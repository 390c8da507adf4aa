"""Tests for `gapjunction.commands.review`."""

from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.cli import run as run_cli
from gapjunction.commands import review
from gapjunction.commands.review import ReviewConfig
from gapjunction.errors import ConfigError


@pytest.mark.parametrize("name", ["", "../me", "a/b", "model", " me", "x" * 61, "a\nb", "a:b"])
def test_run__annotator_that_no_file_can_be_called__is_refused(tmp_path: Path, name: str) -> None:
    config = ReviewConfig(source=tmp_path, annotator=name or "..")
    with pytest.raises(ConfigError, match="annotator: expected a name of 1 to 60 letters"):
        review.run(config)


def test_run__other_host_without_a_password__is_refused(tmp_path: Path) -> None:
    config = ReviewConfig(source=build_dataset(tmp_path / "data"), host="0.0.0.0")  # noqa: S104
    with pytest.raises(ConfigError, match="a password where other computers can reach the page"):
        review.run(config)


def test_run__short_password__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "password.txt"
    path.write_text("secret\n")
    config = ReviewConfig(source=tmp_path, host="0.0.0.0", password_file=path)  # noqa: S104
    with pytest.raises(ConfigError, match="a password of 8 letters or more, found 6"):
        review.run(config)


def test_run__host_that_is_not_ours__names_it(tmp_path: Path) -> None:
    path = tmp_path / "password.txt"
    path.write_text("a long password")
    root = build_dataset(tmp_path / "data")
    config = ReviewConfig(source=root, host="192.0.2.1", password_file=path, no_browser=True)
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1:0: expected an address of this machine"):
        review.run(config)


def test_cli__no_dataset__is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["review", str(tmp_path), "--annotator", "Ana"]) == 2
    assert "expected a dataset" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Zoë", "Łukasz Nowak", "李明", "Иван", "a.b-c_1"])
def test_run__names_of_people__are_taken(tmp_path: Path, name: str) -> None:
    config = ReviewConfig(source=tmp_path, annotator=name, host="192.0.2.1")
    with pytest.raises(ConfigError, match="a password where other computers"):
        review.run(config)
