"""How long a scale bar is, and what is written beside it."""

import math

BAR_SHARE = 0.2  # of the picture's width, at most
STEPS = (5, 2, 1)  # times a power of ten


def round_length(longest_um: float) -> float:
    """Return the longest of 1, 2 and 5 times a power of ten that is not longer.

    >>> round_length(27.0), round_length(0.6)
    (20.0, 0.5)
    """
    power = 10.0 ** math.floor(math.log10(longest_um))
    return next(step * power for step in STEPS if step * power <= longest_um)


def length_text(length_um: float) -> str:
    """Return a length in words.

    >>> length_text(0.5), length_text(2000)
    ('500 nm', '2 mm')
    """
    if length_um < 1:
        return f"{length_um * 1000:g} nm"
    return f"{length_um:g} \N{MICRO SIGN}m" if length_um < 1000 else f"{length_um / 1000:g} mm"  # noqa: PLR2004
