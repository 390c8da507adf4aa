"""Tests that the images in data/ are what the simulator makes."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.boxes import to_xywh
from gapjunction.simulation.imaging_model import DENSITY_BY_DIAGNOSIS, Kind
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned, write_field

ROOT = Path(__file__).parents[2] / "data"
FOLDERS: dict[Kind, Path] = {
    "human": ROOT / "HUMAN_gap_junctions",
    "rat": ROOT / "RAT_gap_junctions",
}
BYTES_ALLOWED = 5_000_000


@pytest.mark.parametrize("kind", ["human", "rat"])
@pytest.mark.parametrize("number", [0, 10])
def test_shipped_image__made_again__is_the_same(kind: Kind, number: int, tmp_path: Path) -> None:
    plan = plan_fields(kind, 24, 6)[number]
    asset = FOLDERS[kind] / "Assets" / plan.asset_name
    made = simulate_planned(plan, seed=0, size_px=512)
    remade = write_field(made, plan.stem, tmp_path)
    with Image.open(asset / "Raw" / f"{plan.stem}.webp") as shipped, Image.open(remade.path) as new:
        assert (np.asarray(shipped) == np.asarray(new)).all()
    content = json.loads((asset / "Detection" / f"{plan.stem}_bbox.json").read_text())
    shipped_boxes = [
        [box["bbox_x"], box["bbox_y"], box["bbox_width"], box["bbox_height"]]
        for box in content[plan.stem]
    ]
    written_boxes = np.round(to_xywh(made.boxes.astype(np.float64)), 3)
    assert shipped_boxes == written_boxes.tolist()


def test_shipped_datasets__are_complete_and_small() -> None:
    for folder in FOLDERS.values():
        assert len(list(folder.glob("Assets/*/Raw/*.webp"))) == 24
        assert len(list(folder.glob("Assets/*/Detection/*_bbox.json"))) == 24
        assert len(list(folder.glob("Assets/*/asset_metadata.json"))) == 6
    size = sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())
    assert size < BYTES_ALLOWED


def test_shipped_readme__states_the_true_effect() -> None:
    effect = DENSITY_BY_DIAGNOSIS["epilepsy"]
    assert f"multiplies the expected number of plaques by {effect}" in (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")
