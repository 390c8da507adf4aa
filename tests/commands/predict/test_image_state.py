"""Tests for `gapjunction.commands.predict.image_state`."""

import os
from pathlib import Path

from gapjunction.commands.predict.image_state import ImageState


def test_of__file__changes_with_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"abc")
    os.utime(path, ns=(7, 7))
    before = ImageState.of(path)
    assert before == ImageState(num_bytes=3, changed_ns=7)
    os.utime(path, ns=(8, 8))
    assert ImageState.of(path) != before


def test_of__missing_file__is_none(tmp_path: Path) -> None:
    assert ImageState.of(tmp_path / "a.png") is None
