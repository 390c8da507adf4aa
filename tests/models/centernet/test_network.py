"""Tests for `gapjunction.models.centernet.network`."""

import pytest
import torch
from torch import nn

from gapjunction.models.centernet.network import CenterNetwork

WIDTHS = (8, 8, 8, 8)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 32), (16, 96)])
@pytest.mark.parametrize("num_classes", [1, 5])
def test_forward__tiles__gives_maps_of_half_the_size(
    height: int, width: int, num_classes: int
) -> None:
    heat, sides = CenterNetwork(num_classes, WIDTHS)(torch.zeros(2, 3, height, width))
    assert heat.shape == (2, num_classes, height // 2, width // 2)
    assert sides.shape == (2, 4, height // 2, width // 2)


@torch.no_grad()
def test_forward__untrained__expects_objects_to_be_rare() -> None:
    torch.manual_seed(0)
    heat, _ = CenterNetwork(1, WIDTHS).eval()(torch.zeros(1, 3, 64, 64))
    assert 0.001 < float(heat.sigmoid().mean()) < 0.05


@torch.no_grad()
@pytest.mark.parametrize("brightness", [-1e4, 1e4])
def test_forward__absurd_intensities__gives_positive_finite_sides(brightness: float) -> None:
    torch.manual_seed(0)
    _, sides = CenterNetwork(1, WIDTHS).eval()(brightness * torch.rand(1, 3, 32, 32))
    assert float(sides.min()) > 0
    assert float(sides.max()) < 600


def test_forward__evaluation_mode__a_tile_does_not_depend_on_its_batch() -> None:
    torch.manual_seed(0)
    network = CenterNetwork(1, WIDTHS).eval()
    tiles = torch.rand(3, 3, 32, 32)
    together, alone = network(tiles)[0][1], network(tiles[1:2])[0][0]
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_forward__object_moved_by_the_coarsest_stride__moves_the_maps_alike() -> None:
    torch.manual_seed(0)
    network = CenterNetwork(1, WIDTHS).eval()
    tile = torch.zeros(1, 3, 160, 160)
    tile[..., 70:76, 70:80] = 1
    heat, _ = network(tile)
    moved, _ = network(torch.roll(tile, 16, dims=3))
    torch.testing.assert_close(moved[..., 30:50, 38:58], heat[..., 30:50, 30:50])


def test_forward__untrained__what_lies_far_away_changes_nothing() -> None:
    torch.manual_seed(0)
    network = CenterNetwork(1, WIDTHS).eval()
    tile = torch.rand(1, 3, 32, 320)
    other = tile.clone()
    other[..., 200:] = 0
    torch.testing.assert_close(network(other)[0][..., :16], network(tile)[0][..., :16])


def network_with_context() -> CenterNetwork:
    torch.manual_seed(0)
    network = CenterNetwork(1, WIDTHS).eval()
    nn.init.normal_(network.context.mix[-1].weight, 0, 10)  # type: ignore[arg-type]  # it has one
    return network


def test_forward__context__what_lies_far_away_matters() -> None:
    network = network_with_context()
    tile = torch.rand(1, 3, 32, 320)
    other = tile.clone()
    other[..., 200:] = 0
    assert (network(other)[0] - network(tile)[0])[..., :16].abs().max() > 1e-3


def test_context__the_same_tile_side_by_side__is_the_same() -> None:
    context = network_with_context().context
    features = torch.rand(2, 8, 4, 6)
    own = context(features)
    assert own.shape == (2, 8, 1, 1)
    torch.testing.assert_close(context(features.repeat(1, 1, 3, 2)), own)
