"""Tests for `gapjunction.commands.predict.stack_regions`, by predictions with a fake detector."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from builders import BlobDetector
from channel_pictures import SIDE_PX, noise, spots, with_spots
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.model import Model

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), channel=())
UM_PER_PX, Z_STEP_UM = 0.1, 0.5
# Places 0 to 4 are the first row of spots, of which 0 and 1 are in the left half.
SLICES = ((0, 1, 4), (0, 1, 4), (0, 4), (0,))


@pytest.fixture(autouse=True)
def blobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the shipped model find each bright spot."""
    cpu = torch.device("cpu")
    model = Model(BlobDetector(0.75), CONFIG, "0", Path("model"), cpu, is_shipped=True)
    monkeypatch.setattr(Model, "load", lambda *_, **__: model)


def predicted(
    folder: Path, slices_with_regions: Sequence[int] = (3, 4, 5, 6), name_of_all: str = ""
) -> Path:
    """Predict a stack of slices 3 to 6, some of which have the regions 1 (left) and 2 (right).

    With `name_of_all`, a file of that name has those of all slices.
    """
    labels = np.ones((SIDE_PX, SIDE_PX), np.uint8)
    labels[:, SIDE_PX // 2 :] = 2
    for name in ("stack", "regions"):
        (folder / name).mkdir()
    for z, places in enumerate(SLICES, start=3):
        image = noise(channels=1)
        for place in places:
            image = with_spots(image, spots(1, first=place), 0)
        Image.fromarray(image[0]).save(folder / "stack" / f"a_Z{z}_.png")
        if z in slices_with_regions:
            Image.fromarray(labels).save(folder / "regions" / f"a_Z{z}_.png")
    if name_of_all:
        Image.fromarray(labels).save(folder / "regions" / f"{name_of_all}.png")
    given = {"input": folder / "stack", "output": folder / "out", "roi": folder / "regions"}
    scales = {"pixel_size_um": UM_PER_PX, "z_step_um": Z_STEP_UM}
    run(PredictConfig.model_validate(given | scales))
    return folder / "out"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_run__stack__counts_each_plaque_once_in_its_region(tmp_path: Path) -> None:
    out = predicted(tmp_path)
    rows = rows_of(out / "stack_regions.csv")
    assert [(row["region"], row["plaques"], row["slices"]) for row in rows] == [
        ("1", "2", "4"),
        ("2", "1", "4"),
    ]
    (stack,) = rows_of(out / "stacks.csv")
    assert sum(int(row["plaques"]) for row in rows) == int(stack["plaques"])
    boxes = [int(row["count"]) for row in rows_of(out / "regions.csv")]
    assert sum(boxes) == int(stack["boxes"]) == sum(map(len, SLICES))


def test_run__regions_called_after_the_folder_of_a_stack__hold_in_all_slices(
    tmp_path: Path,
) -> None:
    rows = rows_of(predicted(tmp_path, (), name_of_all="stack") / "stack_regions.csv")
    assert [(row["region"], row["plaques"], row["slices"]) for row in rows] == [
        ("1", "2", "4"),
        ("2", "1", "4"),
    ]


def test_run__stack__has_area_and_volume_of_its_regions(tmp_path: Path) -> None:
    row = rows_of(predicted(tmp_path) / "stack_regions.csv")[0]
    area = SIDE_PX * SIDE_PX / 2 * (UM_PER_PX / 1000) ** 2
    assert float(row["area_mm2"]) == pytest.approx(area, rel=1e-5)
    assert float(row["volume_mm3"]) == pytest.approx(area * 4 * Z_STEP_UM / 1000, rel=1e-5)
    assert float(row["per_mm3"]) == pytest.approx(2 / float(row["volume_mm3"]), rel=1e-5)
    assert int(row["low"]) <= 2 <= int(row["high"])


@pytest.mark.parametrize("slices", [(3, 4), (5, 6)])
def test_run__slices_without_regions__plaques_seen_best_there_are_in_none(
    tmp_path: Path, slices: tuple[int, ...]
) -> None:
    out = predicted(tmp_path, slices_with_regions=slices)
    best = [int(row["best_slice"]) for row in rows_of(out / "plaques.csv")]
    rows = rows_of(out / "stack_regions.csv")
    assert sum(int(row["plaques"]) for row in rows) == sum(each in slices for each in best)
    assert {row["slices"] for row in rows} == {"2"}
