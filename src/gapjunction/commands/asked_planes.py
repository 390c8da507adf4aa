"""The planes of files that the options of a command ask for."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gapjunction.choices import ZAxis
from gapjunction.images.plane_choice import ALL_SLICES, PlaneChoice

logger = logging.getLogger(__name__)

MOST_NAMED = 3  # files


class PlaneOptions(Protocol):
    """The settings of a command with these options."""

    @property
    def channel(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def z(self) -> str | None: ...  # noqa: D102
    @property
    def z_axis(self) -> ZAxis: ...  # noqa: D102
    @property
    def time(self) -> int | None: ...  # noqa: D102
    @property
    def scene(self) -> str | None: ...  # noqa: D102


def plane_choice(options: PlaneOptions) -> PlaneChoice:
    """Return what the options say of the planes."""
    return PlaneChoice(options.channel, options.z, options.time, options.scene, options.z_axis)


def tell_of_single_slices(asked: PlaneChoice, single: Sequence[Path]) -> None:
    """Log the files that have a single slice, if all slices were asked for; at most one line."""
    if asked.z != ALL_SLICES or not single:
        return
    names = ", ".join(path.name for path in single[:MOST_NAMED])
    logger.info(
        "--z all makes one image only of a file with a single slice: %s",
        names if len(single) <= MOST_NAMED else f"{names}, ... ({len(single)} in all)",
    )
