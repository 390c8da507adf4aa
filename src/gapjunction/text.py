"""Words and names: one form of a name, a number with its noun, units of length."""

import unicodedata

UM_PER_UNIT = {"nm": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "mm": 1e3, "cm": 1e4}


def normalized(name: str) -> str:
    r"""Return `name` in Unicode's composed form: macOS writes file names decomposed.

    >>> normalized("Zu\u0308rich") == "Z\u00fcrich"
    True
    """
    return unicodedata.normalize("NFC", name)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "image"), counted(1200, "box")
    ('1 image', '1,200 boxes')
    """
    plural = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
