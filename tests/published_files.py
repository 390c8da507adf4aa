"""Tiny networks of DINO, and their weights as the official code and MMDetection would save them."""

import re
from pathlib import Path

import torch
from torch import Tensor

from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.network import DinoNetwork
from gapjunction.models.dino.published_weights import name_map
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec

NAMES = Path(__file__).parent / "models" / "dino" / "golden" / "mmdetection"
NUM_CLASSES = 3

# As deep as the published models, so that their names are the same, but narrow.
TINY_RESNET = DinoConfig(
    backbone=ResNetSpec(stem_width=8, widths=(16, 16, 32, 32)),
    hidden_dim=64,
    ffn_dim=16,
    num_queries=10,
)
TINY_SWIN = TINY_RESNET.but(
    backbone=SwinSpec(width=8, num_heads=(1, 2, 2, 4), window_size=4),
    num_levels=5,
)
TABLES = {"resnet": "r50_4scale", "swin": "swin_l_5scale"}


def random_network(config: DinoConfig, seed: int = 0) -> DinoNetwork:
    """Return a network in evaluation mode, none of whose weights is 0 or 1 as at the start."""
    torch.manual_seed(seed)
    network = DinoNetwork(config, NUM_CLASSES).eval()
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                tensor.add_(0.1 * torch.rand_like(tensor))
            if re.search(r"projections\.\d\.0\.bias", name):
                tensor.zero_()  # MMDetection has no such weights
    return network


def official_weights(network: DinoNetwork, config: DinoConfig) -> dict[str, Tensor]:
    """Return all weights of an official file, with its copies and what it computes."""
    own, official = network.state_dict(), {}
    names = name_map(config)
    for name, ours in names.items():
        if ours:
            official[name] = torch.cat([own[each] for each in ours])
    for name in names.keys() - official.keys():
        if name.endswith("relative_position_index"):
            official[name] = torch.zeros(1, dtype=torch.int64)
            continue
        used = f"transformer.decoder.{name.removeprefix('transformer.decoder.')}"
        if config.shares_heads:
            used = re.sub(r"_embed\.\d+", "_embed.0", used)
        official[name] = official[used]
    row_of_no_class = torch.zeros(1, config.hidden_dim)
    official["label_enc.weight"] = torch.cat([official["label_enc.weight"], row_of_no_class])
    return official


def read_names(table: str) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return (name in MMDetection, official name or "", shape) of all weights of a model."""
    lines = (NAMES / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [(name, official, tuple(map(int, shape.split()))) for name, official, shape in rows]


def mmdetection_weights(network: DinoNetwork, config: DinoConfig) -> dict[str, Tensor]:
    """Return all weights of a file of MMDetection; its heads are not shared."""
    official = official_weights(network, config)
    weights: dict[str, Tensor] = {}
    for name, there, _ in read_names(TABLES[config.backbone.kind]):
        weights[name] = official[there] if there else torch.tensor(0)
        if ".downsample." in name and config.backbone.kind == "swin":
            weights[name] = side_by_side(weights[name])
    label = "dn_query_generator.label_embedding.weight"
    weights[label] = weights[label][:NUM_CLASSES]
    return weights


def side_by_side(blocks: Tensor) -> Tensor:
    """Return inputs of patch merging, (..., 4 C) in official order, as MMDetection has them."""
    merged = torch.empty_like(blocks)
    num_channels = blocks.shape[-1] // 4
    for block, (row, column) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        for channel in range(num_channels):
            there = 4 * channel + 2 * row + column
            merged[..., there] = blocks[..., block * num_channels + channel]
    return merged
