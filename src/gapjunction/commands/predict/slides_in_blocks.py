"""Predict slides of which other processes look at the blocks; this one joins what they keep."""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from gapjunction.cluster.work import Outcome, SetAsideError
from gapjunction.commands.predict.files import require_usable_name
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.slide_blocks import BlockErrand, errands_of
from gapjunction.commands.predict.slides import predict_slides
from gapjunction.commands.predict.step import LookOf, Step
from gapjunction.errors import ImageError
from gapjunction.images.locations import shown_location
from gapjunction.terminal import progress_bar

logger = logging.getLogger(__name__)

# Has blocks looked at elsewhere; yields what became of them, numbered from 0 on, as they are done.
KeepBlocks = Callable[[Iterable[BlockErrand]], Generator[Outcome]]


def predict_in_blocks(
    keep_blocks: KeepBlocks, waiting: Sequence[ImageWithFiles], step: Step, look_of: LookOf
) -> dict[str, ImageError]:
    """Predict slides; return what was wrong with those that could not be, by name.

    Of these, the blocks that could be looked at are kept.
    """
    if not waiting:
        return {}
    sent = _Sent(waiting, step, look_of)
    with progress_bar() as bar:
        task = bar.add_task("Predicting blocks of slides", total=len(waiting))
        with closing(keep_blocks(sent.errands())) as outcomes:
            for outcome in outcomes:
                sent.take(outcome)
                bar.update(task, completed=sent.num_slides_done)
    failures = sent.failures()
    whole = [pair for pair in waiting if pair[0].output_name not in failures]
    failures |= predict_slides(whole, step, look_of)
    names = [image.output_name for image, _ in waiting]
    return {name: failures[name] for name in names if name in failures}


@dataclass(slots=True)
class _Sent:
    """The blocks that were sent, and what was wrong with slides and blocks."""

    waiting: Sequence[ImageWithFiles]
    step: Step
    look_of: LookOf
    num_slides_done: float = 0.0
    _blocks: list[tuple[BlockErrand, float]] = field(default_factory=list)  # and share of its slide
    _unread: dict[str, ImageError] = field(default_factory=dict)
    _failed: dict[int, ImageError] = field(default_factory=dict)

    def errands(self) -> Iterator[BlockErrand]:
        """Yield the blocks of slide after slide."""
        for image, files in self.waiting:
            try:
                require_usable_name(image)
                errands = errands_of(self.step.model, image, files, self.look_of(image))
            except ImageError as error:
                self._unread[image.output_name] = error
                continue
            for errand in errands:
                self._blocks.append((errand, 1 / len(errands)))
                yield errand

    def take(self, outcome: Outcome) -> None:
        """Keep what became of a block, and pass its messages on.

        Raises:
            Exception: what the worker raised, where it is not the slide's fault.
        """
        for level, text in outcome.said:
            logger.log(level, "%s", text)
        errand, share = self._blocks[outcome.number]
        self.num_slides_done += share
        if isinstance(outcome.error, SetAsideError):
            self._failed[outcome.number] = _set_aside(errand, outcome.error)
        elif isinstance(outcome.error, ImageError):
            self._failed[outcome.number] = outcome.error
        elif outcome.error is not None:
            raise outcome.error

    def failures(self) -> dict[str, ImageError]:
        """Return what was wrong with slides, by name: the first of what was with their blocks."""
        failures = dict(self._unread)
        for number in sorted(self._failed):
            errand, _ = self._blocks[number]
            failures.setdefault(errand.image.output_name, self._failed[number])
        return failures


def _set_aside(errand: BlockErrand, error: SetAsideError) -> ImageError:
    place = errand.place
    return ImageError(
        shown_location(errand.image.origin.path),
        item=f"block of {place.width} x {place.height} px from {place.x0},{place.y0} on",
        expected="one that a process can look at",
        found=str(error),
        fix="give the command again, with more time or memory: the other blocks are kept",
        settings=("time_limit_s",),
    )
