"""The blocks of code in the documentation, run as a reader would type them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl

from gapjunction import cli

DOCS = Path(__file__).parents[1] / "docs"
ROOT = DOCS.parent
README = "../README.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What a terminal shows: commands after `$`, and what they print, `...` for what is left out.
SESSION = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT, LEFT_OUT = "$ ", "..."
# Commands that serve a page until they are stopped.
SERVERS = ("mlflow ui",)
RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")


def blocks_of(page: str) -> list[tuple[str, str]]:
    """Return language and text of the blocks of a page that can be run, from top to bottom."""
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def run_blocks(page: str, folder: Path) -> None:
    """Run all blocks of a page in a folder, those in Python as one session.

    Raises:
        CalledProcessError: if a command fails.
    """
    mpl.use("agg")
    names: dict[str, object] = {}
    with working_in(folder):
        for language, text in blocks_of(page):
            if language == "python":
                exec(text, names)  # noqa: S102 - what we tell people to run
                continue
            for line in text.splitlines():
                _run_command(line)


def sessions_of(page: str) -> list[tuple[str, list[str]]]:
    """Return each command that a page shows in a terminal, with the lines that it prints there."""
    found: list[tuple[str, list[str]]] = []
    for text in SESSION.findall((DOCS / page).read_text(encoding="utf-8")):
        for line in text.splitlines():
            if line.startswith(PROMPT):
                found.append((line.removeprefix(PROMPT), []))
            else:
                found[-1][1].append(line)
    return [(command, lines) for command, lines in found if command not in SERVERS]


def printed_by(command: str, folder: Path) -> list[str]:
    """Return what a command of ours prints in a folder, line by line, messages and results.

    Raises:
        CalledProcessError: if it fails.
    """
    program, *arguments = command.split()
    code = ["-m", "gapjunction"]
    if program == "python":
        script, *arguments = arguments
        code = [str(ROOT / script)]
    done = subprocess.run(
        [sys.executable, *code, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def lines_not_printed(shown: list[str], printed: list[str]) -> list[str]:
    """Return the lines that a page shows and a command does not print, in their order.

    Numbers of MLflow's runs are other ones each time.
    """
    rest = iter(RUN_ID.sub("RUN", line).rstrip() for line in printed)
    missing = []
    for line in (RUN_ID.sub("RUN", line).rstrip() for line in shown):
        pattern = ".*".join(map(re.escape, line.split(LEFT_OUT)))
        if line != LEFT_OUT and not any(re.fullmatch(pattern, each) for each in rest):
            missing.append(line)
    return missing


def copy_data(folder: Path) -> None:
    """Put what the pages work on into a folder: `data/` and the examples of benchmarks."""
    for name in ("data", "benchmark"):
        shutil.copytree(ROOT / name, folder / name)


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Make it the working directory for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _run_command(line: str) -> None:
    program, *arguments = line.split()
    if program != "gapjunction":
        raise ValueError(f"no command of ours: {line}")
    if cli.run(arguments) != 0:
        raise subprocess.CalledProcessError(1, [sys.executable, *arguments])
