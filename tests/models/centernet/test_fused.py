"""Tests for `gapjunction.models.centernet.fused`."""

import pytest
import torch
from torch import Tensor, nn

from gapjunction.models.centernet.fused import FusedCenterNet, fuse_normalization
from gapjunction.models.centernet.model import CenterNet
from tiny_centernet import tiny_centernet, tiny_tiles


def maps_of(network: nn.Module, tiles: Tensor) -> tuple[Tensor, Tensor]:
    with torch.inference_mode():
        heat_logits, sides = network(tiles)
    return heat_logits, sides


def test_fuse_normalization__gives_the_same_maps_without_any_batch_norm() -> None:
    network = tiny_centernet().network
    fused = fuse_normalization(network)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in fused.modules())
    for own, other in zip(
        maps_of(fused, tiny_tiles()), maps_of(network, tiny_tiles()), strict=True
    ):
        torch.testing.assert_close(own, other, rtol=1e-4, atol=1e-5)


def test_fuse_normalization__leaves_the_network_it_was_given_as_it_was() -> None:
    network = tiny_centernet().network
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    fuse_normalization(network)
    after = network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def boxes_by_place(detector: CenterNet | FusedCenterNet) -> Tensor:
    (found,) = detector.detect(tiny_tiles(1), min_score=0.0)
    return torch.from_numpy(found.boxes[found.boxes.sum(1).argsort()])


def test_detect__fused__finds_what_the_detector_finds() -> None:
    detector = tiny_centernet()
    own, other = boxes_by_place(FusedCenterNet.of(detector.network)), boxes_by_place(detector)
    assert len(own) > 0
    torch.testing.assert_close(own, other, rtol=0, atol=1e-3)


def test_of__bf16__rounds_all_but_the_last_convolutions() -> None:
    detector = tiny_centernet()
    fused = FusedCenterNet.of(detector.network, "bf16")
    weights = {name: each for name, each in fused.network.named_parameters() if "weight" in name}
    exact = [each for each in weights.values() if each.dtype == torch.float32]
    assert [tuple(each.shape[:1]) for each in exact] == [(2,), (4,)]  # two classes, four sides
    last = detector.network.heat[-1]
    assert isinstance(last, nn.Conv2d)
    assert torch.equal(exact[0], last.weight)


@pytest.mark.parametrize("name", ["heat", "sides"])
def test_detect__bf16__maps_move_by_a_few_percent_at_most(name: str) -> None:
    index = ("heat", "sides").index(name)
    detector = tiny_centernet()
    halved = FusedCenterNet.of(detector.network, "bf16")
    own = maps_of(halved.network, tiny_tiles().bfloat16())[index]
    exact = maps_of(detector.network, tiny_tiles())[index]
    assert own.dtype == torch.float32
    assert (own - exact).abs().max() < 0.05 * exact.abs().max()
