"""Tests for `gapjunction.models.dino.neck`."""

import pytest
import torch

from dino_forward_cases import assert_near, load_forward_case
from gapjunction.models.dino.neck import Neck


@torch.no_grad()
def test_forward__recorded_maps__gives_the_official_levels() -> None:
    case = load_forward_case("tiny4")
    levels = case.transformer.neck(case.maps)
    assert len(levels) == 4
    for level, found in enumerate(levels):
        assert_near(found, case.evaluation[f"input_proj_out.{level}"])


@pytest.mark.parametrize(("side", "expected"), [(8, 4), (5, 3), (1, 1)])
@torch.no_grad()
def test_forward__last_level__has_half_the_size_of_the_coarsest_map(
    side: int, expected: int
) -> None:
    neck = Neck([4, 6], hidden_dim=64)
    levels = neck([torch.randn(1, 4, 2 * side, 2 * side), torch.randn(1, 6, side, side)])
    assert [level.shape[1:] for level in levels] == [
        (64, 2 * side, 2 * side),
        (64, side, side),
        (64, expected, expected),
    ]


def test_neck__untrained__has_no_biases() -> None:
    neck = Neck([4, 6], hidden_dim=64)
    assert all(not bool(projection[0].bias.any()) for projection in neck.projections)  # type: ignore[index]
