"""Which slice of a confocal stack an image is, by its name.

The rule: the letter z, large or small, and a whole number of up to four digits, with nothing or one
of `-`, `_` and a blank between them, and no other letter or digit before or behind: `_Z47_`,
`_z047`, `z-47`, `(Z 47)`. Where a name has several, the last one counts.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

FEWEST_SLICES = 2  # of a stack
_SLICE = re.compile(r"(?<![0-9A-Za-z])z[-_ ]?(\d{1,4})(?![0-9A-Za-z])", re.IGNORECASE)

Item = TypeVar("Item")


def slice_number(stem: str) -> int | None:
    """Return the number of a slice in a file's name without its suffix, None if it has none.

    >>> slice_number("8746_cx43_Z47_cx43_0df171ec"), slice_number("field 3 (Z 7)")
    (47, 7)
    >>> slice_number("z_scores"), slice_number("Cz47")
    (None, None)
    """
    numbers: list[str] = _SLICE.findall(stem)
    return int(numbers[-1]) if numbers else None


def in_order_of_slices(items: Iterable[Item], stem_of: Callable[[Item], str]) -> list[Item]:
    """Return items by the numbers of their slices, if all have one; else as they are."""
    given = list(items)
    numbers = [slice_number(stem_of(each)) for each in given]
    if None in numbers:
        return given
    places = sorted(range(len(given)), key=lambda place: numbers[place] or 0)
    return [given[place] for place in places]


def are_slices(stems: Sequence[str]) -> bool:
    """Tell whether images, named so, are slices of a stack: all have numbers, which differ."""
    numbers = [slice_number(stem) for stem in stems]
    return None not in numbers and len(set(numbers)) >= FEWEST_SLICES
