"""Tests for `gapjunction.runs.begin` and `fitting`: what DINO presets start from."""

import logging
from pathlib import Path

import pytest
import torch
import yaml
from torch import Tensor

from builders import build_dataset
from gapjunction import presets
from gapjunction.commands.train import run
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.dino.sizes import ResNetSpec
from gapjunction.presets import Preset
from gapjunction.runs.begin import asked_weights
from gapjunction.runs.config import TrainConfig
from gapjunction.training.config import TrainingConfig
from gapjunction.training.loop import Hooks
from published_files import TINY_RESNET, official_weights, random_network

BACKBONE = ResNetSpec(stem_width=8, widths=(16, 16, 32, 32), depths=(1, 1, 1, 1))
TINY = TINY_RESNET.but(backbone=BACKBONE, num_encoder_layers=1, num_decoder_layers=2)
# So small that no weight changes visibly: what a run ends with is what it started from.
STILL = TrainingConfig(
    max_epochs=1, tiles_per_epoch=2, tile_size=64, batch_size=2, learning_rate=1e-9
)


@pytest.fixture(autouse=True)
def tiny_dino(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make high_quality a narrow network of 10 queries that hardly learns."""
    preset = Preset(
        "for tests",
        TINY,
        {"fine_tuning": STILL, "from_scratch": STILL.but(batch_size=1)},
        scratch_network=TINY.but(backbone=BACKBONE.but(norm="group")),
        tile_size=64,
        is_for_gpu=True,
    )
    monkeypatch.setitem(presets.PRESETS, "high_quality", preset)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return build_dataset(tmp_path / "set")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Return a file in the official format, of a network with other classes."""
    network = random_network(TINY)
    torch.save({"model": official_weights(network, TINY)}, tmp_path / "dino.pth")
    return tmp_path / "dino.pth"


def settings_of(folder: Path) -> dict[str, dict[str, object]]:
    settings: dict[str, dict[str, object]] = yaml.safe_load((folder / "settings.yaml").read_text())
    return settings


def weights_of(folder: Path) -> dict[str, Tensor]:
    return load_checkpoint(folder).detector.state_dict()


def train(data: Path, output: Path, **settings: object) -> Path:
    values = {"data": (data,), "presets": "high_quality", "output": output, "folds": 1, **settings}
    run(TrainConfig.model_validate(values))
    return output


@pytest.mark.long
def test_run__published_weights__are_what_training_starts_from(
    tmp_path: Path, data: Path, published: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        folder = train(data, tmp_path / "run", weights=str(published))
    expected = random_network(TINY).state_dict()
    found = weights_of(folder)
    left_out = {
        name for name, value in expected.items() if found[f"network.{name}"].shape != value.shape
    }
    assert "transformer.label_embedding.weight" in left_out
    for name in expected.keys() - left_out:
        torch.testing.assert_close(found[f"network.{name}"], expected[name], atol=1e-6, rtol=0)
    assert "left out, as they know 3 other classes: network.transformer" in caplog.text
    assert all(name in caplog.text for name in left_out)
    assert settings_of(folder)["training"]["batch_size"] == 2  # the recipe for fine tuning
    assert "trained_from: dino.pth" in (folder / "MODEL_CARD.md").read_text()


@pytest.mark.long
def test_run__weights_of_an_earlier_run__are_all_taken_over(tmp_path: Path, data: Path) -> None:
    first = train(data, tmp_path / "first", weights="none")
    second = train(data, tmp_path / "second", weights=str(first), seed=1)
    found = weights_of(second)
    for name, value in weights_of(first).items():
        torch.testing.assert_close(found[name], value, atol=1e-6, rtol=0, msg=name)


@pytest.mark.long
def test_run__no_weights__trains_a_network_made_for_it(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = train(data, tmp_path / "run", weights="none")
    settings = settings_of(folder)
    assert settings["detector"]["network"]["backbone"]["norm"] == "group"  # type: ignore[index]
    assert settings["training"]["batch_size"] == 1  # the recipe from scratch
    assert settings["weights"] is None
    assert "trained_from: random weights" in (folder / "MODEL_CARD.md").read_text()
    assert "high_quality is made for a GPU and none was found" in caplog.text


@pytest.mark.long
def test_run__stopped_before_the_first_state__starts_from_the_same_weights_again(
    tmp_path: Path, data: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(data, tmp_path / "whole", weights=str(published))
    with monkeypatch.context() as patched:
        patched.setattr("gapjunction.runs.fit.train", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(data, tmp_path / "broken", weights=str(published))
    broken = tmp_path / "broken"
    run(TrainConfig(output=broken, resume=True))
    found = weights_of(broken)
    for name, value in weights_of(whole).items():
        assert torch.equal(found[name], value), name


@pytest.mark.long
def test_run__resumed_with_other_weights_in_the_file__is_refused(
    tmp_path: Path, data: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("gapjunction.runs.fit.train", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(data, tmp_path / "run", weights=str(published))
    other = random_network(TINY, seed=1)
    torch.save({"model": official_weights(other, TINY)}, published)
    with pytest.raises(CheckpointError, match="expected the weights that the run was begun with"):
        run(TrainConfig(output=tmp_path / "run", resume=True))


def _interrupt(*_: object, **__: object) -> Hooks:
    raise KeyboardInterrupt


@pytest.mark.parametrize("option", [{"weights": "none"}, {"recipe": "published"}])
def test_run__resumed_with_weights_or_recipe__is_refused(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, option: dict[str, str]
) -> None:
    folder = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr("gapjunction.runs.fit.train", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(data, folder, weights="none")
    with pytest.raises(ConfigError, match=f"^{next(iter(option))}: expected none"):
        run(TrainConfig.model_validate({"output": folder, "resume": True, **option}))


@pytest.mark.long
def test_run__crowded_images__get_tiles_that_the_queries_suffice_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # A tile of the whole image would hold more than two thirds of 10 queries.
    data = build_dataset(tmp_path / "set", boxes_per_image=12)
    with caplog.at_level(logging.INFO):
        folder = train(data, tmp_path / "run", weights="none")
    settings = settings_of(folder)
    assert settings["detector"]["tile_size"] == 32
    assert settings["training"]["tile_size"] == 32
    assert settings["detector"]["overlap"] == 16
    assert "tiles of 32 px, as larger ones hold too many objects" in caplog.text


def test_asked_weights__from_scratch_in_either_way__are_none() -> None:
    for option in ({"from_scratch": True}, {"recipe": "from_scratch"}, {"weights": "none"}):
        assert asked_weights(TrainConfig.model_validate(option)) == "none"
    assert asked_weights(TrainConfig(weights="shipped")) == "shipped"
    assert asked_weights(TrainConfig()) is None


@pytest.mark.parametrize("option", [{"from_scratch": True}, {"recipe": "from_scratch"}])
def test_asked_weights__from_scratch_with_weights__is_refused(option: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="expected no weights beside it"):
        asked_weights(TrainConfig.model_validate({"weights": "shipped", **option}))
