"""A process that tries inputs one after another, and says which it is at."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import torch

from fuzz.limits import limited_memory
from fuzz.targets import chosen_target, random_of
from fuzz.trial import Trial, try_random
from fuzz.workplaces import Workplaces, isolated
from gapjunction.terminal import show_messages

MORE_MEMORY = 4 * 10**9  # bytes of addresses; what is really taken is judged by `trial`


def work(connection: Connection, numbers: Sequence[int], seed: int, kept: Path) -> None:
    """Try the inputs with these numbers; send each number, and then the `Trial`.

    Inputs that failed are copied to `kept`. What is written to standard error is lost.
    """
    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="gapjunction-fuzz-"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        show_messages()
        with isolated(folder / "cwd"):
            workplaces = Workplaces(folder / "work")
            for number in numbers:
                connection.send(number)
                random = random_of(seed, number)
                workplace = workplaces.of(chosen_target(random))
                with limited_memory(MORE_MEMORY):
                    trial = try_random(workplace, random, partial(keep, kept, number))
                connection.send(trial)
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def keep(folder: Path, number: int, damaged: Path, trial: Trial) -> None:
    """Copy an input that failed, as it might lie in the corpus, and say how it failed."""
    place = folder / f"{number}" / trial.target
    target = place / trial.damaged
    target.parent.mkdir(parents=True, exist_ok=True)
    if damaged.is_file():
        shutil.copyfile(damaged, target)
    text = "\n\n".join(f"{failure.kind}: {failure.detail}" for failure in trial.failures)
    (folder / f"{number}" / "failures.txt").write_text(
        text + "\n", encoding="utf-8", errors="replace"
    )
