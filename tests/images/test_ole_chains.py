"""Tests for `gapjunction.images.ole_chains`, on a compound document of four sectors."""

import struct
from pathlib import Path

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes
from gapjunction.images.ole_chains import COMPOUND_START, require_chains_that_end
from microscope_samples import REAL_OIB

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(
    path: Path,
    following: list[int],
    *,
    small: list[int] | None = None,
    shift: int = 9,
    table_length: int = 1,
    list_length: int = 0,
) -> Path:
    """Write sector 0 with the table, sector 1 with the small table, and two of zeros."""
    header = COMPOUND_START + bytes(16) + struct.pack("<6H", 62, 3, 0xFFFE, shift, 6, 0)
    numbers = (0, 0, table_length, 2, 0, 4096, 1, 1, 0 if list_length else END, list_length)
    header += struct.pack("<10I", *numbers)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    tables = (
        struct.pack("<128I", *each, *[FREE] * (128 - len(each)))
        for each in (following, small or [])
    )
    path.write_bytes(header + b"".join(tables) + bytes(1024))
    return path


def test_require_chains_that_end__real_oib__is_fine() -> None:
    require_chains_that_end(REAL_OIB)


def test_require_chains_that_end__chains_that_end__are_fine(tmp_path: Path) -> None:
    require_chains_that_end(compound(tmp_path / "a.oib", [TABLE, END, 3, END], small=[1, END]))


@pytest.mark.parametrize("following", [[TABLE, END, 2, END], [TABLE, END, 3, 2], [TABLE, 1]])
def test_require_chains_that_end__circle__is_refused(tmp_path: Path, following: list[int]) -> None:
    with pytest.raises(ValueError, match="follows itself"):
        require_chains_that_end(compound(tmp_path / "a.oib", following))


def test_require_chains_that_end__circle_of_small_sectors__is_refused(tmp_path: Path) -> None:
    path = compound(tmp_path / "a.oib", [TABLE, END, 3, END], small=[1, 2, 0])
    with pytest.raises(ValueError, match="follows itself"):
        require_chains_that_end(path)


@pytest.mark.parametrize(("table_length", "list_length"), [(2**31, 0), (1, 2**31)])
def test_require_chains_that_end__more_tables_than_the_file__are_refused(
    tmp_path: Path, table_length: int, list_length: int
) -> None:
    following = [TABLE, END, 3, END]
    path = compound(
        tmp_path / "a.oib", following, table_length=table_length, list_length=list_length
    )
    with pytest.raises(ValueError, match="in a file of 5"):
        require_chains_that_end(path)


def test_require_chains_that_end__size_of_sectors_that_is_none__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sectors of 2"):
        require_chains_that_end(compound(tmp_path / "a.oib", [TABLE], shift=60))


def test_opened_scenes__oib_with_a_circle__is_one_line(tmp_path: Path) -> None:
    path = compound(tmp_path / "a.oib", [TABLE, END, 2, END])
    with pytest.raises(ImageError, match=r"a\.oib: .*follows itself"), opened_scenes(path):
        pass
