"""Warns where slices of one stack are on two sides of a split, which the names of images tell.

A split divides assets. Where somebody divided the slices of a stack among several, as by lists of
images for training and for testing, it does not keep them together.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gapjunction.images.slice_names import Z_RULE, slice_number
from gapjunction.text import counted, normalized

logger = logging.getLogger(__name__)

FEWEST_IN_ASSET = 2  # slices; an asset with one image may as well be no stack
MOST_SHOWN = 3  # stacks and assets that are named
RECORD = re.compile(r"^\d+(?=\D)")  # in published names, each slice has one of its own


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image by its name, and where it is: its asset, and the side of a split."""

    stem: str
    asset: str
    side: str


@dataclass(frozen=True, slots=True)
class DividedStack:
    """A stack whose slices are on several sides.

    Attributes:
        name: what the names of its slices share, with * for the number of the slice.
        num_slices: by side.
        assets: that they are in.
    """

    name: str
    num_slices: Mapping[str, int]
    assets: tuple[str, ...]


def warn_of_divided_stacks(images: Sequence[PlacedImage]) -> None:
    """Log which stacks have slices on several sides, why that is bad and what to do; at most once.

    Neighboring slices are nearly the same image: what was learnt from one is known in the other.
    """
    divided = divided_stacks(images)
    if not divided:
        return
    first = divided[0]
    others = len(divided) - 1
    sides = " and ".join(
        f"{counted(number, 'slice')} in {side}" for side, number in first.num_slices.items()
    )
    logger.warning(
        "slices of one stack are on several sides: %s has %s%s; neighboring slices are nearly the "
        "same image, so that scores will be too good; put the slices of a stack into one asset, "
        "or its assets (%s) on one side",
        first.name,
        sides,
        f" ({counted(others, 'other stack')} likewise)" if others else "",
        _listed(first.assets),
    )


def divided_stacks(images: Sequence[PlacedImage]) -> list[DividedStack]:
    """Return the stacks that have slices on several sides, by name.

    Images are of one stack where their names differ in the number of the slice alone, and perhaps
    in the number that they begin with. A slice that is there twice shows that these are several
    stacks; so it may be where no asset has two of the slices.
    """
    slices = [each for each in images if slice_number(each.stem) is not None]
    stacks = _groups(slices, has_records=True)
    alone = [own[0] for own in stacks.values() if len(own) == 1]
    stacks |= _groups(alone, has_records=False)
    return [_divided(name, own) for name, own in sorted(stacks.items()) if _is_divided(own)]


def _groups(slices: Iterable[PlacedImage], *, has_records: bool) -> dict[str, list[PlacedImage]]:
    """Return slices by what their names share."""
    groups: dict[str, list[PlacedImage]] = {}
    for each in slices:
        name = normalized(each.stem)
        number = list(Z_RULE.finditer(name))[-1]
        shared = f"{name[: number.start(1)]}*{name[number.end(1) :]}"
        groups.setdefault(shared if has_records else RECORD.sub("*", shared), []).append(each)
    return groups


def _is_divided(slices: Sequence[PlacedImage]) -> bool:
    numbers = {slice_number(each.stem) for each in slices}
    assets = [each.asset for each in slices]
    is_one_stack = len(numbers) == len(slices)
    is_seen_to_be_one = max(map(assets.count, assets)) >= FEWEST_IN_ASSET
    return is_one_stack and is_seen_to_be_one and len({each.side for each in slices}) > 1


def _divided(name: str, slices: Sequence[PlacedImage]) -> DividedStack:
    sides = [each.side for each in slices]
    return DividedStack(
        name,
        {side: sides.count(side) for side in dict.fromkeys(sides)},
        tuple(sorted({each.asset for each in slices})),
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_SHOWN])
    return shown if len(names) <= MOST_SHOWN else f"{shown}, ... ({len(names)} in all)"
