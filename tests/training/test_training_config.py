"""Tests for `gapjunction.training.config`."""

import pytest

from gapjunction.config import build_config
from gapjunction.errors import ConfigError
from gapjunction.training.config import TrainingConfig


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("max_epochs", 0),
        ("tiles_per_epoch", 0),
        ("tile_size", 48),
        ("tile_size", 0),
        ("batch_size", 0),
        ("learning_rate", 0.0),
        ("weight_decay", -0.1),
        ("warmup_epochs", -1),
        ("average_decay", 1.0),
        ("patience", 0),
        ("max_gradient_norm", 0),
        ("num_workers", -1),
        ("precision", "fp8"),
        ("seed", -1),
        ("color", "red"),
    ],
)
def test_training_config__value_out_of_range__names_the_setting(
    setting: str, value: object
) -> None:
    with pytest.raises(ConfigError, match=setting):
        build_config(TrainingConfig, {setting: value}, "settings")


def test_training_config__text_and_back__is_equal() -> None:
    config = TrainingConfig(max_epochs=3, seed=7)
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config
