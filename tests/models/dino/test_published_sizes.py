"""Tests for `gapjunction.models.dino.published_sizes`."""

import pytest
import torch

from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.published_sizes import read_num_classes, read_sizes
from published_files import NUM_CLASSES, TINY_RESNET, TINY_SWIN, official_weights, random_network

SIZES = {"num_encoder_layers": 2, "num_decoder_layers": 3, "num_points": 2, "ffn_dim": 24}


@pytest.mark.parametrize(
    "config",
    [
        TINY_RESNET,
        TINY_SWIN,
        TINY_RESNET.but(num_levels=5, num_queries=7),
        TINY_SWIN.but(num_levels=4, shares_heads=False),
        TINY_RESNET.but(**SIZES),
    ],
)
def test_read_sizes__official_weights__tell_all_sizes(config: DinoConfig) -> None:
    official = official_weights(random_network(config), config)
    assert read_sizes(official) == config
    assert read_num_classes(official) == NUM_CLASSES


def test_read_sizes__missing_weight__is_named() -> None:
    official = official_weights(random_network(TINY_RESNET), TINY_RESNET)
    del official["transformer.tgt_embed.weight"]
    with pytest.raises(KeyError, match=r"transformer\.tgt_embed\.weight"):
        read_sizes(official)


def test_read_sizes__size_that_we_do_not_have__is_named() -> None:
    official = official_weights(random_network(TINY_RESNET), TINY_RESNET)
    official["transformer.level_embed"] = torch.zeros(6, 64)
    with pytest.raises(ValueError, match="num_levels of 6"):
        read_sizes(official)
