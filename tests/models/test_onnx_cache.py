"""Tests for `gapjunction.models.onnx_cache`."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from gapjunction.models import onnx_cache
from gapjunction.models.centernet import onnx_graph
from gapjunction.models.onnx_cache import cache_folder, cached_onnx

EXPORT = """
import sys, torch
from gapjunction.models.onnx_cache import cached_onnx
from gapjunction.models.centernet.network import CenterNetwork
torch.manual_seed(0)
sys.stdout.buffer.write(cached_onnx(CenterNetwork(1, (4, 8)).eval()))
"""


class Exporter:
    """Counts how often a network is exported; gives the sum of its weights."""

    def __init__(self) -> None:
        self.num_calls = 0

    def __call__(self, network: nn.Module) -> bytes:
        self.num_calls += 1
        return str(sum(float(values.sum()) for values in network.state_dict().values())).encode()


@pytest.fixture
def exporter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exporter:
    """Put a quick exporter into the place of torch's, and the cache into a folder of its own."""
    quick = Exporter()
    monkeypatch.setattr(onnx_graph, "to_onnx", quick)
    monkeypatch.setattr(onnx_cache, "cache_folder", lambda: tmp_path / "cache")
    return quick


def network_of(weight: float, stride: int = 1) -> nn.Module:
    convolution = nn.Conv2d(1, 1, 1, stride, bias=False)
    nn.init.constant_(convolution.weight, weight)
    return convolution


def test_cached_onnx__same_network_again__is_exported_once(exporter: Exporter) -> None:
    contents = [cached_onnx(network_of(2.0)) for _ in range(2)]
    assert (contents, exporter.num_calls) == ([b"2.0", b"2.0"], 1)


@pytest.mark.parametrize("other", [network_of(3.0), network_of(2.0, stride=2)])
def test_cached_onnx__other_weights_or_shape__are_exported_anew(
    exporter: Exporter, other: nn.Module
) -> None:
    cached_onnx(network_of(2.0))
    cached_onnx(other)
    assert exporter.num_calls == 2


def test_cached_onnx__other_torch__is_exported_anew(
    exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached_onnx(network_of(2.0))
    monkeypatch.setattr(torch, "__version__", "2.13.99")
    cached_onnx(network_of(2.0))
    assert exporter.num_calls == 2


def test_cached_onnx__cache_is_deleted__is_exported_anew(
    exporter: Exporter, tmp_path: Path
) -> None:
    cached_onnx(network_of(2.0))
    [kept] = (tmp_path / "cache").iterdir()
    kept.unlink()
    cached_onnx(network_of(2.0))
    assert exporter.num_calls == 2


def test_cached_onnx__cache_cannot_be_written__goes_on_and_says_so(
    exporter: Exporter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").touch()
    assert cached_onnx(network_of(2.0)) == b"2.0"
    [warning] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "the ONNX file cannot be kept" in warning.getMessage()
    assert exporter.num_calls == 1


@pytest.mark.slow
def test_cached_onnx__two_processes_at_once__both_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    command = [sys.executable, "-c", EXPORT]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    contents = [process.communicate()[0] for process in both]
    [kept] = (tmp_path / "gapjunction" / "onnx").iterdir()
    assert contents == [kept.read_bytes()] * 2
    assert len(contents[0]) > 0


def test_cache_folder__no_setting__is_below_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_folder() == tmp_path / ".cache" / "gapjunction" / "onnx"


def test_cache_folder__setting__moves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "gapjunction" / "onnx"
