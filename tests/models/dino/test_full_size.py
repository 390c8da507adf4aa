"""Tests that the full-size networks train and predict on a machine with 20 GB."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MOST_GB = 20


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["high_quality", "best_quality"])
def test_full_size__training_step_and_large_image__fit_into_memory(preset: str) -> None:
    command = [sys.executable, "-m", "bench.full_size", preset]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    sys.stdout.write(done.stdout)  # shown with pytest -rP
    measured = json.loads(done.stdout)
    assert 0 < measured["step_peak_gb"] <= measured["peak_gb"] < MOST_GB
