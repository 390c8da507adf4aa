"""Tests for `gapjunction.models.centernet.onnx_graph` and `onnx_session`."""

import sys

import pytest
import torch
from torch import nn

from gapjunction.errors import ConfigError
from gapjunction.models.centernet.fused import fuse_normalization
from gapjunction.models.centernet.onnx_graph import to_onnx
from gapjunction.models.centernet.onnx_session import OnnxCenterNet
from tiny_centernet import tiny_centernet, tiny_tiles


def as_onnx(network: nn.Module) -> OnnxCenterNet:
    return OnnxCenterNet.of(to_onnx(network, 2, {"greeting": "hello"}))


@pytest.mark.parametrize(("batch", "height", "width"), [(1, 32, 32), (3, 64, 160)])
def test_to_onnx__any_batch_and_size__gives_the_maps_of_the_network(
    batch: int, height: int, width: int
) -> None:
    network = fuse_normalization(tiny_centernet().network)
    tiles = torch.rand(batch, 3, height, width)
    maps = as_onnx(network).session.run(None, {"tiles": tiles.numpy()})
    for own, other in zip(maps, network(tiles), strict=True):
        torch.testing.assert_close(torch.from_numpy(own), other, rtol=1e-4, atol=1e-5)


def test_to_onnx__metadata__are_in_the_file() -> None:
    session = as_onnx(fuse_normalization(tiny_centernet().network)).session
    assert session.get_modelmeta().custom_metadata_map == {"greeting": "hello"}


@pytest.mark.parametrize("network", [nn.Sequential(nn.Softmax(1)), nn.Flatten()])
def test_to_onnx__unknown_operation__is_named(network: nn.Module) -> None:
    with pytest.raises(NotImplementedError, match=r"Softmax|flatten|Flatten"):
        to_onnx(network, 2, {})


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_import__package_is_missing__says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    network = fuse_normalization(tiny_centernet().network)
    monkeypatch.setitem(sys.modules, package, None)
    match = rf"package {package},.*pip install \"\.\[onnx\]\""
    with pytest.raises(ConfigError, match=match):
        as_onnx(network)


def test_of__threads__are_as_many_as_torch_has() -> None:
    session = as_onnx(fuse_normalization(tiny_centernet().network)).session
    assert session.get_session_options().intra_op_num_threads == torch.get_num_threads()


def test_detect__finds_what_the_detector_finds() -> None:
    detector = tiny_centernet()
    (own,) = as_onnx(fuse_normalization(detector.network)).detect(tiny_tiles(1), 0.0)
    (other,) = detector.detect(tiny_tiles(1), 0.0)
    own_order, other_order = own.boxes.sum(1).argsort(), other.boxes.sum(1).argsort()
    torch.testing.assert_close(
        torch.from_numpy(own.boxes[own_order]),
        torch.from_numpy(other.boxes[other_order]),
        rtol=0,
        atol=1e-3,
    )
