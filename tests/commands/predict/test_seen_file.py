"""Tests for `gapjunction.commands.predict.seen_file`."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gapjunction.commands.predict.image_state import ImageState
from gapjunction.commands.predict.seen_file import SeenInImage, read_seen, write_seen
from gapjunction.detections import Detections

STATE = ImageState(num_bytes=10, changed_ns=1_700_000_000_000_000_001)


def found() -> SeenInImage:
    rng = np.random.default_rng(0)
    detections = Detections(
        rng.random((5, 4), np.float32) * 100, rng.random(5, np.float32), np.arange(5)
    )
    return SeenInImage(detections, 70, 90, 3)


def test_read_seen__what_was_written__is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    write_seen(tmp_path / "a.npz", found(), STATE)
    again = read_seen(tmp_path / "a.npz", STATE)
    assert again is not None
    assert (again.height, again.width, again.num_spots) == (70, 90, 3)
    own, read = found().detections, again.detections
    for name in ("boxes", "scores", "labels"):
        np.testing.assert_array_equal(getattr(read, name), getattr(own, name), strict=True)


def test_write_seen__nothing__can_be_read(tmp_path: Path) -> None:
    write_seen(tmp_path / "a.npz", SeenInImage(Detections.none(), 8, 8, 0), STATE)
    again = read_seen(tmp_path / "a.npz", STATE)
    assert again is not None
    assert len(again.detections) == 0


def test_write_seen__twice__gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        write_seen(tmp_path / name, found(), STATE)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("image", [None, ImageState(num_bytes=10, changed_ns=1)])
def test_read_seen__another_image__is_none(tmp_path: Path, image: ImageState | None) -> None:
    write_seen(tmp_path / "a.npz", found(), STATE)
    assert read_seen(tmp_path / "a.npz", image) is None


def test_read_seen__image_without_a_state__is_none(tmp_path: Path) -> None:
    write_seen(tmp_path / "a.npz", found(), None)
    assert read_seen(tmp_path / "a.npz", None) is None


@pytest.mark.parametrize("num_bytes", [0, 3, 100, 400])
def test_read_seen__damaged_file__is_none(tmp_path: Path, num_bytes: int) -> None:
    path = tmp_path / "a.npz"
    write_seen(path, found(), STATE)
    path.write_bytes(path.read_bytes()[:num_bytes])
    assert read_seen(path, STATE) is None


def test_read_seen__damaged_in_the_middle__is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_seen(path, found(), STATE)
    content = bytearray(path.read_bytes())
    content[60:70] = b"\0" * 10
    path.write_bytes(content)
    assert read_seen(path, STATE) is None


def test_read_seen__missing_or_something_else__is_none(tmp_path: Path) -> None:
    assert read_seen(tmp_path / "a.npz", STATE) is None
    np.savez(tmp_path / "b.npz", other=np.zeros(3))
    assert read_seen(tmp_path / "b.npz", STATE) is None


@pytest.mark.parametrize("name", ["boxes", "made_from.npy"])
def test_read_seen__zip_of_something_else__is_none(tmp_path: Path, name: str) -> None:
    write_seen(tmp_path / "a.npz", found(), STATE)
    with (
        zipfile.ZipFile(tmp_path / "a.npz") as whole,
        zipfile.ZipFile(tmp_path / "b.npz", "w") as b,
    ):
        for member in whole.namelist():
            is_other = member.removesuffix(".npy") == name.removesuffix(".npy")
            b.writestr(name if is_other else member, b"{" if is_other else whole.read(member))
    assert read_seen(tmp_path / "b.npz", STATE) is None


def test_read_seen__header_that_is_no_python__is_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("made_from.npy", b"\x93NUMPY\x01\0\x03\0{(\n")
    assert read_seen(tmp_path / "a.npz", STATE) is None


def test_read_seen__named_pipe__is_none_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npz")
    assert read_seen(tmp_path / "a.npz", STATE) is None
