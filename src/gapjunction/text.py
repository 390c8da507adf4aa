"""Words and names: one form of a name, a number with its noun, units of length."""

import re
import unicodedata

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG_WORD = re.compile(r"([^\s/]{50})[^\s/]{21,}([^\s/]{30})")
UM_PER_UNIT = {"nm": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "mm": 1e3, "cm": 1e4}


def normalized(name: str) -> str:
    r"""Return `name` in Unicode's composed form: macOS writes file names decomposed.

    >>> normalized("Zu\u0308rich") == "Z\u00fcrich"
    True
    """
    return unicodedata.normalize("NFC", name)


def is_utf8(text: str) -> bool:
    """Tell whether `text` can be written as UTF-8.

    Python reads names of files that are in another encoding with lone surrogates in them.
    """
    return not _SURROGATE.search(text)


def visible(text: str) -> str:
    r"""Return `text` with escapes for what cannot be shown or moves the cursor, but for line ends.

    >>> visible("rat\x1b[2J \udcff")
    'rat\\x1b[2J \\udcff'
    """
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)


def shortened(text: str) -> str:
    """Return `text` with dots for the middle of words and names of more than 100 letters.

    Names of files may have 255 bytes, and an error names several.
    """
    return _LONG_WORD.sub(r"\1...\2", text)


def cut(text: str, length: int) -> str:
    """Return `text` with dots in its middle if it is longer than `length`.

    >>> cut("abcdefghij", 8), cut("abc", 8)
    ('abc...ij', 'abc')
    """
    if len(text) <= length:
        return text
    kept = length - len("...")
    return f"{text[: kept - kept // 2]}...{text[len(text) - kept // 2 :]}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "image"), counted(1200, "box")
    ('1 image', '1,200 boxes')
    """
    plural = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
