"""Tests for `gapjunction.dataset.folders`."""

from pathlib import Path

import pytest

from gapjunction.dataset.folders import entries, is_broken_link
from gapjunction.errors import DatasetError


def test_entries__stray_files__are_left_out(tmp_path: Path) -> None:
    for name in ("b.png", "a.png", ".hidden", "Thumbs.db", "@eaDir"):
        (tmp_path / name).touch()
    assert [path.name for path in entries(tmp_path)] == ["a.png", "b.png"]


def test_entries__no_folder__has_none(tmp_path: Path) -> None:
    assert entries(tmp_path / "nothing") == []


def test_entries__folder_that_may_not_be_listed__is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DatasetError, match="a readable folder, found Permission denied"):
        entries(tmp_path)


def test_is_broken_link__link_to_nothing__is_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert is_broken_link(tmp_path / "link")
    assert not is_broken_link(tmp_path)
