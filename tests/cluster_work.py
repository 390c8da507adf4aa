"""Work that tests give to other processes, which have to be able to import it."""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gapjunction.errors import ImageError

logger = logging.getLogger("gapjunction.work_of_tests")


@dataclass(frozen=True)
class Deeds:
    """Begins what does what an item says; notes each try in a folder, as a file."""

    folder: Path

    def __call__(self) -> Callable[[str], str]:
        (self.folder / f"begun-{os.getpid()}").touch()
        return self.do

    def do(self, item: str) -> str:
        deed, _, name = item.partition(" ")
        (self.folder / f"{name}-{deed}-{time.monotonic_ns()}").touch()
        if deed == "hang":
            time.sleep(600)
        if deed == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if deed == "die_once" and len(tries_of(self.folder, name)) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if deed == "fail":
            raise ImageError(name, expected="an image", found="none", fix="check it")
        if deed == "say":
            logger.warning("said of %s", name)
        return f"done {name}"


def tries_of(folder: Path, name: str) -> list[Path]:
    """Return a file for each try of an item."""
    return list(folder.glob(f"{name}-*"))


def never() -> Callable[[str], str]:
    """Fail before the first item."""
    raise ImageError("model", expected="a model", found="none", fix="check it")
