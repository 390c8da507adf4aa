"""Mistakes of a user, told in napari as a line, not as a traceback."""

from collections.abc import Callable

from napari.utils.notifications import show_error

from gapjunction.errors import GapJunctionError
from gapjunction.review.outcome import OperationRefused


def telling(action: Callable[[], None]) -> Callable[[], None]:
    """Return what does the same, and shows what was wrong with what it was given."""

    def act() -> None:
        try:
            action()
        except (GapJunctionError, OperationRefused) as error:
            show_error(str(error))

    return act
