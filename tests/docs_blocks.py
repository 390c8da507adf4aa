"""The blocks of code in the documentation, run as a reader would type them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl

from gapjunction import cli

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


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
    before = Path.cwd()
    os.chdir(folder)
    try:
        for language, text in blocks_of(page):
            if language == "python":
                exec(text, names)  # noqa: S102 - what we tell people to run
                continue
            for line in text.splitlines():
                _run_command(line)
    finally:
        os.chdir(before)


def _run_command(line: str) -> None:
    program, *arguments = line.split()
    if program != "gapjunction":
        raise ValueError(f"no command of ours: {line}")
    if cli.run(arguments) != 0:
        raise subprocess.CalledProcessError(1, [sys.executable, *arguments])
