"""Tests for `gapjunction.models.dino.mmdetection_weights`."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.mmdetection_weights import to_official
from gapjunction.models.dino.network import DinoNetwork
from gapjunction.models.dino.published_sizes import read_sizes
from gapjunction.models.dino.published_weights import from_official
from gapjunction.models.dino.sizes import SwinSpec
from published_files import TINY_RESNET, TINY_SWIN, mmdetection_weights, random_network, read_names


def weights_of(table: str) -> dict[str, Tensor]:
    """Return weights of the shapes of a published model, each of one number: its place."""
    rows = enumerate(read_names(table))
    return {name: torch.tensor(float(place)).expand(shape) for place, (name, _, shape) in rows}


@pytest.mark.parametrize("table", ["r50_4scale", "swin_l_5scale"])
def test_to_official__published_names__become_the_official_ones(table: str) -> None:
    weights = weights_of(table)
    official = to_official(weights)
    for name, there, shape in read_names(table):
        if there:
            assert official[there].shape == shape
            first = (0,) * len(shape)
            assert official[there][first] == weights[name][first]


@pytest.mark.parametrize(
    ("table", "config"),
    [
        ("r50_4scale", DinoConfig(shares_heads=False)),
        ("swin_l_5scale", DinoConfig(backbone=SwinSpec(), num_levels=5, shares_heads=False)),
    ],
)
def test_to_official__published_shapes__are_those_of_our_networks(
    table: str, config: DinoConfig
) -> None:
    official = to_official(weights_of(table))
    assert read_sizes(official) == config
    with torch.device("meta"):
        wanted = DinoNetwork(config, num_classes=80).state_dict()
    found = from_official(official, config)
    assert {name: tensor.shape for name, tensor in found.items()} == {
        name: tensor.shape for name, tensor in wanted.items()
    }


@pytest.mark.long
@pytest.mark.parametrize("tiny", [TINY_RESNET, TINY_SWIN], ids=["resnet", "swin"])
def test_to_official__weights_of_a_network__come_back(tiny: DinoConfig) -> None:
    config = tiny.but(shares_heads=False)
    network = random_network(config)
    found = from_official(to_official(mmdetection_weights(network, config)), config)
    for name, tensor in network.state_dict().items():
        assert torch.equal(found[name], tensor), name


def test_to_official__patch_merging__mixes_the_same_pixels() -> None:
    # MMDetection unfolds 2 x 2 pixels, the official code stacks four images of every other pixel.
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(1, 3, 4, 6, generator=generator)
    reduction = torch.rand(6, 12, generator=generator)
    expected = reduction @ functional.unfold(image, kernel_size=2, stride=2)
    name = "downsample.reduction.weight"
    official = to_official({f"backbone.stages.0.{name}": reduction})[f"backbone.0.layers.0.{name}"]
    corners = [image[..., row::2, column::2] for column in (0, 1) for row in (0, 1)]
    found = official @ torch.cat(corners, dim=1).flatten(2)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", ["backbone.fc.weight", "bbox_head.loss.weight", "level_embedding"])
def test_to_official__unknown_weight__is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is unknown"):
        to_official({name: torch.zeros(1)})
