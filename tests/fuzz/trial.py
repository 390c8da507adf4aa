"""Damage one input of a target, let it be read, and judge how that ended."""

import os
import shutil
import stat
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fuzz.file_edits import damaged_file
from fuzz.limits import TooLong, largest_memory, limited_time
from fuzz.target import Target
from gapjunction.files import PARTIAL

MOST_SECONDS, MOST_MEMORY, LONGEST_REFUSAL = 20.0, 2 * 10**9, 500
ODD_FILES = 0.02  # of all inputs: those that are replaced by something that is no file
_NAMES_SHOWN = 300  # characters of what is told of a failure

Snapshot = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Failure:
    """What must not happen; `kind` is what it is counted as."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trial:
    """How reading one damaged input ended.

    Attributes:
        damaged: the file that was damaged, relative to the inputs.
        memory: the most bytes that the process has had so far.
    """

    target: str
    damaged: str
    is_refused: bool
    failures: tuple[Failure, ...]
    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder of good inputs of a target, of which one at a time is damaged; and for outputs."""

    target: Target
    folder: Path

    @property
    def inputs(self) -> Path:
        """The folder of the inputs."""
        return self.folder / "inputs"

    @property
    def outputs(self) -> Path:
        """What the target may write; not there before."""
        return self.folder / "outputs"

    def damageable(self) -> list[Path]:
        """Return the files that may be damaged, sorted."""
        return sorted(path for path in self.inputs.glob(self.target.damaged) if path.is_file())


def try_random(
    workplace: Workplace, random: Random, keep: Callable[[Path, Trial], object] | None = None
) -> Trial:
    """Damage a file as `random` says and judge; `keep` sees failures while the file is there."""
    path = random.choice(workplace.damageable())
    content = path.read_bytes()
    with restored(path):
        if random.random() < ODD_FILES:
            _replace(path, random)
        else:
            path.write_bytes(damaged_file(content, random))
        trial = judged(workplace, path)
        if trial.failures and keep is not None:
            keep(path, trial)
    return trial


@contextmanager
def restored(path: Path) -> Iterator[None]:
    """Give back the file at `path`, whatever is there in the end."""
    content = path.read_bytes()
    path.unlink()
    try:
        yield
    finally:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.write_bytes(content)


def judged(workplace: Workplace, damaged: Path) -> Trial:
    """Let the target read its inputs, of which `damaged` is bad, and judge."""
    before, start = _snapshot(workplace.inputs), time.monotonic()
    memory_before = largest_memory()
    refusals, failures = _attempted(workplace)
    seconds = time.monotonic() - start
    failures += _after(workplace, before, is_refused=bool(refusals or failures))
    failures += _bad_refusals(refusals, workplace.inputs, damaged)
    memory = largest_memory()
    if memory > max(MOST_MEMORY, memory_before):
        failures.append(Failure("memory", f"{memory / 1e9:.1f} GB"))
    shutil.rmtree(workplace.outputs, ignore_errors=True)
    name = damaged.relative_to(workplace.inputs).as_posix()
    target = workplace.target.name
    return Trial(target, name, bool(refusals), tuple(failures), seconds, memory)


def _attempted(workplace: Workplace) -> tuple[list[str], list[Failure]]:
    """Return what was refused, and what ended otherwise than by reading or refusing."""
    try:
        with warnings.catch_warnings(), limited_time(MOST_SECONDS):
            warnings.simplefilter("ignore")
            return workplace.target.attempt(workplace.inputs, workplace.outputs), []
    except TooLong:
        return [], [Failure("too long", _last_lines())]
    except Exception:  # noqa: BLE001 - whatever it is, it is what is sought
        return [], [Failure("traceback", _last_lines())]


def _last_lines() -> str:
    return traceback.format_exc(limit=-6, chain=False)


def _after(workplace: Workplace, before: Snapshot, *, is_refused: bool) -> list[Failure]:
    failures = []
    after = _snapshot(workplace.inputs)
    changed = sorted(name for name in before | after if before.get(name) != after.get(name))
    if changed:
        failures.append(Failure("input changed", ", ".join(changed)[:_NAMES_SHOWN]))
    left = [path for path in workplace.folder.rglob(".*") if PARTIAL.match(path.name)]
    is_half_written = is_refused and workplace.target.is_whole and workplace.outputs.exists()
    if left or is_half_written:
        left = left or sorted(workplace.outputs.rglob("*"))
        failures.append(Failure("half written", ", ".join(map(str, left))[:_NAMES_SHOWN]))
    return failures


def _bad_refusals(refusals: list[str], inputs: Path, damaged: Path) -> list[Failure]:
    """Return what is wrong with refusals: they name a file or folder and are short, in a line."""
    names = {damaged.name, *(path.name for path in inputs.rglob("*"))}
    found = []
    for refusal in refusals:
        shown = refusal[:_NAMES_SHOWN]
        own_length = len(refusal.replace(str(inputs), ""))
        if not any(name in refusal for name in names):
            found.append(Failure("names no file", shown))
        if own_length > LONGEST_REFUSAL:
            found.append(Failure("long refusal", f"{own_length} characters: {shown}"))
        if len(refusal.splitlines()) != 1:
            found.append(Failure("several lines", repr(shown)))
    return found


def _snapshot(folder: Path) -> Snapshot:
    """Return what would show that a file in a folder was changed."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return {name: _state(folder / name) for name in paths}


def _state(path: Path) -> tuple[int, ...]:
    status = path.lstat()
    if stat.S_ISDIR(status.st_mode):
        return (status.st_mode,)
    return status.st_mode, status.st_size, status.st_mtime_ns, status.st_ino


def _replace(path: Path, random: Random) -> None:
    """Put something that is no file in the place of `path`, or nothing."""
    kind = random.randrange(5)
    if kind == 0:
        path.mkdir()
    elif kind == 1:
        os.mkfifo(path)
    elif kind == 2:
        path.symlink_to(path.name)  # to itself
    elif kind == 3:
        path.symlink_to("gone")
