"""Kills commands at random moments: given again until they end, they leave the same bytes.

`KILLS=50 pytest -m slow tests/test_kills.py -k predict` kills as often as that.
"""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from whole_commands import COMMANDS, Command, content, finish, furnish

pytestmark = pytest.mark.slow

NUM_KILLS = int(os.environ.get("KILLS", "3"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all that commands need."""
    return furnish(tmp_path_factory.mktemp("kills"))


def kill_after(seconds: float, command: Command, out: Path, place: Path) -> bool:
    """Give the command and kill it; return whether it was still at work."""
    process = subprocess.Popen(
        command.arguments(out),
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() != 0


@pytest.mark.parametrize("name", COMMANDS)
def test_command__killed_and_given_again__leaves_the_same_bytes(name: str, place: Path) -> None:
    command, rng = COMMANDS[name], random.Random(0)
    expected, out = place / f"{name}_expected", place / f"{name}_out"
    duration = finish(command, expected, place)
    num_kills = 0
    while num_kills < NUM_KILLS:
        if kill_after(rng.uniform(0.2, 1) * duration, command, out, place):
            num_kills += 1
        else:
            assert content(out) == content(expected)
            shutil.rmtree(out)
    if not out.exists() or content(out) != content(expected):  # else killed when all was done
        finish(command, out, place)
    assert content(out) == content(expected)
    assert not list(place.glob(".*-partial-*"))
