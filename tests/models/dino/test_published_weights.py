"""Tests for `gapjunction.models.dino.published_weights`."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from dino_forward_cases import GOLDEN, NUM_CLASSES, TINY4
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.network import DinoNetwork
from gapjunction.models.dino.published_weights import from_official, name_map
from gapjunction.models.dino.sizes import SwinSpec

PUBLISHED = {
    "r50_4scale": (DinoConfig(), 46_893_182),
    "swin_l_5scale": (DinoConfig(backbone=SwinSpec(), num_levels=5), 217_576_690),
}
NUM_COCO_CLASSES = 91
LABEL_ROW_OF_NO_CLASS = 256  # weights that are never used, and that we do not have


@dataclass(frozen=True)
class PublishedWeight:
    name: str
    shape: tuple[int, ...]
    backbone_names: tuple[str, ...]
    same_as: str


def read_published(model: str) -> list[PublishedWeight]:
    lines = (GOLDEN / "names" / f"{model}.tsv").read_text(encoding="utf-8").splitlines()
    return [
        PublishedWeight(name, tuple(map(int, shape.split())), tuple(ours.split()), same_as)
        for name, shape, ours, same_as in (line.split("\t") for line in lines)
    ]


def official_tensors(config: DinoConfig) -> dict[str, Tensor]:
    """Return weights of a tiny network under official names, each filled with its number."""
    own = DinoNetwork(config, NUM_CLASSES).state_dict()
    official = {}
    for number, (name, ours) in enumerate(name_map(config).items()):
        shape = torch.cat([own[each] for each in ours]).shape if ours else (1,)
        official[name] = torch.full(shape, float(number))
    row_of_no_class = torch.full((1, config.hidden_dim), -1.0)
    official["label_enc.weight"] = torch.cat([official["label_enc.weight"], row_of_no_class])
    return official


@pytest.mark.parametrize("model", PUBLISHED)
def test_from_official__published_model__has_the_names_and_shapes_of_our_network(
    model: str,
) -> None:
    config, num_parameters = PUBLISHED[model]
    with torch.device("meta"):
        network = DinoNetwork(config, NUM_COCO_CLASSES)
        official = {each.name: torch.empty(each.shape) for each in read_published(model)}
    found = from_official(official, config)
    wanted = network.state_dict()
    assert {name: tensor.shape for name, tensor in found.items()} == {
        name: tensor.shape for name, tensor in wanted.items()
    }
    own = sum(parameter.numel() for parameter in network.parameters())
    assert own == num_parameters - LABEL_ROW_OF_NO_CLASS


def test_dino_network__r50_4scale__trains_as_many_weights_as_the_official_one() -> None:
    with torch.device("meta"):
        network = DinoNetwork(DinoConfig(), NUM_COCO_CLASSES)
    trained = sum(each.numel() for each in network.parameters() if each.requires_grad)
    assert trained == 46_670_782 - LABEL_ROW_OF_NO_CLASS


@pytest.mark.parametrize("model", PUBLISHED)
def test_name_map__published_backbone__gets_the_names_of_transformers(model: str) -> None:
    names = name_map(PUBLISHED[model][0])
    backbone = [each for each in read_published(model) if each.name.startswith("backbone")]
    assert len(backbone) > 0
    for each in backbone:
        assert names[each.name] == tuple(f"backbone.network.{ours}" for ours in each.backbone_names)


@pytest.mark.parametrize("model", PUBLISHED)
def test_name_map__weights_that_stand_twice__are_used_once(model: str) -> None:
    names = name_map(PUBLISHED[model][0])
    for each in read_published(model):
        if each.same_as:
            assert names[each.name] == ()
            assert len(names[each.same_as]) == 1


def test_name_map__own_heads_for_each_layer__are_all_used() -> None:
    names = name_map(TINY4.but(shares_heads=False))
    assert names["transformer.decoder.class_embed.1.weight"] == (
        "transformer.decoder.class_heads.1.weight",
    )
    assert names["class_embed.1.weight"] == ()


def test_from_official__fused_query_key_and_value__are_taken_apart() -> None:
    config = TINY4.but(backbone=SwinSpec(width=8, num_heads=(1, 1, 1, 1), depths=(1, 1, 1, 1)))
    official = official_tensors(config)
    fused = torch.arange(24.0)
    official["backbone.0.layers.0.blocks.0.attn.qkv.bias"] = fused
    found = from_official(official, config)
    attention = "backbone.network.swin.encoder.layers.0.blocks.0.attention"
    parts = [found[f"{attention}.{part}_proj.bias"] for part in "qkv"]
    assert torch.equal(torch.cat(parts), fused)


def test_from_official__label_embedding__loses_the_row_of_no_class() -> None:
    found = from_official(official_tensors(TINY4), TINY4)
    embedding = found["transformer.label_embedding.weight"]
    assert embedding.shape == (NUM_CLASSES, 64)
    assert bool((embedding >= 0).all())


def test_from_official__weights_of_a_tiny_network__can_be_loaded() -> None:
    network = DinoNetwork(TINY4, NUM_CLASSES)
    network.load_state_dict(from_official(official_tensors(TINY4), TINY4))
    ours = [name for names in name_map(TINY4).values() for name in names]
    assert len(ours) == len(set(ours))


def test_from_official__missing_weight__is_named() -> None:
    official = official_tensors(TINY4)
    del official["transformer.level_embed"]
    with pytest.raises(
        ValueError, match=r"1 weights are missing, such as transformer\.level_embed"
    ):
        from_official(official, TINY4)


def test_from_official__unknown_weight__is_named() -> None:
    official = official_tensors(TINY4) | {"transformer.mask_head.weight": torch.zeros(1)}
    with pytest.raises(ValueError, match=r"unknown, such as transformer\.mask_head\.weight"):
        from_official(official, TINY4)
