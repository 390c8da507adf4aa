"""Tests for `gapjunction.presets`."""

import logging
from typing import get_args

import pytest
import torch

from gapjunction.choices import GivenPreset, PresetName
from gapjunction.errors import ConfigError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.dino.backbone import FrozenBatchNorm
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.network import DinoNetwork
from gapjunction.models.shipped import SHIPPED_WEIGHTS
from gapjunction.presets import PRESETS, choose_preset, find_recipe, preset_called
from gapjunction.training.config import TrainingConfig

DINO_PRESETS: tuple[PresetName, ...] = ("high_quality", "best_quality")


def test_presets__every_name__is_there() -> None:
    assert set(PRESETS) == set(get_args(PresetName))


def test_presets__medium_quality__has_the_default_network_and_its_weights() -> None:
    preset = PRESETS["medium_quality"]
    assert preset.network == CenterNetConfig()
    assert preset.recipes["from_scratch"] == TrainingConfig()
    assert preset.shipped is not None
    assert load_checkpoint(preset.shipped).config.network == preset.network


def test_presets__shipped_weights__take_8_mb_at_most() -> None:
    sizes = [path.stat().st_size for path in SHIPPED_WEIGHTS.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= 8e6


def test_presets__shipped_weights__say_that_they_saw_simulated_images_only() -> None:
    card = (SHIPPED_WEIGHTS / "medium_quality" / "MODEL_CARD.md").read_text()
    assert "simulated" in card


@pytest.mark.parametrize("name", DINO_PRESETS)
def test_presets__dino__counts_up_to_900_objects_in_a_tile_as_it_was_trained(
    name: PresetName,
) -> None:
    preset = PRESETS[name]
    assert preset.network.max_detections == 900
    for recipe in preset.recipes.values():
        assert recipe.tile_size == preset.tile_size * preset.magnification


@pytest.mark.parametrize("name", get_args(PresetName))
def test_presets__recipes__hold_allowed_values_only(name: PresetName) -> None:
    for recipe in PRESETS[name].recipes.values():
        assert TrainingConfig.model_validate(recipe.model_dump()) == recipe


@pytest.mark.parametrize("name", DINO_PRESETS)
def test_presets__dino_from_scratch__trains_all_of_the_backbone(name: PresetName) -> None:
    preset = PRESETS[name]
    config = preset.scratch_network or preset.network
    assert isinstance(config, DinoConfig)
    with torch.device("meta"):
        backbone = DinoNetwork(config, num_classes=1).backbone
    assert all(parameter.requires_grad for parameter in backbone.parameters())
    assert not any(isinstance(module, FrozenBatchNorm) for module in backbone.modules())


@pytest.mark.parametrize("name", DINO_PRESETS)
def test_presets__published_weights__end_with_the_digits_of_their_checksum(
    name: PresetName,
) -> None:
    published = PRESETS[name].published
    assert published is not None
    assert published.url.endswith(f"-{published.sha256_start}.pth")


@pytest.mark.parametrize(
    ("preset", "has_weights", "expected"),
    [
        ("high_quality", True, "fine_tuning"),
        ("high_quality", False, "from_scratch"),
        ("medium_quality", True, "fine_tuning"),
        ("medium_quality", False, "from_scratch"),
    ],
)
def test_find_recipe__none_named__depends_on_what_training_starts_from(
    preset: PresetName, has_weights: bool, expected: str
) -> None:
    recipe = find_recipe(preset, None, has_weights=has_weights)
    assert recipe == PRESETS[preset].recipes[expected]  # type: ignore[index]


def test_find_recipe__named__is_taken_whatever_training_starts_from() -> None:
    recipe = find_recipe("high_quality", "published", has_weights=False)
    assert recipe.schedule == "step"


def test_find_recipe__preset_without_it__names_those_it_has() -> None:
    with pytest.raises(ConfigError, match="a recipe of medium_quality: fine_tuning, from_scratch"):
        find_recipe("medium_quality", "published", has_weights=False)


@pytest.mark.parametrize(
    ("has_cuda", "expected"), [(True, "high_quality"), (False, "medium_quality")]
)
def test_choose_preset__by_the_machine__gives_a_reason(has_cuda: bool, expected: str) -> None:
    name, reason = choose_preset(has_cuda=has_cuda)
    assert name == expected
    assert "GPU" in reason


def test_preset_called__name_of_another_program__is_taken_for_one_of_ours_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        assert preset_called("good_quality") == "medium_quality"
    assert caplog.messages == ["preset good_quality is taken as medium_quality"]


@pytest.mark.parametrize("name", get_args(PresetName))
def test_preset_called__own_name__is_itself_without_a_word(
    name: GivenPreset, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert preset_called(name) == name
    assert not caplog.messages
