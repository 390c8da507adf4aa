"""Locks: who is at work in a folder; others are refused, or wait for their turn.

A lock is a file that says who holds it. The operating system lets go of it when its holder ends,
however that comes about, so that none is left behind on this machine.
"""

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from gapjunction.errors import ConfigError
from gapjunction.process_ids import is_running

LOCK_NAME = ".gapjunction-lock"
POLL_S = 0.1
# Processes that a killed one had started may hold its lock until they notice.
ORPHANS_S = 10.0
TURN_S = 300.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # one for all containers of a machine
WINDOWS_BYTE = 1 << 30  # locked there, as what is locked cannot be read by others
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)

Answer = Literal["ours", "theirs", "unknown"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is at work: what it does, its process, and since when (local time)."""

    work: str
    pid: int
    host: str
    boot: str
    since: str

    @classmethod
    def of_this_process(cls, work: str) -> Self:
        """Return this process, from now on."""
        since = f"{datetime.now():%Y-%m-%d %H:%M:%S}"
        return cls(work, os.getpid(), socket.gethostname(), _boot_id(), since)

    def __str__(self) -> str:
        return f"{self.work} (process {self.pid} on {self.host}, since {self.since})"

    @property
    def is_here(self) -> bool:
        """Whether it is, or was, on this machine."""
        return self.host == socket.gethostname() or self.boot == _boot_id() != ""

    @property
    def has_ended(self) -> bool:
        """Whether it was on this machine and runs no more."""
        return self.is_here and self.pid != os.getpid() and not is_running(self.pid)


@contextmanager
def alone_in(folder: Path, work: str, *, settings: tuple[str, ...] = ("output",)) -> Iterator[None]:
    """Be the only one at work in `folder`, which is created; gone again if it stays empty.

    Raises:
        ConfigError: if it is a file, or naming who is at work there already; `settings` are what
            to change.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(
            folder,
            expected="a folder",
            found="a file",
            fix="choose another folder; nothing is overwritten",
            settings=settings,
        )
    created = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / LOCK_NAME
    try:
        claimed = _claimed_soon(lock, Holder.of_this_process(work))
        if not isinstance(claimed, int):
            raise _refusal(folder, claimed, settings)
        try:
            yield
        finally:
            _release(lock, claimed)
    finally:
        with suppress(OSError):  # something is in it
            for each in created:
                each.rmdir()


@contextmanager
def in_turn(lock: Path, work: str) -> Iterator[None]:
    """Wait until nobody else holds the file `lock`, and hold it.

    Raises:
        TimeoutError: naming who still does after five minutes, or may do on another host.
    """
    own, patience = Holder.of_this_process(work), time.monotonic() + TURN_S
    while not isinstance(claimed := _claim(lock, own), int):
        if time.monotonic() > patience or _is_elsewhere(claimed):
            raise TimeoutError(errno.ETIMEDOUT, f"held by {_who(claimed)}", str(lock))
        time.sleep(POLL_S)
    try:
        yield
    finally:
        _release(lock, claimed)


def _claimed_soon(lock: Path, own: Holder) -> int | Holder | None:
    """Claim a lock, after a while if its holder has ended but not what that had started."""
    patience = time.monotonic() + ORPHANS_S
    while True:
        claimed = _claim(lock, own)
        is_ending = claimed is None or (isinstance(claimed, Holder) and claimed.has_ended)
        if not is_ending or time.monotonic() > patience:
            return claimed
        time.sleep(POLL_S)


def _claim(lock: Path, own: Holder) -> int | Holder | None:
    """Return an open file that holds the lock, else who holds it; None if that cannot be told."""
    while True:
        file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            answer = _ask(file)
            if answer == "theirs":
                return _read(lock, file)
            if not _is_still(lock, file):  # whoever held it has deleted it
                continue
            before = _read(lock, file)
            if before is not None and _may_be_at_work(before, answer):
                return before
            _write(lock, file, own)
            claimed, file = file, -1
            return claimed
        finally:
            if file >= 0:
                os.close(file)


def _may_be_at_work(holder: Holder, answer: Answer) -> bool:
    """Tell whether a holder whose lock we could get, or not ask for, may be at work even so.

    Not all network drives know of locks of other hosts, and some know of no locks at all.
    """
    if not holder.is_here:
        return True
    return answer == "unknown" and is_running(holder.pid)


def _is_elsewhere(holder: Holder | None) -> bool:
    return holder is not None and not holder.is_here


def _who(holder: Holder | None) -> str:
    return str(holder or "a process that has just begun")


def _refusal(folder: Path, holder: Holder | None, settings: tuple[str, ...]) -> ConfigError:
    fix = "wait until it has ended, or choose another folder"
    if _is_elsewhere(holder):
        fix += f"; if it runs no more, delete {folder / LOCK_NAME}"
    return ConfigError(
        folder,
        expected="a folder in which nobody else is at work",
        found=_who(holder),
        fix=fix,
        settings=settings,
    )


def _read(lock: Path, file: int) -> Holder | None:
    """Return who holds a lock; None if it is empty, as before its holder has written it."""
    try:
        with os.fdopen(os.dup(file), "rb") as stream:
            stream.seek(0)
            return Holder(**json.loads(stream.read()))
    except (ValueError, TypeError):
        return None
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(lock)) from error


def _write(lock: Path, file: int, holder: Holder) -> None:
    try:
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, json.dumps(asdict(holder)).encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(lock)) from error


def _release(lock: Path, file: int) -> None:
    """Delete a lock and let go of it, in this order: none can claim what is being deleted."""
    with suppress(OSError):  # Windows deletes no open file
        lock.unlink()
    os.close(file)
    if os.name == "nt":
        with suppress(OSError):
            lock.unlink()


def _is_still(lock: Path, file: int) -> bool:
    try:
        return os.path.samestat(lock.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


if sys.platform == "win32":
    import msvcrt

    def _ask(file: int) -> Answer:
        """Ask the operating system for the lock on an open file, without waiting."""
        os.lseek(file, WINDOWS_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return "theirs"
        return "ours"
else:
    import fcntl

    def _ask(file: int) -> Answer:
        """Ask the operating system for the lock on an open file, without waiting."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return "theirs"
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise
            return "unknown"
        return "ours"
