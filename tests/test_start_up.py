"""Tests that a mistake on the command line is told before anything heavy is imported."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    *("torch", "numpy", "scipy", "skimage", "matplotlib", "pandas", "mlflow", "PIL"),
    *("transformers", "accelerate", "onnxruntime"),
)
MISTAKES = (
    ["predict", "nowhere"],
    ["predict", ".", "--checkpoint", "nowhere"],
    ["predict", "--bad"],
    ["predict", "--threshold", "2"],
    ["train", "nowhere"],
    ["train", "--bad"],
    ["train", "--max_epochs", "0"],
    ["benchmark", "counts", "--predictions_dir", "nowhere"],
    ["benchmark", "counts", "--people", "nowhere"],
    ["benchmark", "detection", "--ground_truth_dir", "nowhere"],
    ["benchmark", "detection", "--threshold", "2"],
    ["benchmark", "segmentation", "--predictions_dir", "nowhere"],
    ["benchmark", "stacks", "--bad"],
    ["benchmark", "compare", "nowhere", "."],
    ["report", "nowhere", "--output", "out"],
    ["report", ".", "--output", "out", "--num_images", "-1"],
    ["nothing"],
)
RUN_ALL = """
import json, sys
from gapjunction import cli

heavy, mistakes = json.loads(sys.argv[1])
for arguments in mistakes:
    code = cli.run(arguments)
    print(json.dumps([arguments, code, [name for name in heavy if name in sys.modules]]))
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[int, list[str]]]:
    """Make all mistakes in one process; return each one's code and what it leaves imported."""
    answer = subprocess.run(
        [sys.executable, "-c", RUN_ALL, json.dumps([HEAVY, MISTAKES])],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = map(json.loads, answer.stdout.splitlines())
    return {" ".join(arguments): (code, heavy) for arguments, code, heavy in rows}


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_cli__mistake__is_told_without_heavy_imports(
    outcomes: dict[str, tuple[int, list[str]]], arguments: list[str]
) -> None:
    assert outcomes[" ".join(arguments)] == (2, [])
