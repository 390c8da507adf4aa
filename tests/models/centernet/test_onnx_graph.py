"""Tests for `gapjunction.models.centernet.onnx_graph` and `onnx_session`."""

import sys

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from gapjunction.errors import ConfigError
from gapjunction.models.centernet.fused import fuse_normalization
from gapjunction.models.centernet.onnx_graph import to_onnx
from gapjunction.models.centernet.onnx_session import OnnxCenterNet
from gapjunction.models.onnx_cache import cached_onnx
from tiny_centernet import SMALL, tiny_centernet, tiny_tiles


def fused() -> nn.Module:
    return fuse_normalization(tiny_centernet(SMALL).network)


@pytest.mark.long
@pytest.mark.parametrize(("batch", "height", "width"), [(1, 32, 32), (3, 64, 160)])
def test_to_onnx__any_batch_and_size__gives_the_maps_of_the_network(
    batch: int, height: int, width: int
) -> None:
    tiles = torch.rand(batch, 3, height, width)
    maps = OnnxCenterNet.of(cached_onnx(fused())).session.run(None, {"tiles": tiles.numpy()})
    for own, other in zip(maps, fused()(tiles), strict=True):
        torch.testing.assert_close(torch.from_numpy(own), other, rtol=1e-4, atol=1e-5)


@pytest.mark.long
def test_to_onnx__sizes_and_sources__say_nothing_of_torch_and_of_this_machine() -> None:
    content = cached_onnx(fused())
    graph = onnx.load_from_string(content).graph
    sizes = [dim.dim_param for dim in graph.output[0].type.tensor_type.shape.dim]
    assert sizes == ["batch", "", "half_height", "half_width"]
    assert b".py" not in content


@pytest.mark.slow
def test_to_onnx__all_levels__gives_the_maps_of_the_network(
    capfd: pytest.CaptureFixture[str],
) -> None:
    network = fuse_normalization(tiny_centernet().network)
    content = to_onnx(network)
    assert "".join(capfd.readouterr()) == ""
    maps = OnnxCenterNet.of(content).session.run(None, {"tiles": tiny_tiles().numpy()})
    for own, other in zip(maps, network(tiny_tiles()), strict=True):
        torch.testing.assert_close(torch.from_numpy(own), other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("package", ["onnx", "onnxscript"])
def test_to_onnx__package_is_missing__says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError, match=rf"package {package},.*pip install \"\.\[onnx\]\""):
        to_onnx(fused())


def test_of__package_is_missing__says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ConfigError, match="package onnxruntime,"):
        OnnxCenterNet.of(b"")


@pytest.mark.long
def test_of__threads__are_as_many_as_torch_has() -> None:
    session = OnnxCenterNet.of(cached_onnx(fused())).session
    assert session.get_session_options().intra_op_num_threads == torch.get_num_threads()


@pytest.mark.long
def test_detect__finds_what_the_detector_finds() -> None:
    (own,) = OnnxCenterNet.of(cached_onnx(fused())).detect(tiny_tiles(1), 0.0)
    (other,) = tiny_centernet(SMALL).detect(tiny_tiles(1), 0.0)
    own_order, other_order = own.boxes.sum(1).argsort(), other.boxes.sum(1).argsort()
    np.testing.assert_allclose(own.boxes[own_order], other.boxes[other_order], rtol=0, atol=1e-3)
