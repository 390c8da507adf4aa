"""Tests for `gapjunction.models.dino.config`."""

import pytest
from pydantic import ValidationError

from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec


@pytest.mark.parametrize(
    "config", [DinoConfig(), DinoConfig(backbone=SwinSpec(), num_levels=5, shares_heads=False)]
)
def test_dino_config__written_and_read__is_the_same(config: DinoConfig) -> None:
    assert DinoConfig.model_validate_json(config.model_dump_json()) == config


def test_dino_config__backbone__is_told_by_its_kind() -> None:
    config = DinoConfig.model_validate({"backbone": {"kind": "swin", "width": 96}})
    assert config.backbone == SwinSpec(width=96)
    assert DinoConfig().backbone == ResNetSpec()


@pytest.mark.parametrize(
    "wrong", [{"num_levels": 3}, {"hidden_dim": 100}, {"dropout": 0.1}, {"num_queries": 0}]
)
def test_dino_config__impossible_setting__is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        DinoConfig.model_validate(wrong)
