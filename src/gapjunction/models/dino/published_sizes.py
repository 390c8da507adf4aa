"""Tell the size of a network from the shapes of its weights in an official file."""

import math
import re
from collections.abc import Mapping

import torch
from pydantic import ValidationError
from torch import Tensor

from gapjunction.models.dino.config import DinoConfig

NUM_STAGES = 4
RESNET, SWIN = "backbone.0.body", "backbone.0"
ENCODER, DECODER = "transformer.encoder.layers", "transformer.decoder.layers"


def read_sizes(official: Mapping[str, Tensor]) -> DinoConfig:
    """Return the config of the network that these weights belong to.

    The number of attention heads leaves no trace in the transformer's weights: it is taken to be
    the default, as in all published files.

    Raises:
        KeyError: naming a weight that every DINO has, if it is missing.
        ValueError: if the sizes are none that `DinoConfig` allows.
    """
    try:
        return DinoConfig.model_validate(_sizes(official))
    except ValidationError as error:
        wrong = error.errors()[0]
        setting = ".".join(str(part) for part in wrong["loc"])
        raise ValueError(f"{setting} of {wrong['input']}") from None


def read_num_classes(official: Mapping[str, Tensor]) -> int:
    """Return the number of classes that the weights in an official file tell apart."""
    return len(official["transformer.enc_out_class_embed.bias"])


def _sizes(official: Mapping[str, Tensor]) -> dict[str, object]:
    num_heads = int(DinoConfig.model_fields["num_heads"].default)
    num_levels = len(official["transformer.level_embed"])
    num_queries, hidden_dim = official["transformer.tgt_embed.weight"].shape
    num_sampled = len(official[f"{ENCODER}.0.self_attn.attention_weights.bias"])
    is_resnet = f"{RESNET}.conv1.weight" in official
    return {
        "backbone": _read_resnet(official) if is_resnet else _read_swin(official),
        "num_levels": num_levels,
        "hidden_dim": hidden_dim,
        "num_heads": num_heads,
        "ffn_dim": len(official[f"{ENCODER}.0.linear1.bias"]),
        "num_encoder_layers": _count(official, rf"{ENCODER}\.\d+\.norm1\.bias"),
        "num_decoder_layers": _count(official, rf"{DECODER}\.\d+\.norm1\.bias"),
        "num_points": num_sampled // (num_heads * num_levels),
        "num_queries": num_queries,
        "shares_heads": _shares_heads(official),
    }


def _read_resnet(official: Mapping[str, Tensor]) -> dict[str, object]:
    stages = [f"{RESNET}.layer{stage}" for stage in range(1, NUM_STAGES + 1)]
    return {
        "kind": "resnet",
        "stem_width": len(official[f"{RESNET}.conv1.weight"]),
        "widths": tuple(len(official[f"{stage}.0.conv3.weight"]) for stage in stages),
        "depths": tuple(_count(official, rf"{stage}\.\d+\.conv1\.weight") for stage in stages),
    }


def _read_swin(official: Mapping[str, Tensor]) -> dict[str, object]:
    stages = [f"{SWIN}.layers.{stage}.blocks" for stage in range(NUM_STAGES)]
    tables = [official[f"{stage}.0.attn.relative_position_bias_table"] for stage in stages]
    num_distances = math.isqrt(len(tables[0]))  # in a window, from one side to the other, each way
    return {
        "kind": "swin",
        "width": len(official[f"{SWIN}.patch_embed.proj.weight"]),
        "depths": tuple(_count(official, rf"{stage}\.\d+\.norm1\.bias") for stage in stages),
        "num_heads": tuple(table.shape[1] for table in tables),
        "window_size": (num_distances + 1) // 2,
    }


def _shares_heads(official: Mapping[str, Tensor]) -> bool:
    """Tell whether all decoder layers predict with equal weights."""
    pattern = re.compile(r"((?:class|bbox)_embed)\.\d+(\..+)")
    return all(
        torch.equal(tensor, official[f"{match[1]}.0{match[2]}"])
        for name, tensor in official.items()
        if (match := pattern.fullmatch(name))
    )


def _count(official: Mapping[str, Tensor], pattern: str) -> int:
    return sum(re.fullmatch(pattern, name) is not None for name in official)
