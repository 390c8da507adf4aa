"""Damage bytes at random, knowing nothing of what they mean but that they may hold text."""

import re
import struct
from collections.abc import Callable
from random import Random

NUMBERS = (
    *("0", "-1", "1e9", "1e308", "1e999", "-0", "0.5", "nan", "NaN", "Infinity", "1_0", "0x10"),
    *("99999999999999999999", "2147483648", "1" + "0" * 400, "٣", "½", "1,5", "=1+1", "1-2"),
)
TEXTS = (
    *("", " ", "\0", "\n", "\r", "\t", "..", "../../x", "/etc/passwd", "con.png", "a" * 300),
    *("é", "e\u0301", "\ufeff", "\u2028", "漢字", "😀", "\\ud800", "%s%n", "<a>", "&b;", "'", '"'),
    *("true", "null", "None", "[]", "{}", "2024-99-99", "!!python/name:os.system", "*a", "&a [*a]"),
    *("[" * 3000, '{"a":' * 3000, "- " * 2000, "<!DOCTYPE a>", "sep=;", "#", "\x1a", "\x85"),
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_][\w.:/ -]{0,60}")
_MARKS = b"\"'[]{}()<>,;:=|&#%\\/.\n\t "
_SIZES = {"B": 1, "H": 2, "I": 4, "Q": 8}
_MOST_ADDED = 1_000_000  # bytes; inputs are to be small, and repeating has no end

ByteEdit = Callable[[bytes, Random], bytes]


def damaged_bytes(content: bytes, random: Random) -> bytes:
    """Return `content` after one to six random edits."""
    longest = len(content) + _MOST_ADDED
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        content = random.choice(EDITS)(content, random)[:longest]
    return content


def _with_flipped_bits(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 8) if content else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _with_odd_integer(content: bytes, random: Random) -> bytes:
    """Overwrite a binary integer with one at the edges of its range."""
    kind = random.choice("BHIQ")
    size = _SIZES[kind]
    if len(content) < size:
        return content
    top = 256**size
    value = random.choice((0, 1, 2, 255, top // 2 - 1, top // 2, top - 2, top - 1, len(content)))
    place = random.randrange(len(content) - size + 1)
    if random.random() < 0.5:  # most headers lie at the start
        place = min(place, random.randrange(256))
    written = struct.pack(random.choice("<>") + kind, value % top)
    return content[:place] + written + content[place + size :]


def _cut_short(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _without_a_part(content: bytes, random: Random) -> bytes:
    start, end = _part(content, random)
    return content[:start] + content[end:]


def _with_a_part_again(content: bytes, random: Random) -> bytes:
    start, end = _part(content, random)
    place = random.randrange(len(content) + 1)
    return content[:place] + content[start:end] * random.choice((1, 1, 2, 50)) + content[place:]


def _with_zeros(content: bytes, random: Random) -> bytes:
    start, end = _part(content, random)
    return content[:start] + bytes(end - start) + content[end:]


def _with_random_bytes(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + random.randbytes(random.randint(1, 40)) + content[place:]


def _with_odd_number(content: bytes, random: Random) -> bytes:
    return _with_another(_NUMBER, content, random.choice(NUMBERS).encode(), random)


def _with_odd_word(content: bytes, random: Random) -> bytes:
    return _with_another(_WORD, content, random.choice(TEXTS).encode(), random)


def _with_words_swapped(content: bytes, random: Random) -> bytes:
    words = [match[0] for match in _WORD.finditer(content[:50_000])]
    return _with_another(_WORD, content, random.choice(words), random) if words else content


def _with_odd_text(content: bytes, random: Random) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + random.choice(TEXTS + NUMBERS).encode() + content[place:]


def _with_another_mark(content: bytes, random: Random) -> bytes:
    places = [place for place, byte in enumerate(content[:20_000]) if byte in _MARKS]
    if not places:
        return content
    place = random.choice(places)
    mark = bytes([random.choice(_MARKS)]) * random.choice((0, 1, 1, 2))
    return content[:place] + mark + content[place + 1 :]


def _in_another_encoding(content: bytes, random: Random) -> bytes:
    text = content.decode("utf-8", errors="replace")
    encoding = random.choice(("utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32", "utf-7"))
    return text.encode(encoding, errors="replace")


def _replaced(content: bytes, random: Random) -> bytes:
    """Return something else altogether."""
    return random.choice(
        (b"", b"\0" * len(content), random.randbytes(64), b"null", b"[]", b"{}", b"0", b"\xff\xfe")
    )


EDITS: tuple[ByteEdit, ...] = (
    *(_with_flipped_bits, _with_odd_integer, _with_odd_integer, _cut_short, _without_a_part),
    *(_with_a_part_again, _with_zeros, _with_random_bytes, _with_odd_number, _with_odd_number),
    *(_with_odd_word, _with_odd_word, _with_words_swapped, _with_odd_text, _with_another_mark),
    *(_in_another_encoding, _replaced),
)


def _with_another(pattern: re.Pattern[bytes], content: bytes, new: bytes, random: Random) -> bytes:
    found = list(pattern.finditer(content[:200_000]))
    if not found:
        return content
    old = random.choice(found)
    return content[: old.start()] + new + content[old.end() :]


def _part(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    length = random.choice((1, 2, 4, 16, 64, 512, len(content)))
    return start, min(start + random.randint(1, max(length, 1)), len(content))
