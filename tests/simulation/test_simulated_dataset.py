"""Tests for `gapjunction.simulation.simulated_dataset`."""

from pathlib import Path

import numpy as np
from PIL import Image

from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.simulated_dataset import (
    assemble_dataset,
    plan_fields,
    simulate_planned,
    subject_of,
    write_field,
)

SIZE_PX = 64


def test_plan_images__names_carry_record_kind_and_field() -> None:
    seventh = plan_fields("human", 24, 6)[6]
    assert (seventh.stem, seventh.asset_name) == ("07_human_field02", "human_01")


def test_plan_images__more_images__leave_the_first_ones_as_they_are() -> None:
    assert plan_fields("rat", 30, 6)[:24] == plan_fields("rat", 24, 6)


def test_plan_images__stems__are_unique_across_both_kinds() -> None:
    stems = [plan.stem for kind in ("human", "rat") for plan in plan_fields(kind, 120, 6)]
    assert len(set(stems)) == 240


def test_simulate_planned__equal_plans__give_equal_pixels() -> None:
    plan = plan_fields("rat", 1, 1)[0]
    first, second = (simulate_planned(plan, 0, SIZE_PX) for _ in range(2))
    assert (first.pixels == second.pixels).all()


def test_simulate_planned__kinds_assets_fields_and_seeds__all_differ() -> None:
    plans = [*plan_fields("rat", 4, 2), *plan_fields("human", 1, 1)]
    images = [simulate_planned(plan, 0, SIZE_PX).pixels.tobytes() for plan in plans]
    images.append(simulate_planned(plans[0], 1, SIZE_PX).pixels.tobytes())
    assert len(set(images)) == 6


def test_subject_of__images_of_an_asset__share_it() -> None:
    plans = plan_fields("rat", 4, 2)
    assert subject_of(plans[0], 0) == subject_of(plans[2], 0)
    assert subject_of(plans[0], 0) != subject_of(plans[1], 0)


def test_subject_of__kinds_and_assets__draw_from_random_numbers_of_their_own() -> None:
    rat, human = plan_fields("rat", 3, 3), plan_fields("human", 1, 1)
    # All three are healthy, so that without chance their densities would be equal.
    densities = {subject_of(plan, 0).density_factor for plan in (rat[0], rat[2], human[0])}
    assert len(densities) == 3


def test_write_image__writes_lossy_webp_of_the_same_size(tmp_path: Path) -> None:
    pixels = np.full((32, 48, 3), 90, np.uint8)
    boxes = np.array([[1, 2, 5, 9]], np.float32)
    record = write_field(SimulatedImage(pixels, boxes, np.array([9.0])), "01_rat_a", tmp_path)
    with Image.open(record.path) as image:
        assert (image.format, image.size, image.mode) == ("WEBP", (48, 32), "RGB")
        assert np.abs(np.asarray(image).astype(int) - 90).max() < 3
    assert (record.height, record.width, record.labels.tolist()) == (32, 48, [0])


def test_assemble_dataset__groups_images_by_asset_and_knows_the_scale(tmp_path: Path) -> None:
    plans = plan_fields("rat", 5, 2)
    pixels = np.zeros((8, 8, 3), np.uint8)
    empty = SimulatedImage(pixels, np.zeros((0, 4), np.float32), np.zeros(0))
    written = {plan: write_field(empty, plan.stem, tmp_path) for plan in plans}
    dataset = assemble_dataset(written, 0, tmp_path / "MINE")
    assert [(asset.name, len(asset.images)) for asset in dataset.assets] == [
        ("rat_01", 3),
        ("rat_02", 2),
    ]
    assert (dataset.name, dataset.um_per_px, dataset.scaling_value) == ("MINE", 0.103, "60x")
    assert [asset.metadata.diagnosis for asset in dataset.assets] == ["healthy", "epilepsy"]
