"""Whether the chains of sectors in a compound document (OLE, such as OIB) come to an end.

oiffile follows them without looking back: a circle would be followed, and kept, for ever. The
format is Microsoft's [MS-CFB].
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

COMPOUND_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<30xH12xI12xI4xII")
_HEADER_SIZE, _LISTED_AT, _NUM_LISTED = 512, 76, 109
_SHIFTS = (9, 12)  # sectors of 512 and 4,096 bytes
_LAST_SECTOR = 0xFFFFFFFA  # higher numbers mean an end, or no sector


def require_chains_that_end(path: Path) -> None:
    """Refuse a compound document in which sectors follow each other in a circle.

    Raises:
        ValueError: if they do, or the file is too small for what its header announces.
        struct.error: if it is cut short.
    """
    with path.open("rb") as stream:
        header = stream.read(_HEADER_SIZE)
        shift, table_length, small_start, list_start, list_length = _HEADER.unpack_from(header)
        if shift not in _SHIFTS:
            raise ValueError(f"sectors of 2^{shift} bytes")
        num_sectors = path.stat().st_size >> shift
        if max(table_length, list_length) > num_sectors:
            raise ValueError(f"tables of {table_length} sectors in a file of {num_sectors}")
        listed = [*struct.unpack_from(f"<{_NUM_LISTED}I", header, _LISTED_AT)]
        for _ in range(list_length):
            *more, list_start = _numbers(stream, list_start, shift)
            listed += more
        following = _table(stream, listed[:table_length], shift)
        _refuse_circles(following)
        _refuse_circles(_table(stream, _chain(small_start, following), shift))


def _numbers(stream: BinaryIO, sector: int, shift: int) -> tuple[int, ...]:
    stream.seek((sector + 1) << shift)
    return struct.unpack(f"<{1 << shift >> 2}I", stream.read(1 << shift))


def _table(stream: BinaryIO, sectors: Sequence[int], shift: int) -> list[int]:
    """Return what follows each sector, as the table in these sectors says it."""
    return [number for sector in sectors for number in _numbers(stream, sector, shift)]


def _chain(start: int, following: Sequence[int]) -> list[int]:
    """Return the sectors of a chain, in a table without circles."""
    found = []
    while start <= _LAST_SECTOR and start < len(following):
        found.append(start)
        start = following[start]
    return found


def _refuse_circles(following: Sequence[int]) -> None:
    seen_from = [-1] * len(following)
    for start in range(len(following)):
        sector = start
        while sector < len(following) and seen_from[sector] < 0:
            seen_from[sector] = start
            sector = following[sector]
        if sector < len(following) and seen_from[sector] == start:
            raise ValueError(f"sector {sector} follows itself")
