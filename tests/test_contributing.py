"""Tests that CONTRIBUTING.md is true: what it says is enough to add a metric or a detector is."""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Set
from pathlib import Path

import pytest

import gapjunction
from builders import build_dataset

PACKAGE = Path(gapjunction.__file__).parent
GAPJUNCTION = ("-m", "gapjunction")
CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"

MEDIAN_ERROR_FIELD = """\
    median_error: float | None = metric("median absolute error", ".2f", scale="log_error")
"""
MEDIAN_ERROR_VALUE = """\
        median_error=float(np.median(np.abs(difference))) if len(difference) else None,
"""
TABLE_OF_COUNTS = """
import numpy as np
from gapjunction.benchmark.asset_groups import AssetGroups, AssetName
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite, flat_metrics
from gapjunction.report.tables import count_table

truth, predicted = np.full((3, 1), 10), np.array([[10], [12], [19]])
paired = PairedCounts(("a", "b", "c"), ("puncta",), truth, predicted)
names = tuple(AssetName("", stem) for stem in paired.stems)
suite = count_suite(paired, AssetGroups(np.arange(3), names, "groups.csv"))
print(flat_metrics(suite)["median_error"])
print(count_table(suite))
"""
TOY_DETECTOR = '''
"""A toy: what is bright is an object."""

from typing import Literal

import numpy as np
import torch
from scipy import ndimage
from torch import nn
from torch.nn import functional

from gapjunction.config import StrictConfig
from gapjunction.detections import Detections
from gapjunction.models.detector import Detector


class ToyConfig(StrictConfig):
    architecture: Literal["toy"] = "toy"
    title: Literal["the toy"] = "the toy"
    grey_shown: Literal["in_first_channel"] = "in_first_channel"
    free_settings: tuple[str, ...] = ()
    max_detections: None = None

    def build(self, num_classes):
        return Toy()


class Toy(Detector):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(1.0))
        self.offset = nn.Parameter(torch.tensor(0.0))

    def forward(self, tiles, annotations, num_objects):
        logits = self._logits(tiles)
        wanted = torch.zeros_like(logits)
        for tile, annotated in zip(wanted, annotations, strict=True):
            for x0, y0, x1, y1 in annotated.boxes.round().int().tolist():
                tile[y0:y1, x0:x1] = 1
        return {"brightness": functional.binary_cross_entropy_with_logits(logits, wanted)}

    @torch.inference_mode()
    def detect(self, tiles, min_score):
        return [self._detect_in(each.numpy(), min_score) for each in self._logits(tiles).sigmoid()]

    def _logits(self, tiles):
        return self.gain * tiles.amax(1) + self.offset

    def _detect_in(self, probability, min_score):
        spots, _ = ndimage.label(probability > 0.5)
        places = ndimage.find_objects(spots)
        boxes = [(x.start, y.start, x.stop, y.stop) for y, x in places]
        scores = np.array([probability[place].max() for place in places], np.float32)
        found = Detections(
            np.array(boxes, np.float32).reshape(-1, 4), scores, np.zeros(len(boxes), np.int64)
        )
        return found[scores >= min_score]
'''
TOY_PRESET = """
    "toy": Preset(
        summary="a toy",
        network=ToyConfig(),
        recipes={
            "from_scratch": TrainingConfig(
                max_epochs=4,
                tiles_per_epoch=64,
                tile_size=32,
                batch_size=4,
                learning_rate=0.5,
                warmup_epochs=0.0,
                average_decay=0.0,
            )
        },
    ),
}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a copy of the package, to be changed."""
    return shutil.copytree(
        PACKAGE, tmp_path / "copy" / "gapjunction", ignore=shutil.ignore_patterns("__pycache__")
    )


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def run_copy(package: Path, *arguments: object) -> str:
    """Run Python where the copy is found before the package that is installed."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def places_named(beginning: str) -> Set[str]:
    """Return the files and folders that the clause of CONTRIBUTING.md with this beginning names."""
    text = " ".join(CONTRIBUTING.read_text().split())
    (clause,) = re.findall(re.escape(beginning) + r"[^;]*", text)
    return set(re.findall(r"`([\w/.]+(?:/|\.py))`", clause))


@pytest.mark.long
def test_contributing__new_count_metric__is_in_suite_and_table_after_one_file(
    package: Path,
) -> None:
    assert places_named("A new count metric") == {"metrics/counts.py"}
    counts = package / "metrics" / "counts.py"
    field, value = "    rmse: float | None = ", "        rmse=rmse,"
    replace_once(counts, field, MEDIAN_ERROR_FIELD + field)
    replace_once(counts, value, MEDIAN_ERROR_VALUE + value)
    number, *table = run_copy(package, "-c", TABLE_OF_COUNTS).splitlines()
    assert number == "2.0"
    [row] = [line for line in table if line.startswith("median absolute error")]
    assert re.fullmatch(r"median absolute error +2\.00 +\d+\.\d\d to \d+\.\d\d", row)


@pytest.mark.long
def test_contributing__new_detector__trains_and_predicts_after_a_folder_and_three_files(
    package: Path, tmp_path: Path
) -> None:
    places = {"models/", "models/networks.py", "presets.py", "choices.py"}
    assert places_named("a new detector") == places
    folder = package / "models" / "toy"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A toy."""\n')
    (folder / "model.py").write_text(TOY_DETECTOR)
    toy_import = "from gapjunction.models.toy.model import ToyConfig\n"
    networks, presets = package / "models" / "networks.py", package / "presets.py"
    union, names = "\nNetwork = Annotated[", "\nPresetName = Literal["
    replace_once(networks, union, f"{toy_import}{union}ToyConfig | ")
    replace_once(package / "choices.py", names, f'{names}"toy", ')
    mapping = "\nPRESETS: "
    replace_once(presets, mapping, f"{toy_import}{mapping}")
    replace_once(presets, "    ),\n}\n", "    )," + TOY_PRESET)
    data = build_dataset(tmp_path / "data", num_assets=8, class_names=("gap_junction",))
    run, found = tmp_path / "run", tmp_path / "found"
    store = ("--mlflow_dir", tmp_path / "mlflow")
    run_copy(package, *GAPJUNCTION, "train", data, "--presets", "toy", "--output", run, *store)
    run_copy(package, *GAPJUNCTION, "predict", data, "--checkpoint", run, "--output", found)
    with (run / "history.csv").open() as file:
        losses = [row["loss_brightness"] for row in csv.DictReader(file)][1:]
    assert float(losses[-1]) < float(losses[0])
    with (found / "counts.csv").open() as file:
        counts = [int(row["count"]) for row in csv.DictReader(file)]
    assert counts == [3] * 16
