"""Tests that damage reaches what it is meant for."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from random import Random

import numpy as np
import pytest
from PIL import Image

from fuzz.byte_edits import EDITS, ByteEdit, damaged_bytes
from fuzz.file_edits import damaged_file
from fuzz.tree_edits import damaged_tree

SEEDS = range(60)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("content", [b"", b"a", b'{"a": [1, 2.5]}', bytes(range(256))])
def test_edit__any_content__gives_bytes(edit: ByteEdit, content: bytes) -> None:
    assert all(isinstance(edit(content, Random(seed)), bytes) for seed in SEEDS)


def test_damaged_bytes__most_seeds__change_something() -> None:
    content = b"gap_junction,1,2,4,5,a.png,40,30\n" * 3
    assert sum(damaged_bytes(content, Random(seed)) != content for seed in SEEDS) > 50


def test_damaged_tree__nested__is_changed_and_the_original_is_not() -> None:
    tree = {"a": [1, {"b": 2}], "c": "d"}
    damaged = [damaged_tree(tree, Random(seed)) for seed in SEEDS]
    assert tree == {"a": [1, {"b": 2}], "c": "d"}
    assert sum(each != tree for each in damaged) > 50


def share_of(content: bytes, is_sound: Callable[[bytes], object]) -> float:
    """Return how many of the damaged forms of a file can be opened as what they are."""
    opened = 0
    for seed in SEEDS:
        damaged = damaged_file(content, Random(seed))
        with suppress(Exception):  # whatever a parser raises
            opened += damaged != content and bool(is_sound(damaged))
    return opened / len(SEEDS)


def png_checksums_are_right(content: bytes) -> bool:
    place = 8
    while place < len(content):
        [length] = struct.unpack_from(">I", content, place)
        [checksum] = struct.unpack_from(">I", content, place + 8 + length)
        if zlib.crc32(content[place + 4 : place + 8 + length]) != checksum:
            return False
        place += 12 + length
    return True


def test_damaged_file__json__is_often_json_still() -> None:
    assert share_of(b'{"a": [1, 2], "b": {"c": null}}', json.loads) > 0.4


def test_damaged_file__zip__often_has_right_checksums() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", '{"a": 1}' * 20)
    content = packed.getvalue()
    assert share_of(content, lambda z: zipfile.ZipFile(io.BytesIO(z)).testzip() is None) > 0.4


def test_damaged_file__png__often_has_right_checksums() -> None:
    saved = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(saved, "PNG")
    assert share_of(saved.getvalue(), png_checksums_are_right) > 0.3
