"""Tests for `bench.plaque_scoring`."""

from bench.measured_stacks import SEEDS
from bench.plaque_scoring import Z_STEPS_UM, stack_sets


def test_stack_sets__all__have_seeds_that_nothing_else_has() -> None:
    seeds = [each.seed for each in stack_sets()]
    judged = {seed for own in SEEDS.values() for seed in own}
    assert len(set(seeds)) == len(seeds)
    assert not judged.intersection(seeds)


def test_stack_sets__each_look__has_all_z_steps() -> None:
    sets = list(stack_sets())
    for kind in ("human", "rat"):
        assert tuple(each.z_step_um for each in sets if each.kind == kind) == Z_STEPS_UM
