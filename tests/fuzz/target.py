"""What is fuzzed: good inputs, and how they are read."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from gapjunction import cli
from gapjunction.errors import GapJunctionError

# Reads the inputs in a folder, may write to another one, and returns what it refused, if anything.
Attempt = Callable[[Path, Path], list[str]]

READ, PROBLEMS, USER_ERROR = 0, 1, 2
# What Python writes instead of raising, such as where a log message cannot be formatted.
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class Target:
    """A reader or a command with inputs that it takes.

    Attributes:
        fill: writes the inputs into an empty folder.
        damaged: a glob of those that are damaged.
        share: how often it is chosen, beside 1 for a reader of a small file.
        is_whole: what it writes is there whole or not at all.
    """

    name: str
    fill: Callable[[Path], object]
    attempt: Attempt
    damaged: str = "**/*"
    share: float = 1.0
    is_whole: bool = True


def reading(read: Callable[[Path], object]) -> Attempt:
    """Return an attempt to call a reader with the folder of the inputs.

    An error of the operating system that names a file is a refusal: the command line shows it so.
    """

    def attempt(inputs: Path, _: Path) -> list[str]:
        try:
            read(inputs)
        except GapJunctionError as error:
            return [str(error)]
        except OSError as error:
            if not error.filename:
                raise
            return [f"{error.filename}: {error.strerror}"]
        return []

    return attempt


def command(*arguments: str) -> Attempt:
    """Return an attempt to run a command; {i} in an argument is the inputs, {o} the outputs."""

    def attempt(inputs: Path, outputs: Path) -> list[str]:
        given = [each.format(i=inputs, o=outputs) for each in arguments]
        said, complained = (_terminal() for _ in range(2))
        with redirect_stdout(said), redirect_stderr(complained):
            code = cli.run(given)
        if TRACEBACK in _text(complained):
            raise RuntimeError(_text(complained)[-1000:])
        if code == READ:
            return []
        if code == PROBLEMS and arguments[0] in ("validate", "predict"):
            lines = [*_text(said).splitlines(), *_text(complained).splitlines()]
            return [line.strip() for line in lines if "expected" in line]
        if code != USER_ERROR:
            raise RuntimeError(f"exit code {code}")
        return [line for line in _text(complained).splitlines() if line.startswith("gapjunction: ")]

    return attempt


def _terminal() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")


def _text(terminal: io.TextIOWrapper) -> str:
    terminal.flush()
    buffer = terminal.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
