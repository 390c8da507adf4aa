"""Tests for `gapjunction.commands.import_weights`."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from gapjunction.commands.import_weights import ImportWeightsConfig, run
from gapjunction.config import build_config
from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.model import Dino
from gapjunction.models.dino.outputs import DinoOutput
from published_files import (
    NUM_CLASSES,
    TINY_RESNET,
    TINY_SWIN,
    mmdetection_weights,
    official_weights,
    random_network,
)

CLASS_WEIGHTS = (
    "transformer.decoder.class_heads.0.bias",
    "transformer.decoder.class_heads.0.weight",
    "transformer.label_embedding.weight",
    "transformer.query_selection.class_head.bias",
    "transformer.query_selection.class_head.weight",
)


def published_file(folder: Path, config: DinoConfig, key: str = "model") -> Path:
    """Write a tiny network as the official code ("model") or MMDetection would."""
    weights_in = official_weights if key == "model" else mmdetection_weights
    torch.save({key: weights_in(random_network(config), config)}, folder / "published.pth")
    return folder / "published.pth"


def settings_for(path: Path, **settings: object) -> ImportWeightsConfig:
    values = {"file": path, "output": path.parent / "run", **settings}
    return ImportWeightsConfig.model_validate(values)


@torch.inference_mode()
def final_layer(network: torch.nn.Module) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(5)
    images = torch.rand(2, 3, 64, 96, generator=generator)
    output: DinoOutput = network(images, torch.zeros(2, 64, 96, dtype=torch.bool))
    return output.layers[-1].logits, output.layers[-1].boxes_cxcywh_norm


@pytest.mark.long
@pytest.mark.parametrize("key", ["model", "state_dict"])
@pytest.mark.parametrize("tiny", [TINY_RESNET, TINY_SWIN], ids=["resnet", "swin"])
def test_run__published_file__gives_a_checkpoint_that_predicts_the_same(
    tmp_path: Path, tiny: DinoConfig, key: str
) -> None:
    config = tiny.but(shares_heads=key == "model")
    result = run(settings_for(published_file(tmp_path, config, key)))
    checkpoint = load_checkpoint(tmp_path / "run")
    assert result.left_out == ()
    assert checkpoint.version == result.version
    assert checkpoint.config.network == config
    assert isinstance(checkpoint.detector, Dino)
    for found, expected in zip(
        final_layer(checkpoint.detector.network), final_layer(random_network(config)), strict=True
    ):
        torch.testing.assert_close(found, expected)


@pytest.mark.long
def test_run__no_class_names__numbers_those_of_the_file(tmp_path: Path) -> None:
    run(settings_for(published_file(tmp_path, TINY_RESNET)))
    config = load_checkpoint(tmp_path / "run").config
    assert config.class_names == ("class_0", "class_1", "class_2")
    assert len(set(config.class_colors)) == 3
    assert len(config.class_colors) == NUM_CLASSES


@pytest.mark.long
def test_run__other_classes__keeps_what_fits_and_says_what_does_not(tmp_path: Path) -> None:
    settings = settings_for(published_file(tmp_path, TINY_RESNET), class_names=("gap_junction",))
    result = run(settings)
    weights = load_checkpoint(tmp_path / "run").detector.state_dict()
    own = random_network(TINY_RESNET).state_dict()
    assert result.left_out == CLASS_WEIGHTS
    for name, tensor in own.items():
        if name not in CLASS_WEIGHTS:
            assert torch.equal(tensor, weights[f"network.{name}"]), name
    for name in CLASS_WEIGHTS:
        assert name in str(result)
    assert "knows 3 classes" in str(result)
    assert result.num_weights == sum(
        tensor.numel() for name, tensor in own.items() if name not in CLASS_WEIGHTS
    )


@pytest.mark.long
def test_run__other_classes_and_same_seed__draws_the_same_weights(tmp_path: Path) -> None:
    path = published_file(tmp_path, TINY_RESNET)
    versions = [
        run(
            settings_for(path, output=tmp_path / str(run_number), class_names=("a",), seed=seed)
        ).version
        for run_number, seed in enumerate((1, 1, 2))
    ]
    assert versions[0] == versions[1] != versions[2]


@pytest.mark.long
def test_run__result__tells_what_was_imported(tmp_path: Path) -> None:
    result = run(settings_for(published_file(tmp_path, TINY_SWIN)))
    assert str(result).splitlines() == [
        f"Imported {result.num_weights:,} weights of DINO with a Swin transformer and 5 scales",
        f"Model {result.version} in {tmp_path / 'run'}",
    ]
    assert result.num_weights == sum(
        tensor.numel() for tensor in random_network(TINY_SWIN).state_dict().values()
    )


@pytest.mark.long
def test_run__output_with_a_model__is_refused(tmp_path: Path) -> None:
    settings = settings_for(published_file(tmp_path, TINY_RESNET))
    run(settings)
    with pytest.raises(ConfigError, match=r"found a folder with config\.json in it"):
        run(settings)


def test_config__class_named_twice__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="class_names: expected names that differ"):
        build_config(
            ImportWeightsConfig,
            {"file": tmp_path / "a.pth", "output": tmp_path / "run", "class_names": ("a", "a")},
            "command line",
        )
