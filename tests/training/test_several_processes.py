"""Tests that several processes train as one does, with two processes on the CPU."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders import build_dataset

SCRIPT = Path(__file__).with_name("one_of_several.py")


def launch(num_processes: int, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in several processes on the CPU, as `accelerate launch` does on GPUs."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return subprocess.run(
        [*launcher, f"--nproc_per_node={num_processes}", *command],
        cwd=cwd,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def losses_of_run(folder: Path, num_processes: int, batch_size: int) -> list[dict[str, float]]:
    folder.mkdir()
    done = launch(num_processes, str(SCRIPT), str(folder), str(batch_size), cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("worked") == num_processes
    losses: list[dict[str, float]] = json.loads((folder / "losses.json").read_text())
    return losses


@pytest.mark.slow
def test_train__two_processes__have_the_losses_of_one_with_the_double_batch(
    tmp_path: Path,
) -> None:
    one = losses_of_run(tmp_path / "one", num_processes=1, batch_size=4)
    two = losses_of_run(tmp_path / "two", num_processes=2, batch_size=2)
    assert two[0] == pytest.approx(one[0], rel=1e-5)
    # Adam's first steps have the sign of the gradient, whatever its size: rounding shows.
    assert two[1] == pytest.approx(one[1], rel=1e-2)


@pytest.mark.slow
def test_command__launched_twice__trains_one_run_and_speaks_once(tmp_path: Path) -> None:
    build_dataset(tmp_path / "set")
    options = ["--output=run", "--max_epochs=1", "--batch_size=16", "--presets=medium_quality"]
    options += ["--rehearse=0"]
    done = launch(2, "-m", "gapjunction", "train", "set", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("fold 2 of 2") == 1
    assert "training in 2 processes, 32 tiles in a step" in done.stderr
    assert done.stdout.count("Best of 1 epochs") == 1
    assert done.stderr.count("images to train on") == 1
    assert len((tmp_path / "run" / "history.csv").read_text().splitlines()) == 3
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"model.safetensors", "state.pt", "settings.yaml", "MODEL_CARD.md"} <= left
    assert not any("partial" in name for name in left)


@pytest.mark.slow
def test_command__launched_twice_with_a_mistake__ends_with_one_line(tmp_path: Path) -> None:
    done = launch(2, "-m", "gapjunction", "train", "nowhere", "--output=run", cwd=tmp_path)
    assert done.returncode != 0
    assert done.stderr.count("gapjunction: nowhere") == 1
    assert not (tmp_path / "run").exists()
