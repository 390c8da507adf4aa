"""Measure objects on a cluster: an image is a task, and the table is written where it is asked."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gapjunction.cluster.client import opened_client, workers_here
from gapjunction.cluster.distribute import distribute, end_work, parcels_of
from gapjunction.cluster.place import Here, num_cores, place_of
from gapjunction.cluster.work import Outcome, SetAsideError, Work
from gapjunction.commands.predict.elsewhere import require_package
from gapjunction.commands.predict.objects import ImageObjects, MeasureAll, Measured
from gapjunction.commands.predict.on_cluster import MOST_IMAGES, MOST_PX, set_aside
from gapjunction.errors import ImageError
from gapjunction.prediction.measured_image import Measuring
from gapjunction.version import __version__

logger = logging.getLogger(__name__)


@contextmanager
def measuring_on_cluster(
    asked: str, measuring: Measuring, time_limit_s: float
) -> Iterator[MeasureAll]:
    """Give what measures objects on the cluster `asked` for, which is open until the end.

    Raises:
        ConfigError: if there is no such cluster, or it is lost.
    """
    place = place_of(asked)
    num_threads = max(num_cores() // workers_here(place, 0), 1) if isinstance(place, Here) else 1
    beginning = MeasuringBegins(measuring, __version__)
    work = Work.of(beginning, num_threads=num_threads, time_limit_s=time_limit_s)
    with opened_client(place, 0) as client:
        try:
            yield partial(_measured, client, work)
        finally:
            end_work(client, work)


@dataclass(frozen=True, slots=True)
class MeasuringBegins:
    """With what each process begins: how objects are measured, by which version."""

    measuring: Measuring
    package_version: str

    def __call__(self) -> "Measurer":
        """Return what measures the objects of images.

        Raises:
            ConfigError: if another version of the package is installed there.
        """
        require_package(self.package_version)
        return Measurer(self.measuring)


@dataclass(frozen=True, slots=True)
class Measurer:
    """Measures the objects of one image after the other."""

    measuring: Measuring

    def __call__(self, each: ImageObjects) -> Measured:
        """Return what the objects of an image are like.

        Raises:
            ImageError: if it cannot be read.
        """
        return each.measured(self.measuring)


def _measured(
    client: Any, work: Work, images: Sequence[ImageObjects]
) -> Iterator[Measured | ImageError]:
    errands = (
        (replace(each, image=each.image.absolute()), each.image.num_pixels or MOST_PX)
        for each in images
    )
    outcomes = distribute(client, work, parcels_of(errands, MOST_IMAGES, MOST_PX))
    with closing(outcomes):
        for each, outcome in zip(images, _in_order(outcomes), strict=True):
            for level, text in outcome.said:
                logger.log(level, "%s", text)
            if isinstance(outcome.error, SetAsideError):
                yield set_aside(each.image, outcome.error, "measure")
            elif isinstance(outcome.error, ImageError):
                yield outcome.error
            elif outcome.error is not None:
                raise outcome.error
            else:
                yield outcome.result


def _in_order(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield what became of items by their numbers, from 0 on."""
    early: dict[int, Outcome] = {}
    number = 0
    for outcome in outcomes:
        early[outcome.number] = outcome
        while number in early:
            yield early.pop(number)
            number += 1
