"""Tests for `gapjunction.images.memory`."""

from pathlib import Path

import pytest
from PIL import Image

from gapjunction.errors import ImageError
from gapjunction.images import memory
from gapjunction.images.memory import free_bytes, refuse_more_than_memory
from gapjunction.images.pictures import read_picture


def test_free_bytes__here__is_some() -> None:
    free = free_bytes()
    assert free is None or free > 0


def test_free_bytes__container__has_its_own_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limit").write_text("1000\n")
    (tmp_path / "used").write_text("400\n")
    (tmp_path / "none").write_text("max\n")
    files = [(tmp_path / "limit", tmp_path / "used"), (tmp_path / "none", tmp_path / "used")]
    monkeypatch.setattr(memory, "_CONTAINER", files)
    assert free_bytes() == 600


def test_free_bytes__meminfo__is_what_can_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable: 3 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_CONTAINER", [])
    assert free_bytes() == 3072


def test_refuse_more_than_memory__petabyte__is_named() -> None:
    with pytest.raises(ImageError, match=r"a\.png: .*one of 1,000,000\.0 GB, or a damaged header"):
        refuse_more_than_memory(Path("a.png"), 10**15)


def test_read_picture__more_than_is_free__is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (10, 10)).save(tmp_path / "a.png")
    monkeypatch.setattr("gapjunction.images.memory.free_bytes", lambda: 299)
    with pytest.raises(ImageError, match="fits into memory"):
        read_picture(tmp_path / "a.png")
