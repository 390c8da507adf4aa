"""Tests for `gapjunction.presets`."""

from typing import get_args

import pytest

from gapjunction.errors import ConfigError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.presets import PLANNED, PRESETS, PresetName, choose_preset, find_preset
from gapjunction.training.config import TrainingConfig


def test_presets__every_name__is_there_or_planned() -> None:
    assert {*PRESETS, *PLANNED} == set(get_args(PresetName))
    assert not set(PRESETS) & set(PLANNED)


def test_find_preset__medium_quality__has_no_settings_but_the_defaults() -> None:
    preset = find_preset("medium_quality")
    assert preset.network == CenterNetConfig()
    assert preset.training == TrainingConfig()


@pytest.mark.parametrize("name", PLANNED)
def test_find_preset__planned_one__says_which_to_use_instead(name: PresetName) -> None:
    with pytest.raises(ConfigError, match="use --presets medium_quality") as caught:
        find_preset(name)
    assert str(caught.value).startswith(f"--presets {name}: expected one of medium_quality")


@pytest.mark.parametrize(
    ("has_cuda", "expected"), [(True, "high_quality"), (False, "medium_quality")]
)
def test_choose_preset__by_the_machine__gives_a_reason(has_cuda: bool, expected: str) -> None:
    name, reason = choose_preset(has_cuda=has_cuda)
    assert name == expected
    assert "GPU" in reason
