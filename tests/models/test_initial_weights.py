"""Tests for `gapjunction.models.initial_weights`."""

from pathlib import Path

import pytest
import torch

from gapjunction.errors import CheckpointError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.checkpoint import DetectorConfig, build_detector, save_checkpoint
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.denoising import DenoisingConfig
from gapjunction.models.dino.model import Dino
from gapjunction.models.initial_weights import class_layers, read_initial_weights
from gapjunction.models.networks import Network
from published_files import (
    NUM_CLASSES,
    TINY_RESNET,
    TINY_SWIN,
    mmdetection_weights,
    official_weights,
    random_network,
)

TINY_COMPACT = CenterNetConfig(widths=(8, 8, 8, 8))


def run_folder(folder: Path, network: Network) -> Path:
    config = DetectorConfig(class_names=("a", "b"), class_colors=("#000000",) * 2, network=network)
    torch.manual_seed(0)
    save_checkpoint(build_detector(config), config, folder)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("network", [TINY_COMPACT, TINY_RESNET], ids=["compact", "dino"])
def test_read_initial_weights__run_folder__gives_its_network_and_weights(
    tmp_path: Path, network: Network
) -> None:
    initial = read_initial_weights(run_folder(tmp_path / "run", network), network)
    assert initial.network == network
    assert initial.class_names == ("a", "b")
    rebuilt = build_detector(
        DetectorConfig(class_names=("a", "b"), class_colors=("#000000",) * 2, network=network)
    )
    rebuilt.load_state_dict(initial.weights)


@pytest.mark.long
@pytest.mark.parametrize("family", ["official", "mmdetection"])
def test_read_initial_weights__published_file__fits_the_network_it_names(
    tmp_path: Path, family: str
) -> None:
    published = random_network(TINY_RESNET)
    if family == "official":
        content = {"model": official_weights(published, TINY_RESNET)}
    else:
        content = {"state_dict": mmdetection_weights(published, TINY_RESNET)}
    torch.save(content, tmp_path / "dino.pth")
    initial = read_initial_weights(tmp_path / "dino.pth", DinoConfig())
    assert initial.class_names == ("class_0", "class_1", "class_2")
    assert isinstance(initial.network, DinoConfig)
    Dino(initial.network, NUM_CLASSES).load_state_dict(initial.weights)


def test_read_initial_weights__settings_without_weights__are_those_wanted(tmp_path: Path) -> None:
    wanted = DinoConfig(
        num_select=900, recomputes_activations=True, denoising=DenoisingConfig(number=7)
    )
    initial = read_initial_weights(run_folder(tmp_path / "run", TINY_RESNET), wanted)
    assert isinstance(initial.network, DinoConfig)
    assert initial.network.num_select == 900
    assert initial.network.recomputes_activations
    assert initial.network.denoising == DenoisingConfig(number=7)
    assert initial.network.hidden_dim == TINY_RESNET.hidden_dim


@pytest.mark.long
@pytest.mark.parametrize(
    ("there", "wanted", "message"),
    [
        (TINY_COMPACT, TINY_RESNET, "DINO with a resnet backbone, found the compact detector"),
        (TINY_RESNET, TINY_COMPACT, "the compact detector, found DINO with a resnet backbone"),
        (TINY_RESNET, TINY_SWIN, "DINO with a swin backbone, found DINO with a resnet backbone"),
    ],
)
def test_read_initial_weights__another_kind_of_network__is_refused(
    tmp_path: Path,
    there: Network,
    wanted: Network,
    message: str,
) -> None:
    folder = run_folder(tmp_path / "run", there)
    with pytest.raises(CheckpointError, match=message):
        read_initial_weights(folder, wanted)


@pytest.mark.long
@pytest.mark.parametrize(
    ("network", "class_names", "leaves_out"),
    [
        (TINY_COMPACT, ("a", "b"), False),
        (TINY_COMPACT, ("b", "a"), True),
        (TINY_COMPACT, ("a", "c"), True),
        (TINY_COMPACT, ("a",), True),
        (TINY_RESNET, ("a", "b"), False),
        (TINY_RESNET, ("a",), True),
    ],
)
def test_load_into__other_classes__leaves_out_the_layers_that_know_them(
    tmp_path: Path,
    network: Network,
    class_names: tuple[str, ...],
    leaves_out: bool,
) -> None:
    initial = read_initial_weights(run_folder(tmp_path / "run", network), network)
    config = DetectorConfig(class_names=class_names, class_colors=(), network=network)
    torch.manual_seed(1)
    detector = build_detector(config)
    before = {name: value.clone() for name, value in detector.state_dict().items()}
    left_out = set(initial.load_into(detector, config))
    assert left_out == (class_layers(config) if leaves_out else set())
    for name, value in detector.state_dict().items():
        expected = before[name] if name in left_out else initial.weights[name]
        assert torch.equal(value, expected), name


def test_load_into__single_class_of_another_name__takes_all(tmp_path: Path) -> None:
    config = DetectorConfig(class_names=("plaque",), class_colors=(), network=TINY_COMPACT)
    save_checkpoint(build_detector(config), config, tmp_path)
    initial = read_initial_weights(tmp_path, TINY_COMPACT)
    renamed = config.but(class_names=("gap_junction",))
    assert initial.load_into(build_detector(renamed), renamed) == []


def test_class_layers__dino__are_heads_and_label_embedding() -> None:
    config = DetectorConfig(class_names=("a",), class_colors=(), network=TINY_RESNET)
    assert {name.removeprefix("network.transformer.") for name in class_layers(config)} == {
        "label_embedding.weight",
        "query_selection.class_head.weight",
        "query_selection.class_head.bias",
        "decoder.class_heads.0.weight",
        "decoder.class_heads.0.bias",
    }


def test_read_initial_weights__no_such_file__is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"dino\.pth: .* found no such file"):
        read_initial_weights(tmp_path / "dino.pth", DinoConfig())
