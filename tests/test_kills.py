"""Kills commands at random moments: given again until they end, they leave the same bytes.

`KILLS=50 pytest -m slow tests/test_kills.py -k predict` kills as often as that.
"""

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from builders import build_dataset
from tiny_detectors import save_untrained

pytestmark = pytest.mark.slow

NUM_KILLS = int(os.environ.get("KILLS", "3"))
# Times of day, how long it took, and what holds them.
DIFFERS = ("history.csv", "curves.png", "state.pt", "mlflow.db")


@dataclass(frozen=True)
class Command:
    """A command that may be killed.

    Attributes:
        words: what to give; `{out}` stands for its output.
        again: what to give after a kill, if it is not the same; `{out}/FILE` has to be there.
    """

    words: str
    again: tuple[str, str] | None = None

    def arguments(self, out: Path) -> list[str]:
        words = self.words
        if self.again is not None and (out / self.again[0]).exists():
            words = self.again[1]
        return [sys.executable, "-m", "gapjunction", *words.format(out=out).split()]


COMMANDS = {
    "predict": Command("predict set --checkpoint model --output {out} --overlays --csv"),
    "train": Command(
        "train set --weights model --output {out} --max_epochs 2 --folds 1 --rehearse 0 "
        "--presets medium_quality --mlflow_dir logged",
        ("settings.yaml", "train --resume --output {out} --mlflow_dir logged"),
    ),
    "convert": Command("convert set --output {out}"),
    "create": Command("create {out} --from pictures"),
    "simulate": Command("simulate {out} --kind rat --images 2 --assets 2 --size 128"),
    "report": Command("report set --by species --output {out}"),
    "benchmark": Command(
        "benchmark counts --predictions_dir predicted --ground_truth_dir set "
        "--json {out}/metrics.json --mlflow_dir {out}"
    ),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a dataset, pictures, a model, and predictions of it."""
    folder = tmp_path_factory.mktemp("kills")
    images = build_dataset(folder / "set", num_assets=4)
    (folder / "pictures" / "a").mkdir(parents=True)
    for image in images.glob("Assets/*/Raw/*"):
        shutil.copy(image, folder / "pictures" / "a")
    save_untrained(folder / "model")
    finish(Command("predict set --checkpoint model --output {out}"), folder / "predicted", folder)
    return folder


def content(out: Path) -> dict[str, bytes]:
    """Return the bytes of all files in a folder that are to be the same each time."""
    files = (path for path in out.rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): b"" if path.name in DIFFERS else path.read_bytes()
        for path in files
        if "artifacts" not in path.parts
    }


def finish(command: Command, out: Path, place: Path) -> float:
    """Give the command until it ends; return how long that took, in seconds."""
    begun = time.monotonic()
    done = subprocess.run(
        command.arguments(out), cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - begun


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
