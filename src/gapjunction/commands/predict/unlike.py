"""Names the images that are unlike those that a model was calibrated on."""

from collections.abc import Sequence

from gapjunction.prediction_folder import COUNTS_NAME, CountRow
from gapjunction.text import counted
from gapjunction.unlikeness import USUAL

MOST_NAMED = 3


def unlike_images(rows: Sequence[CountRow]) -> tuple[str, ...]:
    """Return the names of the images that are unlike, most unlike first."""
    unlikeness = {
        row.image: row.unlikeness
        for row in rows
        if row.unlikeness is not None and row.unlikeness > USUAL
    }
    return tuple(sorted(unlikeness, key=lambda name: -unlikeness[name]))


def unlike_sentence(names: Sequence[str]) -> str:
    """Return in words that these images, one or more, are unlike, and what to do."""
    shown = ", ".join(names[:MOST_NAMED]) + ", ..." * (len(names) > MOST_NAMED)
    verb = "is" if len(names) == 1 else "are"
    return (
        f"{counted(len(names), 'image')} {verb} unlike those that the model was calibrated on "
        f"({shown}): do not trust these counts before you have looked at overlays; intervals are "
        f"wider there (unlikeness above 1 in {COUNTS_NAME}), and training on such images helps"
    )
