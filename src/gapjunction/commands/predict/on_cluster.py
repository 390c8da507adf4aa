"""Predict images on a cluster: an image is a task, and whoever predicts it writes its files.

Of a slide each block is a task; this process joins them.
"""

import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import torch

from gapjunction.cluster.client import opened_client, workers_here
from gapjunction.cluster.distribute import distribute, end_work, parcels_of
from gapjunction.cluster.place import Here, Place, place_of
from gapjunction.cluster.work import Outcome, SetAsideError, Work
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.elsewhere import Beginning, Errand
from gapjunction.commands.predict.loop import ImageWithFiles, PredictAll
from gapjunction.commands.predict.slide_blocks import BlockErrand
from gapjunction.commands.predict.slides_in_blocks import predict_in_blocks
from gapjunction.commands.predict.step import NOTHING_NOTED, LookOf, Noted, Step
from gapjunction.errors import ImageError
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.terminal import progress_bar
from gapjunction.version import __version__

logger = logging.getLogger(__name__)

# What a worker gets at once: about a second of work, so that small images cost little to send.
MOST_IMAGES, MOST_PX = 16, 1_000_000


@contextmanager
def predicting_on_cluster(
    config: PredictConfig, asked: str, model: Model, rule: CountingRule
) -> Iterator[tuple[PredictAll, PredictAll]]:
    """Give what predicts images, and slides, on the cluster `asked` for, once it is needed.

    Raises:
        ConfigError: if there is no such cluster, or it is lost.
    """
    place, devices = place_of(asked), _devices(model)
    work = _work(config, place, model, rule, devices)
    with ExitStack() as kept:

        @cache
        def client() -> Any:
            opened = kept.enter_context(opened_client(place, len(devices)))
            kept.callback(end_work, opened, work)
            return opened

        def predict(
            waiting: Sequence[ImageWithFiles], step: Step, look_of: LookOf
        ) -> dict[str, ImageError]:
            return _predicted(client(), work, waiting, step, look_of) if waiting else {}

        def predict_blocks(errands: Iterable[BlockErrand]) -> Generator[Outcome]:
            return distribute(client(), work, ([each] for each in enumerate(errands)))

        yield predict, partial(predict_in_blocks, predict_blocks)


def _predicted(
    client: Any, work: Work, waiting: Sequence[ImageWithFiles], step: Step, look_of: LookOf
) -> dict[str, ImageError]:
    """Predict images; return what was wrong with those that could not be, by name."""
    errands = (
        (Errand.of(image, files, look_of(image)), image.num_pixels or MOST_PX)
        for image, files in waiting
    )
    kept = _Kept(waiting, step, {}, {})
    with progress_bar() as bar:
        task = bar.add_task("Predicting", total=len(waiting))
        outcomes = distribute(client, work, parcels_of(errands, MOST_IMAGES, MOST_PX))
        with closing(outcomes):
            for outcome in outcomes:
                kept.take(outcome)
                bar.advance(task)
    return kept.failures_in_order()


@dataclass(slots=True)
class _Kept:
    """What became of images, as far as there is something to say, by their numbers."""

    waiting: Sequence[ImageWithFiles]
    step: Step
    failures: dict[int, ImageError]
    noted: dict[int, Noted]

    def take(self, outcome: Outcome) -> None:
        """Keep what became of an image, and pass its messages on.

        Raises:
            Exception: what the worker raised, where it is not the image's fault.
        """
        for level, text in outcome.said:
            logger.log(level, "%s", text)
        image, _ = self.waiting[outcome.number]
        if isinstance(outcome.error, SetAsideError):
            self.failures[outcome.number] = set_aside(image, outcome.error, "predict")
        elif isinstance(outcome.error, ImageError):
            self.failures[outcome.number] = outcome.error
        elif outcome.error is not None:
            raise outcome.error
        elif outcome.result != NOTHING_NOTED:
            self.noted[outcome.number] = outcome.result

    def failures_in_order(self) -> dict[str, ImageError]:
        """Return what was wrong with images, by name; the step takes over what else there is."""
        for number in sorted(self.noted):
            self.step.add(self.noted[number])
        return {
            self.waiting[number][0].output_name: self.failures[number]
            for number in sorted(self.failures)
        }


def _work(
    config: PredictConfig,
    place: Place,
    model: Model,
    rule: CountingRule,
    devices: tuple[str, ...],
) -> Work:
    beginning = Beginning(
        None if model.is_shipped else model.folder.absolute(),
        model.version,
        __version__,
        config.backend,
        config.precision,
        config.num_gpus,
        config.batch_size,
        rule.threshold,
        rule.lowest_score,
    )
    if not isinstance(place, Here):
        return Work.of(beginning, num_threads=1, time_limit_s=config.time_limit_s)
    num_threads = max(torch.get_num_threads() // workers_here(place, len(devices)), 1)
    return Work.of(
        beginning, num_threads=num_threads, time_limit_s=config.time_limit_s, devices=devices
    )


def _devices(model: Model) -> tuple[str, ...]:
    """Return the GPUs of this machine, where the model is to work on some."""
    if model.device.type != "cuda":
        return ()
    return tuple(map(str, range(torch.cuda.device_count())))


def set_aside(image: ListedImage, error: SetAsideError, verb: str) -> ImageError:
    """Return what is said of an image that was tried in vain."""
    return ImageError(
        image.origin.path,
        expected=f"an image that a process can {verb}",
        found=str(error),
        fix="look at the image; a large one may need more time or memory",
        settings=("time_limit_s",),
    )
