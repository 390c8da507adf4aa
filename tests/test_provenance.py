"""Tests for `gapjunction.provenance`."""

import subprocess
from pathlib import Path

import pytest

from gapjunction.provenance import UNKNOWN, git_commit


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of its own without a commit, whatever lies around it."""
    git(tmp_path, "init")
    return tmp_path


def test_git_commit__repository__gives_the_commit_checked_out(repository: Path) -> None:
    git(repository, "commit", "--allow-empty", "-m", "first")
    assert git_commit(repository) == git(repository, "log", "-1", "--format=%H")


def test_git_commit__before_the_first_commit__is_unknown(repository: Path) -> None:
    assert git_commit(repository) == UNKNOWN


def test_git_commit__no_git__is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repository, "commit", "--allow-empty", "-m", "first")
    monkeypatch.setenv("PATH", "")
    assert git_commit(repository) == UNKNOWN


def test_git_commit__folder_missing__is_unknown(tmp_path: Path) -> None:
    assert git_commit(tmp_path / "nowhere") == UNKNOWN
