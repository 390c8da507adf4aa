"""Tests for `gapjunction.images.oir`.

No file could be had, so that a made object takes the place of `oirfile.OirFile`, with the
attributes that its documentation names: sizes, dtype, channels, coord_scales, asarray.
"""

import logging
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace, TracebackType
from typing import Any, Self

import numpy as np
import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.plane_choice import PlaneChoice
from microscope_samples import stack

STACK = stack(3, 2, 5, 7)  # Z, C, Y, X


class MadeOirFile:
    """A z-stack of two channels; axes of length 1 are left out, as the package does."""

    pixels: np.ndarray = STACK
    sizes: dict[str, int] = {"Z": 3, "C": 2, "Y": 5, "X": 7}  # noqa: RUF012
    num_read = 0

    def __init__(self, path: Path) -> None:
        assert path.exists()
        self.dtype = self.pixels.dtype
        self.channels = tuple(SimpleNamespace(name=name) for name in ("CH1", "CH2"))
        self.coord_scales = {"Z": 0.5, "Y": 0.12, "X": 0.12}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def asarray(self) -> np.ndarray:
        type(self).num_read += 1
        return self.pixels


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.oir").write_bytes(b"OLYMPUSRAWFORMAT" + bytes(100))
    return tmp_path / "a.oir"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> type[MadeOirFile]:
    """Put a module with a fresh made class in the place of the package."""
    made_class: Any = type("MadeOirFile", (MadeOirFile,), {})
    module = ModuleType("oirfile")
    module.OirFile = made_class  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "oirfile", module)
    monkeypatch.setattr("gapjunction.images.oir.require_python", lambda *_: None)
    result: type[MadeOirFile] = made_class
    return result


@pytest.mark.usefixtures("made")
def test_opened_oir__tells_axes_names_and_pixel_size(path: Path) -> None:
    with opened_scenes(path) as (scene,):
        assert scene.channel_names == ("CH1", "CH2")
        assert (scene.num_slices, scene.num_times, scene.height, scene.width) == (3, 1, 5, 7)
        assert scene.um_per_px == 0.12


def test_opened_oir__planes__come_from_one_reading(path: Path, made: type[MadeOirFile]) -> None:
    image = read_chosen(path, PlaneChoice(channels=("CH2", "1"), z="max"))
    np.testing.assert_array_equal(image[:2], STACK.max(axis=0)[::-1])
    assert made.num_read == 1


def test_opened_oir__single_plane__has_axes_of_length_one(
    path: Path, made: type[MadeOirFile]
) -> None:
    made.pixels, made.sizes = STACK[0, 0], {"Y": 5, "X": 7}
    np.testing.assert_array_equal(read_chosen(path, PlaneChoice())[0], STACK[0, 0])


def test_opened_oir__wavelengths__are_refused_by_name(path: Path, made: type[MadeOirFile]) -> None:
    made.sizes = {"L": 3, "C": 2, "Y": 5, "X": 7}
    with pytest.raises(ImageError, match="3 along 'L' \\(wavelength\\)"):
        read_chosen(path, PlaneChoice())


def test_opened_oir__part_of_a_plane_missing__is_refused_instead_of_filled_with_zeros(
    path: Path, made: type[MadeOirFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    def warn_and_give(_: MadeOirFile) -> np.ndarray:
        logging.getLogger("oirfile").warning("incomplete plane at z=%d", 2)
        return STACK

    monkeypatch.setattr(made, "asarray", warn_and_give)
    with pytest.raises(ImageError, match="incomplete plane at z=2"):
        read_chosen(path, PlaneChoice(channels=("1",), z="1"))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the package can be installed there")
def test_opened_oir__python_3_11__says_what_is_needed(path: Path) -> None:
    with pytest.raises(ImageError, match=r"expected Python 3\.12 or later"):
        read_chosen(path, PlaneChoice())
