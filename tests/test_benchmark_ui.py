"""Tests that benchmarks started as scripts are seen on the page of `mlflow ui`, by a browser."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from headless_browser import page_text, require_chromium, screenshot
from mlflow_page import fetch, outside_environment, served

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = Path("benchmark/data_examples")
DETECTION = EXAMPLES / "object_detection"
COMMANDS: dict[str, tuple[str, ...]] = {
    "counts": ("scripts/calculate_object_count_metrics.py",),
    "detection": ("scripts/calculate_detection_metrics.py",),
    "segmentation": ("scripts/calculate_semantic_segmentation_metrics.py",),
    "comparison": (
        *("-m", "gapjunction", "benchmark", "compare"),
        str(DETECTION / "predictions_b"),
        str(DETECTION / "predictions"),
    ),
}
# Words of the page, and the value beside a metric as the terminal rounds it.
SHOWN: dict[str, tuple[str, ...]] = {
    "counts": (
        "object_counts",
        "mae 1.625",
        "mae_low",
        "concordance 0.96",
        "predicted / true 0.927",
        "among the artifacts",
    ),
    "detection": ("ap 0.478", "ap50 0.793", "ap_px_below_8 0.46"),
    "segmentation": ("semantic_segmentation", "mean_iou 0.748", "mean_iou_per_image 0.70"),
    "comparison": ("f1_iou50_a 0.611", "f1_iou50_b 0.830", "Child runs", "example1 on"),
}


@dataclass(frozen=True)
class Shown:
    """The address of `mlflow ui`, and the page of each command's run on it."""

    address: str
    pages: dict[str, str]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Run every benchmark without arguments as in the repository's root, and start `mlflow ui`."""
    require_chromium()
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(REPOSITORY / EXAMPLES, root / EXAMPLES)
    shutil.copytree(REPOSITORY / "scripts", root / "scripts")
    pages = {}
    for name, command in COMMANDS.items():
        said = subprocess.run(
            [sys.executable, *command],
            cwd=root,
            env=outside_environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "\n  mlflow ui\n" in said
        found = re.search(r"http://127\.0\.0\.1:5000(/#/\S+)", said)
        assert found is not None
        pages[name] = found[1]
    with served(["mlflow", "ui"], root) as address:
        fetch(address)
        yield Shown(address, pages)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_script__no_arguments__its_metrics_are_read_on_the_page(
    shown: Shown, tmp_path: Path, name: str
) -> None:
    address = shown.address + shown.pages[name]
    text = page_text(address, tmp_path / "profile")
    for words in SHOWN[name]:
        assert words in text
    screenshot(address, tmp_path / "profile", tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_script__no_arguments__its_figures_are_among_the_artifacts(
    shown: Shown, tmp_path: Path
) -> None:
    run, view = shown.pages["detection"].split("?")
    text = page_text(f"{shown.address}{run}/artifacts?{view}", tmp_path / "profile")
    for file in ("precision_recall.png", "bland_altman.png", "worst_1_", "thresholds.csv"):
        assert file in text
