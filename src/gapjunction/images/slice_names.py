"""Which slice of a confocal stack an image is, by its name.

The rule: the letter z, large or small, and a whole number of up to four digits, with nothing or one
of `-`, `_` and a blank between them, and no other letter or digit before or behind: `_Z47_`,
`_z047`, `z-47`, `(Z 47)`. Where a name has several, the last one counts.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from gapjunction.errors import ConfigError

FEWEST_SLICES = 2  # of a stack
AUTO, OFF = "auto", "off"
MOST_DIGITS = 4  # of a slice's number; longer ones are dates and records
Z_RULE = re.compile(r"(?<![0-9A-Za-z])z[-_ ]?(\d{1,4})(?![0-9A-Za-z])", re.IGNORECASE)
NO_RULE = re.compile(r"(?!)")  # which matches nothing

Item = TypeVar("Item")


def slice_rule(asked: str) -> re.Pattern[str]:
    """Return the rule for what was asked: "auto", "off", or an expression with one group.

    Raises:
        ConfigError: if it is no such expression.
    """
    if asked in (AUTO, OFF):
        return Z_RULE if asked == AUTO else NO_RULE
    try:
        rule = re.compile(asked)
    except re.error as error:
        raise _refusal(asked, str(error)) from None
    if rule.groups != 1:
        raise _refusal(asked, f"{rule.groups} groups")
    return rule


def _refusal(asked: str, found: str) -> ConfigError:
    return ConfigError(
        "slice names",
        item=asked,
        expected=f"{AUTO}, {OFF}, or a regular expression with the number as its one group",
        found=found,
        fix=r"write it as in 'plane(\d+)'",
        settings=("slice_names",),
    )


def slice_number(stem: str, rule: re.Pattern[str] = Z_RULE) -> int | None:
    """Return the number of a slice in a file's name without its suffix, None if it has none.

    >>> slice_number("8746_cx43_Z47_cx43_0df171ec"), slice_number("field 3 (Z 7)")
    (47, 7)
    >>> slice_number("z_scores"), slice_number("Cz47")
    (None, None)
    """
    numbers = [text for text in rule.findall(stem) if text.isdecimal() and len(text) <= MOST_DIGITS]
    return int(numbers[-1]) if numbers else None


def in_order_of_slices(items: Iterable[Item], stem_of: Callable[[Item], str]) -> list[Item]:
    """Return items by the numbers of their slices, if all have one; else as they are."""
    given = list(items)
    numbers = [slice_number(stem_of(each)) for each in given]
    if None in numbers:
        return given
    places = sorted(range(len(given)), key=lambda place: numbers[place] or 0)
    return [given[place] for place in places]


def are_slices(stems: Sequence[str], rule: re.Pattern[str] = Z_RULE) -> bool:
    """Tell whether images, named so, are slices of a stack: all have numbers, which differ."""
    numbers = [slice_number(stem, rule) for stem in stems]
    return None not in numbers and len(set(numbers)) >= FEWEST_SLICES
