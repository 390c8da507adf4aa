"""Every error a user can cause.

GapJunctionError          one line: where, what was expected, what was found, what to do
├── ConfigError           a setting is unknown or out of range
├── DatasetError          a dataset cannot be used as it is
├── ArchiveError          a zip file is damaged, or holds what may not be unpacked
├── ImageError            an image cannot be read
├── DetectionsFileError   a detection or count file cannot be read
├── CheckpointError       a checkpoint is missing, damaged or does not fit
├── TrainingDiverged      losses or predictions are no finite numbers any more
├── DeviceError           the machine lacks the asked-for device
├── BenchmarkError        ground truth and predictions do not fit together
└── TrackingError         a run cannot be logged to MLflow

Errors of ours, as opposed to the user's, stay Python's built-in exceptions.
"""

from functools import partial
from pathlib import Path
from typing import Any

from gapjunction.temporary_copies import with_originals
from gapjunction.text import cut, shortened

MOST_SHOWN = 480  # characters of a line of error
LEAST_KEPT = 60  # of a part that is cut
LONGEST_PLACE = 240  # that is shown in full; those of what users make by hand are shorter


class GapJunctionError(Exception):
    """A mistake a user can mend; its text is one line and says how.

    A file in a temporary copy is called by the original, such as the zip that it was unpacked from.

    Args:
        where: the file, folder or option.
        item: the thing inside it, such as "box 3"; empty if it is the whole.
        expected: what would have been right.
        found: what was there instead.
        fix: the next step, as an imperative.
        settings: the settings to change for it, which the command line shows as its options.
    """

    def __init__(
        self,
        where: Path | str,
        *,
        expected: str,
        found: str,
        fix: str,
        item: str = "",
        settings: tuple[str, ...] = (),
    ) -> None:
        self.where, self.item, self.settings = with_originals(str(where)), item, settings
        self.expected, self.found, self.fix = map(with_originals, (expected, found, fix))
        super().__init__(one_line(self.where, item, self.expected, self.found, self.fix))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error pass between processes: pickle calls a constructor by position only."""
        parts: dict[str, Any] = {
            "item": self.item,
            "expected": self.expected,
            "found": self.found,
            "fix": self.fix,
            "settings": self.settings,
        }
        return partial(type(self), self.where, **parts), (), self.__dict__


def one_line(where: str, item: str, expected: str, found: str, fix: str) -> str:
    """Return the text of an error: one line of at most MOST_SHOWN characters.

    What is too long gets "..." in its middle: words, and then what was found, what was expected,
    the item and, last of all, what to do; of the place words, and what is beyond LONGEST_PLACE.
    """
    where = cut(shortened(where), LONGEST_PLACE)
    # Words first: what is cut out of one that is shortened later would shorten nothing.
    parts = [shortened(" ".join(part.splitlines())) for part in (item, expected, found, fix)]
    for index in (2, 1, 0, 3):
        excess = len(_joined(where, *parts)) - MOST_SHOWN
        if excess > 0:
            parts[index] = cut(parts[index], max(LEAST_KEPT, len(parts[index]) - excess))
    return _joined(where, *parts)


def _joined(where: str, item: str, expected: str, found: str, fix: str) -> str:
    place = f"{where}: {item}" if item else where
    line = f"{place}: expected {expected}, found {found}; {fix}"
    return shortened(" ".join(line.splitlines()))  # names from files may hold line breaks


class ConfigError(GapJunctionError):
    """A setting is unknown or out of range."""


class DatasetError(GapJunctionError):
    """A dataset cannot be used as it is."""


class ArchiveError(GapJunctionError):
    """A zip file is damaged, or holds what may not be unpacked."""


class ImageError(GapJunctionError):
    """An image cannot be read."""


class DetectionsFileError(GapJunctionError):
    """A detection or count file cannot be read."""


class CheckpointError(GapJunctionError):
    """A checkpoint is missing, damaged or does not fit."""


class TrainingDiverged(GapJunctionError):  # noqa: N818 - it says what happened
    """Losses or predictions are no finite numbers any more."""


class DeviceError(GapJunctionError):
    """The machine lacks the asked-for device."""


class BenchmarkError(GapJunctionError):
    """Ground truth and predictions do not fit together."""


class TrackingError(GapJunctionError):
    """A run cannot be logged to MLflow."""
