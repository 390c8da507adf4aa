"""Says where images are slices of stacks, in which a plaque is counted more than once."""

import logging
from collections.abc import Sequence
from pathlib import Path

from gapjunction.images.slice_names import are_slices
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.text import counted

logger = logging.getLogger(__name__)

MOST_NAMED = 3  # stacks


def tell_of_slices(images: Sequence[ListedImage]) -> None:
    """Say in one line how many images are slices of stacks, by their names."""
    groups: dict[str, list[str]] = {}
    for image in images:
        groups.setdefault(_place(image), []).append(image.origin.path.stem)
    stacks = {name: stems for name, stems in groups.items() if are_slices(stems)}
    if not stacks:
        return
    named = ", ".join(list(stacks)[:MOST_NAMED]) + (", ..." if len(stacks) > MOST_NAMED else "")
    logger.warning(
        "%s of %s (%s) are slices, by the z in their names: a plaque is counted in each slice "
        "where it shows, so that a sum over slices is no number of plaques",
        counted(sum(map(len, stacks.values())), "image"),
        counted(len(stacks), "stack"),
        named,
    )


def _place(image: ListedImage) -> str:
    origin = image.origin
    if origin.dataset:
        return f"{origin.dataset}/{origin.asset}"
    return Path(origin.path).parent.name
