"""Tests that the stacks in data/ are what the simulator makes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.commands.simulate import Z_STEP_UM
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME
from gapjunction.detections_json import read_detection_file
from gapjunction.simulation.imaging_model import DENSITY_BY_DIAGNOSIS, Kind
from gapjunction.simulation.stack.stack_dataset import (
    grid_of,
    plan_stacks,
    simulate_planned_stack,
    write_stack,
)

ROOT = Path(__file__).parents[2] / "data"
FOLDERS: dict[Kind, Path] = {
    "human": ROOT / "HUMAN__gap_junctions",
    "rat": ROOT / "RAT__gap_junctions",
}
NUM_STACKS, NUM_SLICES, SIZE_PX = 6, 10, 384
BYTES_ALLOWED = 6_000_000


@pytest.mark.long
@pytest.mark.parametrize("kind", ["human", "rat"])
def test_shipped_stack__made_again__is_the_same(kind: Kind, tmp_path: Path) -> None:
    plan = plan_stacks(kind, NUM_STACKS, NUM_SLICES, seed=0)[-1]
    grid = grid_of(kind, NUM_SLICES, SIZE_PX, Z_STEP_UM)
    made = write_stack(simulate_planned_stack(plan, grid, seed=0), plan, Z_STEP_UM, tmp_path)
    shipped = FOLDERS[kind] / "Assets" / plan.asset_name
    assert {image.stem for image in made.images} == {
        path.stem for path in (shipped / "Raw").iterdir()
    }
    for image in made.images:
        same = shipped / "Raw" / image.path.name
        with Image.open(same) as there, Image.open(image.path) as here:
            assert (np.asarray(there) == np.asarray(here)).all()
        written = read_detection_file(shipped / "Detection" / f"{image.stem}_bbox.json")
        boxes = written.as_detections(["gap_junction"]).boxes
        np.testing.assert_allclose(boxes, image.boxes, atol=0.001)  # files have 3 decimals
    assert made.true_plaques_path is not None
    assert made.true_plaques_path.read_bytes() == (shipped / TRUE_PLAQUES_NAME).read_bytes()


def test_shipped_datasets__are_complete_and_small() -> None:
    for folder in FOLDERS.values():
        num_images = NUM_STACKS * NUM_SLICES
        assert len(list(folder.glob("Assets/*/Raw/*.webp"))) == num_images
        assert len(list(folder.glob("Assets/*/Detection/*_bbox.json"))) == num_images
        for name in ("asset_metadata.json", TRUE_PLAQUES_NAME):
            assert len(list(folder.glob(f"Assets/*/{name}"))) == NUM_STACKS
    size = sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())
    assert size < BYTES_ALLOWED


def test_shipped_readme__states_how_the_data_are_made_and_the_true_effect() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    effect = DENSITY_BY_DIAGNOSIS["epilepsy"]
    assert f"multiplies the expected number of plaques by {effect}" in text
    for kind, folder in FOLDERS.items():
        made = f"gapjunction simulate data/{folder.name} --kind {kind} --slices {NUM_SLICES} "
        assert f"{made}--size {SIZE_PX} --seed 0 --assets {NUM_STACKS}\n" in text
