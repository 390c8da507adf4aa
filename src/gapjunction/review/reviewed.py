"""A review at work: takes operations, keeps them in journals, writes what is done."""

import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gapjunction.detections import Detections
from gapjunction.errors import GapJunctionError
from gapjunction.review.entries import FILE, Box, Change, Entry
from gapjunction.review.events import Events
from gapjunction.review.file_boxes import (
    as_detections,
    hash_of,
    read_base,
    read_found,
    state_of_file,
    text_of,
    write_boxes,
)
from gapjunction.review.foreign import proposals_of_file
from gapjunction.review.journal import Journal
from gapjunction.review.merging import (
    ImageState,
    Key,
    applied,
    collision,
    does_not_fit,
    started,
)
from gapjunction.review.opening import Opened, ReviewImage
from gapjunction.review.operations import (
    Operation,
    Setting,
    changes_of,
    target_of,
)
from gapjunction.review.outcome import Collided, OperationRefused, Outcome, outcome_of
from gapjunction.review.settled import Settled, Signature, signature_of

logger = logging.getLogger(__name__)


class Review:
    """All images that are reviewed, as their journals leave them; safe to use from any thread.

    Raises:
        DatasetError: if a journal is damaged.
    """

    def __init__(self, opened: Opened, annotator: str) -> None:
        self.opened, self.annotator = opened, annotator
        self.class_names, self.events = tuple(opened.classes), Events()
        self._lock = threading.RLock()
        self._journals = {each.root: Journal(each.root, annotator) for each in opened.datasets}
        self._by_key = _by_key(opened)
        self._states: dict[str, ImageState] = {}  # of images that an operation has met
        self._fresh: dict[str, tuple[Signature, ImageState]] = {}  # of others
        self._found: dict[str, Detections] = {}
        self._settled = Settled()
        self.refresh()

    def reopen(self, opened: Opened) -> None:
        """Go on with other predictions of the same images, where no operation has met them."""
        with self._lock:
            self.opened, self._by_key = opened, _by_key(opened)
            self._fresh.clear()
            self._found.clear()
        self.events.tell("predicted")

    def image(self, image_id: str) -> ReviewImage:
        """Return an image.

        Raises:
            OperationRefused: if there is none with this id.
        """
        image = self.opened.images.get(image_id)
        if image is None:
            raise OperationRefused("there is no such image")
        return image

    def state(self, image: ReviewImage) -> ImageState:
        """Return what an image is now.

        Raises:
            GapJunctionError: if its detection file cannot be read.
        """
        known = self._states.get(image.id)
        if known is not None:
            return known
        signature = signature_of(image.boxes_path)
        fresh = self._fresh.get(image.id)
        if fresh is None or fresh[0] != signature:
            base, sha256 = read_base(image, self.class_names)
            fresh = signature, replace(started(base), sha256=sha256)
            self._fresh[image.id] = fresh
        return fresh[1]

    def met_state(self, image: ReviewImage) -> ImageState | None:
        """Return what an image is if an operation has met it, without reading a file."""
        return self._states.get(image.id)

    def found(self, image: ReviewImage) -> Detections:
        """Return what a model found in an image that no operation has met."""
        if image.id in self._fresh:
            return as_detections(self.state(image).boxes)
        if image.id not in self._found:  # of which the queue needs all, but no ids
            self._found[image.id] = read_found(image, self.class_names)
        return self._found[image.id]

    def annotators(self) -> list[str]:
        """Return who reviews, or has reviewed, any of the datasets, this annotator first."""
        others = {name for journal in self._journals.values() for name in journal.annotators()}
        return [self.annotator, *sorted(others - {self.annotator})]

    def operate(self, operation: Operation) -> Outcome:
        """Do what the page asks for; it is on the disk when this returns.

        Raises:
            OperationRefused: if it makes no sense.
            Collided: if another window changed the same thing, which the page has not seen yet.
            OSError: if the journal cannot be written.
        """
        image = self.image(operation.image)
        with self._turn(image) as journal:
            state = self.state(image)
            known = state.entries.get(operation.id)
            if known is not None:
                return outcome_of(known)
            setting = Setting.of(image, self.annotator, self.opened.threshold)
            if operation.box is not None:  # which somebody may have deleted
                self._require_no_collision(operation, state, [("box", operation.box.id)])
            changes = changes_of(operation, state, setting)
            self._require_no_collision(operation, state, [change.key for change in changes])
            if does_not_fit(state, changes) is not None:
                raise OperationRefused("what this would undo has changed since")
            entry = self._entry(journal, image, operation, changes)
            first = [] if state.base and image.id in self._states else [self._base(entry, state)]
            if first:
                entry = entry.but(sequence=entry.sequence + 1)
            journal.append([*first, entry])
            for each in (*first, entry):
                self._apply(image, each)
            self._tell(image, entry)
            unwritten = self._write(journal, image)
            if not unwritten:
                self._settled.settle(image, self._states[image.id])
            return replace(outcome_of(entry), unwritten=unwritten)

    def refresh(self) -> None:
        """Take over what others wrote: into their journals, and into detection files."""
        for root, journal in self._journals.items():
            # Asked without the lock: on a network drive it takes a while, and somebody works.
            if not (journal.has_news() or self._unsettled(root)):
                continue
            with self._lock, journal.turn():
                self._absorb(root, journal)
                for image in self._unsettled(root):
                    self._reconcile(journal, image)

    def _unsettled(self, root: Path) -> list[ReviewImage]:
        """Return the images of a dataset whose files have to be looked at."""
        return [
            image
            for image in self.opened.images.values()
            if image.dataset.root == root
            and image.id in self._states
            and not self._settled.holds(image, self._states[image.id])
        ]

    @contextmanager
    def _turn(self, image: ReviewImage) -> Iterator[Journal]:
        journal = self._journals[image.dataset.root]
        with self._lock, journal.turn():
            self._absorb(image.dataset.root, journal)
            if image.id in self._states:
                self._reconcile(journal, image)
            yield journal

    def _absorb(self, root: Path, journal: Journal) -> None:
        for entry in journal.read_new():
            image = self._by_key.get((root, entry.image))
            if image is None:  # it was moved away, and may come back
                continue
            self._apply(image, entry)
            if entry.changes:
                self._tell(image, entry)

    def _tell(self, image: ReviewImage, entry: Entry) -> None:
        about = {"by": entry.by, "window": entry.window, "sequence": entry.sequence}
        self.events.tell("operation", image=image.id, **about)

    def _apply(self, image: ReviewImage, entry: Entry) -> None:
        self._states[image.id] = applied(self._states.get(image.id, ImageState()), entry)

    def _require_no_collision(
        self, operation: Operation, state: ImageState, keys: Sequence[Key]
    ) -> None:
        who = self.annotator, operation.window
        touch = collision(state, keys, operation.base, who)
        if touch is not None:
            now = [state.values.get(key) for key in keys]
            raise Collided(touch.by, [box for box in now if isinstance(box, Box)])

    def _entry(
        self,
        journal: Journal,
        image: ReviewImage,
        operation: Operation,
        changes: tuple[Change, ...],
    ) -> Entry:
        return Entry(
            id=operation.id,
            sequence=journal.last_sequence + 1,
            time=_now(),
            by=self.annotator,
            window=operation.window,
            image=image.key,
            kind=operation.kind,
            changes=changes,
            of=target_of(operation, self.state(image), self.annotator),
        )

    def _base(self, entry: Entry, state: ImageState) -> Entry:
        return entry.but(
            id=uuid.uuid4().hex,
            kind="base",
            changes=(),
            of=None,
            base=state.base,
            sha256=state.sha256,
        )

    def _note(self, journal: Journal, image: ReviewImage, **what: Any) -> None:
        """Write down something that nobody asked for: what a file holds."""
        entry = Entry(
            id=uuid.uuid4().hex,
            sequence=journal.last_sequence + 1,
            time=_now(),
            image=image.key,
            **what,
        )
        journal.append([entry])
        self._apply(image, entry)

    def _reconcile(self, journal: Journal, image: ReviewImage) -> None:
        """See what the detection file holds: ours, ours of before a kill, or somebody else's."""
        state = self._states[image.id]
        if self._settled.holds(image, state):
            return
        now = state_of_file(image.boxes_path)
        if now == state.sha256:
            self._write(journal, image)
        elif now == hash_of(text_of(state, image, self.class_names)) and not state.proposals:
            self._note(journal, image, by=self.annotator, kind="written", sha256=now)
        else:
            self._take_note_of_foreign(journal, image, now)
        self._settled.settle(image, self._states[image.id])

    def _take_note_of_foreign(self, journal: Journal, image: ReviewImage, now: str) -> None:
        try:
            theirs = read_base(image, self.class_names)[0] if now else None
        except GapJunctionError as error:
            logger.warning("changed by another program, and left alone: %s", error)
            return
        changes = proposals_of_file(self._states[image.id], theirs)
        self._note(journal, image, by=FILE, kind="foreign", sha256=now, changes=changes)
        logger.warning("%s was changed by another program: the page shows how", image.boxes_path)
        self.events.tell("file_changed", image=image.id)

    def _write(self, journal: Journal, image: ReviewImage) -> str:
        """Write the detection file if it should be another; return why that failed, or ""."""
        state = self._states[image.id]
        was_written = any(each.kind in ("done", "undone") for each in state.entries.values())
        if state.proposals or not (state.is_done or was_written):
            return ""
        text = text_of(state, image, self.class_names)
        if hash_of(text) == state.sha256:
            return ""
        try:
            write_boxes(text, state, image, self.class_names)
        except OSError as error:
            logger.warning("%s could not be written: %s", image.boxes_path, error)
            return f"the detection file could not be written: {error.strerror or error}"
        self._note(journal, image, by=self.annotator, kind="written", sha256=hash_of(text))
        return ""


def _by_key(opened: Opened) -> dict[tuple[Path, str], ReviewImage]:
    return {(each.dataset.root, each.key): each for each in opened.images.values()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
