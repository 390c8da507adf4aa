"""Damage the content of a file so that, where its kind is known, the damage reaches the reader.

Flipped bits of a zip or PNG end at its checksums, and those of JSON at a comma. So a part is
damaged too, and the rest written around it as it has to be.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from random import Random

import yaml

from fuzz.byte_edits import ByteEdit, damaged_bytes
from fuzz.tree_edits import damaged_tree

_PNG, _TIFF_LITTLE, _TIFF_BIG, _ZIP = b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"PK"
_BYTES_PER_TAG = 12
_TOO_MUCH_YAML = 20_000  # bytes; its parser takes a second for a megabyte


def damaged_file(content: bytes, random: Random) -> bytes:
    """Return the content of a file, damaged as its kind allows or, half of the time, anyhow."""
    if random.random() < 0.5:
        return damaged_bytes(content, random)
    for is_kind, edit in _KINDS:
        if is_kind(content):
            return edit(content, random)
    return damaged_bytes(content, random)


def png_chunk(kind: bytes, inner: bytes) -> bytes:
    """Return a part of a PNG file, with its checksum."""
    return (
        struct.pack(">I", len(inner)) + kind + inner + struct.pack(">I", zlib.crc32(kind + inner))
    )


def _damaged_json(content: bytes, random: Random) -> bytes:
    try:
        return json.dumps(damaged_tree(json.loads(content), random)).encode()
    except (ValueError, RecursionError):
        return damaged_bytes(content, random)


def _damaged_yaml(content: bytes, random: Random) -> bytes:
    try:
        damaged = damaged_tree(yaml.safe_load(content), random)
        return yaml.safe_dump(damaged, allow_unicode=True).encode("utf-8", errors="surrogatepass")
    except (yaml.YAMLError, ValueError, RecursionError):
        return damaged_bytes(content, random)


def _damaged_table(content: bytes, random: Random) -> bytes:
    """Damage the rows and cells of a table whose cells are separated by commas or tabs."""
    separator = b"\t" if b"\t" in content else b","
    rows = [line.split(separator) for line in content.split(b"\n")]
    cells = [[cell.decode("utf-8", "replace") for cell in row] for row in rows]
    edited = damaged_tree(cells, random)
    lines = [
        separator.join(str(cell).encode("utf-8", "replace") for cell in _as_list(row))
        for row in _as_list(edited)
    ]
    return b"\n".join(lines)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _damaged_zip(content: bytes, random: Random) -> bytes:
    """Damage a member of a zip, its name or how it is packed; its checksum is right."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(each.filename, archive.read(each)) for each in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return damaged_bytes(content, random)
    if members:
        number = random.randrange(len(members))
        name, inner = members[number]
        members[number] = (
            (name, damaged_file(inner, random))
            if random.random() < 0.8
            else (damaged_bytes(name.encode(), random).decode("utf-8", "replace")[:9000], inner)
        )
    packing = random.choice((zipfile.ZIP_STORED,) * 8 + (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, inner in members:
            archive.writestr(zipfile.ZipInfo(name or "_"), inner, packing)
    return out.getvalue()


def _damaged_png(content: bytes, random: Random) -> bytes:
    """Damage one chunk of a PNG, and give it the checksum that it has then."""
    chunks, place = [], len(_PNG)
    while place + 12 <= len(content):
        [length] = struct.unpack_from(">I", content, place)
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return damaged_bytes(content, random)
    number = random.randrange(len(chunks)) if random.random() < 0.5 else 0
    kind, inner = chunks[number]
    if kind == b"IDAT" and random.random() < 0.5:
        inner = _repacked(inner, random)
    else:
        inner = damaged_bytes(inner, random)
    chunks[number] = kind, inner
    return _PNG + b"".join(png_chunk(kind, inner) for kind, inner in chunks)


def _repacked(packed: bytes, random: Random) -> bytes:
    try:
        return zlib.compress(damaged_bytes(zlib.decompress(packed), random))
    except zlib.error:
        return damaged_bytes(packed, random)


def _damaged_tiff(content: bytes, random: Random) -> bytes:
    """Damage a tag of the first directory of a TIFF: its number, type, count or value."""
    order = "<" if content.startswith(_TIFF_LITTLE) else ">"
    changed = bytearray(content)
    for _ in range(random.randint(1, 3)):
        try:
            [start] = struct.unpack_from(order + "I", changed, 4)
            [num_tags] = struct.unpack_from(order + "H", changed, start)
            tag = start + 2 + _BYTES_PER_TAG * random.randrange(max(num_tags, 1))
            kind, place = random.choice((("H", 0), ("H", 2), ("I", 4), ("I", 8), ("H", 8)))
            struct.pack_into(order + kind, changed, tag + place, _odd(kind, random))
        except struct.error:
            return damaged_bytes(bytes(changed), random)
    return bytes(changed)


def _odd(kind: str, random: Random) -> int:
    top = {"H": 2**16, "I": 2**32}[kind]
    return random.choice(
        (0, 1, 2, 3, 4, 7, 8, 16, 17, 33, 255, 256, 258, 259, 338, top // 2, top - 1)
    )


def _damaged_safetensors(content: bytes, random: Random) -> bytes:
    """Damage the JSON that begins a file of weights, and say its length as it is then."""
    [length] = struct.unpack_from("<Q", content)
    header = _damaged_json(content[8 : 8 + length], random)
    return struct.pack("<Q", len(header)) + header + content[8 + length :]


def _is_safetensors(content: bytes) -> bool:
    return content[8:9] == b"{" and content[:8].endswith(b"\0\0\0")


def _is_table(content: bytes) -> bool:
    first = content.split(b"\n", 1)[0]
    return (b"," in first or b"\t" in first) and b"\0" not in first and b"<" not in first


_KINDS: tuple[tuple[Callable[[bytes], bool], ByteEdit], ...] = (
    (lambda content: content.startswith((b"{", b"[")), _damaged_json),
    (lambda content: content.startswith(_PNG), _damaged_png),
    (lambda content: content.startswith(_ZIP), _damaged_zip),
    (lambda content: content.startswith((_TIFF_LITTLE, _TIFF_BIG)), _damaged_tiff),
    (_is_safetensors, _damaged_safetensors),
    (_is_table, _damaged_table),
    (
        lambda content: len(content) < _TOO_MUCH_YAML and b": " in content and b"\0" not in content,
        _damaged_yaml,
    ),
)
