"""Tests for `gapjunction.simulation.stack.stack_dataset`."""

import re
from pathlib import Path

from PIL import Image

from gapjunction.dataset.true_plaques import read_true_plaques
from gapjunction.images.slice_names import slice_number
from gapjunction.simulation.stack.stack_dataset import (
    assemble_stacks,
    grid_of,
    plan_stacks,
    simulate_planned_stack,
    write_stack,
)


def test_plan_stacks__names__are_as_published() -> None:
    [human], [rat] = plan_stacks("human", 1, 3, 0), plan_stacks("rat", 1, 3, 0)
    name = r"\d{4}_cx43_Z2_cx43_[0-9a-f]{8}_confocal_brain_cortex_healthy_"
    assert re.fullmatch(name, human.stems()[1])
    assert re.fullmatch(name + "rat", rat.stems()[1])
    assert human.asset_name in human.stems()[1]


def test_plan_stacks__records__run_along_against_or_in_no_order() -> None:
    plans = plan_stacks("rat", 24, 9, 0)
    records = [list(plan.records) for plan in plans]
    rising = [sorted(each) for each in records]
    assert all(each == list(range(each[0], each[0] + 9)) for each in rising)
    along = sum(each == order for each, order in zip(records, rising, strict=True))
    against = sum(each[::-1] == order for each, order in zip(records, rising, strict=True))
    assert 0 < along < 24 - against
    assert against > 0


def test_plan_stacks__slices__are_numbered_from_1() -> None:
    [plan] = plan_stacks("rat", 1, 12, 0)
    assert [slice_number(stem) for stem in plan.stems()] == list(range(1, 13))


def test_plan_stacks__more_stacks__leave_the_first_ones_as_they_are() -> None:
    assert plan_stacks("human", 5, 4, 3)[:2] == plan_stacks("human", 2, 4, 3)


def test_plan_stacks__kinds_and_seeds__differ_in_all_names() -> None:
    plans = [*plan_stacks("human", 4, 2, 0), *plan_stacks("rat", 4, 2, 0)]
    plans += plan_stacks("rat", 4, 2, 1)
    assert len({plan.asset_name for plan in plans}) == 12


def test_simulate_planned_stack__equal_plans__give_equal_pixels() -> None:
    plan, other = plan_stacks("rat", 2, 2, 0)
    grid = grid_of("rat", 2, 64, 0.5)
    first, second = (simulate_planned_stack(plan, grid, 0).pixels for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    different = simulate_planned_stack(other, grid, 0).pixels
    assert (first[0] != different[0]).any()


def test_write_stack__slices_and_truth__are_on_the_disk(tmp_path: Path) -> None:
    [plan] = plan_stacks("human", 1, 3, 0)
    stack = simulate_planned_stack(plan, grid_of("human", 3, 96, 0.7), 0)
    asset = write_stack(stack, plan, 0.7, tmp_path)
    assert [image.stem for image in asset.images] == plan.stems()
    assert [len(image.boxes) for image in asset.images] == [len(each) for each in stack.boxes]
    with Image.open(asset.images[0].path) as image:
        assert (image.format, image.size, image.mode) == ("WEBP", (96, 96), "RGB")
    assert asset.metadata.z_step_um == 0.7
    assert asset.true_plaques_path is not None
    assert len(read_true_plaques(asset.true_plaques_path)) == len(stack.plaques) > 0


def test_assemble_stacks__dataset__knows_scale_and_that_it_is_simulated(tmp_path: Path) -> None:
    [plan] = plan_stacks("rat", 1, 2, 0)
    stack = simulate_planned_stack(plan, grid_of("rat", 2, 64, 0.5), 0)
    written = {plan: write_stack(stack, plan, 0.5, tmp_path)}
    dataset = assemble_stacks(written, tmp_path / "RAT__gap_junctions")
    assert (dataset.name, dataset.um_per_px) == ("RAT__gap_junctions", 0.103)
    assert dataset.device_type is not None
    assert dataset.device_type.startswith("simulated")
    assert [asset.name for asset in dataset.assets] == [plan.asset_name]
