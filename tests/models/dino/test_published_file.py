"""Tests for `gapjunction.models.dino.published_file`."""

import argparse
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gapjunction.errors import CheckpointError
from gapjunction.models.dino.published_file import read_published
from published_files import (
    NUM_CLASSES,
    TINY_RESNET,
    mmdetection_weights,
    official_weights,
    random_network,
)

NETWORK = random_network(TINY_RESNET)


class Record:
    """Stands for the classes of MMDetection in its files; lost before they are read."""

    def __init__(self) -> None:
        self.history = np.arange(3.0)
        self.mean = np.float64(1.5)
        self.methods = {"clear": Record.clear}

    def clear(self) -> None: ...


class Command:
    """An object that runs something when it is unpickled."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


def saved(folder: Path, content: Any) -> Path:
    torch.save(content, folder / "file.pth")
    return folder / "file.pth"


def assert_has_the_weights(path: Path) -> None:
    found = read_published(path)
    own = NETWORK.state_dict()
    assert found.num_classes == NUM_CLASSES
    assert found.weights.keys() == own.keys()
    assert all(torch.equal(found.weights[name], tensor) for name, tensor in own.items())


def assert_is_refused(path: Path, reason: str) -> None:
    with pytest.raises(CheckpointError, match=reason) as caught:
        read_published(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_read_published__official_file__gives_network_and_weights(tmp_path: Path) -> None:
    content = {
        "model": official_weights(NETWORK, TINY_RESNET),
        "optimizer": {"state": {}, "param_groups": [{"lr": 1e-4}]},
        "epoch": 11,
        "args": argparse.Namespace(lr=1e-4, backbone="resnet50", scales=[480, 512]),
    }
    path = saved(tmp_path, content)
    assert_has_the_weights(path)
    assert read_published(path).config == TINY_RESNET


def test_read_published__file_of_mmdetection__gives_the_weights(tmp_path: Path) -> None:
    config = TINY_RESNET.but(shares_heads=False)
    network = random_network(config)
    content = {
        "meta": {"epoch": 12, "CLASSES": ("cell",), "seed": np.int64(3)},
        "message_hub": {"log_scalars": {"loss": Record()}},
        "state_dict": mmdetection_weights(network, config),
    }
    found = read_published(saved(tmp_path, content))
    assert found.config == config
    own = network.state_dict()
    assert all(torch.equal(found.weights[name], tensor) for name, tensor in own.items())


def test_read_published__object_that_runs_a_program__is_skipped(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    content = {
        "model": official_weights(NETWORK, TINY_RESNET),
        "args": Command(subprocess.call, ["touch", str(trace)]),
    }
    assert_has_the_weights(saved(tmp_path, content))
    assert not trace.exists()


def test_read_published__object_that_asks_the_system__is_refused(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    content = {"model": {}, "args": Command(os.system, f"touch {trace}")}
    assert_is_refused(saved(tmp_path, content), "would have to be run")
    assert not trace.exists()


def test_read_published__unknown_weight__is_named(tmp_path: Path) -> None:
    weights = official_weights(NETWORK, TINY_RESNET) | {"mask_head.weight": torch.zeros(1)}
    assert_is_refused(saved(tmp_path, {"model": weights}), "unknown, such as mask_head.weight")


def test_read_published__unknown_weight_of_mmdetection__is_named(tmp_path: Path) -> None:
    weights = {"mask_head.weight": torch.zeros(1)}
    assert_is_refused(saved(tmp_path, {"state_dict": weights}), "mask_head.weight is unknown")


@pytest.mark.parametrize("name", ["transformer.level_embed", "input_proj.1.0.bias"])
def test_read_published__missing_weight__is_named(tmp_path: Path, name: str) -> None:
    weights = official_weights(NETWORK, TINY_RESNET)
    del weights[name]
    assert_is_refused(saved(tmp_path, {"model": weights}), name)


def test_read_published__weight_of_another_shape__is_named(tmp_path: Path) -> None:
    weights = official_weights(NETWORK, TINY_RESNET)
    weights["transformer.enc_output.bias"] = torch.zeros(63)
    reason = r"projection.bias of shape \(63,\) instead of \(64,\)"
    assert_is_refused(saved(tmp_path, {"model": weights}), reason)


@pytest.mark.parametrize("content", [{"weights": {}}, {}, [1, 2], {"model": 3}])
def test_read_published__file_of_something_else__says_what_it_holds(
    tmp_path: Path, content: Any
) -> None:
    assert_is_refused(saved(tmp_path, content), "expected weights under 'model'")


@pytest.mark.parametrize("kept", [0, 10, -100])
def test_read_published__file_cut_short__says_so(tmp_path: Path, kept: int) -> None:
    path = saved(tmp_path, {"model": official_weights(NETWORK, TINY_RESNET)})
    path.write_bytes(path.read_bytes()[:kept])
    assert_is_refused(path, "damaged file")


def test_read_published__no_file__is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_published(tmp_path / "nowhere.pth")
