"""The journal of a review: files to which everybody appends lines, on the disk before they count.

A folder holds a file for each annotator. Lines are written in turn, so that their sequence is one
for all. A line that a killed process left half-written was never acknowledged: it is dropped.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import ValidationError

from gapjunction.errors import DatasetError
from gapjunction.locks import in_turn
from gapjunction.review.entries import Entry

logger = logging.getLogger(__name__)

REVIEW_FOLDER, ENDING, TURN_NAME = ".review", ".jsonl", ".turn"
WORK = "gapjunction review"
OTHERS_S, POLL_S = 10.0, 0.1  # for somebody on another computer, whose lock nothing lets go of


class Journal:
    """The journals of one dataset, of which this process writes that of one annotator.

    Args:
        dataset_root: the dataset's folder; the journals lie in `.review` in it.
        annotator: who works here; the name of a file.
    """

    def __init__(self, dataset_root: Path, annotator: str) -> None:
        self.folder = dataset_root / REVIEW_FOLDER
        self.annotator = annotator
        self._own = self.folder / f"{annotator}{ENDING}"
        self._read_up_to: dict[Path, int] = {}
        self.last_sequence = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let nobody else write meanwhile, in any process.

        Raises:
            DatasetError: if the folder or the own journal is a link.
            TimeoutError: if somebody on another computer does so for long, or has been killed.
        """
        self._require_no_link()
        self.folder.mkdir(exist_ok=True)
        with ExitStack() as until_it_ends:
            self._wait_for_turn(until_it_ends)
            yield

    def annotators(self) -> list[str]:
        """Return who has a journal, in the order of names."""
        return sorted(path.stem for path in self._files())

    def has_news(self) -> bool:
        """Tell whether a journal is longer than what was read of it."""
        return any(path.stat().st_size > self._read_up_to.get(path, 0) for path in self._files())

    def read_new(self) -> list[Entry]:
        """Return the lines of all journals that were not read before, in their sequence.

        Raises:
            DatasetError: if a line is damaged, naming it.
        """
        entries = [entry for path in self._files() for entry in self._new_lines(path)]
        entries.sort(key=lambda entry: entry.sequence)
        if entries:
            self.last_sequence = max(self.last_sequence, entries[-1].sequence)
        return entries

    def append(self, entries: Sequence[Entry]) -> None:
        """Write lines to the own journal, on the disk when this returns; within `turn`.

        Raises:
            OSError: if that fails; then nothing was written.
            RuntimeError: if there are lines that `read_new` has not returned.
        """
        is_new = not self._own.exists()
        lines = "".join(f"{each.model_dump_json(exclude_defaults=True)}\n" for each in entries)
        with self._own.open("ab") as file:
            read = self._require_all_read()
            file.truncate(read)  # what a killed process left half-written
            try:
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.truncate(self._own, read)
                raise
            self._read_up_to[self._own] = read + len(lines.encode())
        if is_new:
            _flush_folder(self.folder)
        self.last_sequence = max(self.last_sequence, *(each.sequence for each in entries))

    def _wait_for_turn(self, until_it_ends: ExitStack) -> None:
        """Wait, also for other computers, which hold a lock for as long as it takes to write."""
        patience = time.monotonic() + OTHERS_S
        while True:
            try:
                until_it_ends.enter_context(in_turn(self.folder / TURN_NAME, WORK))
            except TimeoutError as error:
                if time.monotonic() > patience:
                    fix = f"if that runs no more, delete {TURN_NAME} in {self.folder}"
                    raise TimeoutError(error.errno, f"{error.strerror}; {fix}") from None
                time.sleep(POLL_S)
            else:
                return

    def _require_no_link(self) -> None:
        """Refuse a folder or journal that leads elsewhere, where a review has nothing to write.

        Raises:
            DatasetError: naming it.
        """
        for path in (self.folder, self._own):
            if path.is_symlink():
                raise DatasetError(
                    path,
                    expected="a folder and a file of the dataset itself",
                    found="a link",
                    fix="remove the link",
                )

    def _require_all_read(self) -> int:
        """Return where the last line of the own journal that was read ends, which is the last."""
        read = self._read_up_to.get(self._own, 0)
        with self._own.open("rb") as file:
            file.seek(read)
            if b"\n" in file.read():
                raise RuntimeError(f"{self._own} has lines that were not read")
        return read

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"[!.]*{ENDING}"))

    def _new_lines(self, path: Path) -> Iterator[Entry]:
        start = self._read_up_to.get(path, 0)
        if path.stat().st_size <= start:
            return
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if start == 0 and len(whole) < len(content):
            logger.warning("%s: its last line is cut and was dropped", path)
        for line in whole.splitlines():
            yield _entry(path, start, line)
            start += len(line) + 1
        self._read_up_to[path] = start


def _entry(path: Path, offset: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DatasetError(
            path,
            item=f"line at byte {offset}",
            expected="a line of a review",
            found=f"{place}: {first['msg']}",
            fix="restore the file from a backup, or delete this line",
        ) from None


def _flush_folder(folder: Path) -> None:
    """Bring the name of a new file to the disk; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
