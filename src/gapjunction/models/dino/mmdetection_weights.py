"""Weights of MMDetection's DINO, under the names of the official code.

MMDetection (3.x, https://github.com/open-mmlab/mmdetection) computes the same, but gives each
decoder layer heads of its own, has no bias in the convolutions of the neck and orders the inputs
of Swin's patch merging differently. It also keeps the boxes of its last step 1e-5 rather than
1e-3 away from the image border, which moves predictions there by up to 1e-3 of the image.
"""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

ENCODER_LAYER = {
    r"self_attn": "self_attn",
    r"norms\.0": "norm1",
    r"norms\.1": "norm2",
    r"ffn\.layers\.0\.0": "linear1",
    r"ffn\.layers\.1": "linear2",
}
DECODER_LAYER = {
    r"self_attn\.attn": "self_attn",
    r"cross_attn": "cross_attn",
    r"norms\.0": "norm2",
    r"norms\.1": "norm1",
    r"norms\.2": "norm3",
    r"ffn\.layers\.0\.0": "linear1",
    r"ffn\.layers\.1": "linear2",
}
SWIN_BLOCK = {
    r"(norm\d)": r"\2",
    r"attn\.w_msa": "attn",
    r"ffn\.layers\.0\.0": "mlp.fc1",
    r"ffn\.layers\.1": "mlp.fc2",
}
OTHER = {
    r"backbone\.(conv1|bn1|layer\d)": r"backbone.0.body.\1",
    r"backbone\.(patch_embed\.norm|norm\d)": r"backbone.0.\1",
    r"backbone\.patch_embed\.projection": "backbone.0.patch_embed.proj",
    r"backbone\.stages\.(\d+)\.downsample": r"backbone.0.layers.\1.downsample",
    r"neck\.convs\.(\d+)\.conv": r"input_proj.\1.0",
    r"neck\.convs\.(\d+)\.gn": r"input_proj.\1.1",
    r"level_embed": "transformer.level_embed",
    r"decoder\.(norm|ref_point_head)": r"transformer.decoder.\1",
    r"query_embedding": "transformer.tgt_embed",
    r"memory_trans_fc": "transformer.enc_output",
    r"memory_trans_norm": "transformer.enc_output_norm",
    r"dn_query_generator\.label_embedding": "label_enc",
}
UNUSED = "num_batches_tracked"  # how long the normalization of the ResNet was trained
MERGING = ".downsample."  # the reduction of Swin's patch merging, and its norm
SUBPIXELS = 2  # each way, that patch merging puts together


def to_official(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights in a file of MMDetection as the official code would have saved them.

    Raises:
        ValueError: naming a weight that no DINO of MMDetection has.
    """
    rules = _rules(weights)
    official: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if name.endswith(UNUSED):
            continue
        there = _renamed(name, rules)
        is_merging = MERGING in there and name.startswith("backbone.stages")
        official[there] = _with_blocks_of_subpixels(tensor) if is_merging else tensor
    for name, tensor in list(official.items()):
        if name.startswith(("class_embed.", "bbox_embed.")):
            official[f"transformer.decoder.{name}"] = tensor
        if re.fullmatch(r"input_proj\.\d+\.0\.weight", name):
            official[name.replace("weight", "bias")] = torch.zeros(len(tensor))
    return official


def _rules(weights: Mapping[str, Tensor]) -> dict[str, str]:
    """Return patterns for all names but their ends, and what takes their place."""
    num_maps = _count(weights, r"neck\.convs\.\d+\.conv\.weight")
    num_layers = _count(weights, r"decoder\.layers\.\d+\.norms\.0\.weight")
    rules = {
        rf"neck\.extra_convs\.0\.{part}": f"input_proj.{num_maps}.{index}"
        for index, part in enumerate(("conv", "gn"))
    }
    # The branches after those of the decoder layers are the encoder's.
    rules[rf"bbox_head\.cls_branches\.{num_layers}"] = "transformer.enc_out_class_embed"
    rules[r"bbox_head\.cls_branches\.(\d+)"] = r"class_embed.\1"
    for layer in range(3):  # between them are activations
        rules[rf"bbox_head\.reg_branches\.{num_layers}\.{2 * layer}"] = (
            f"transformer.enc_out_bbox_embed.layers.{layer}"
        )
        rules[rf"bbox_head\.reg_branches\.(\d+)\.{2 * layer}"] = rf"bbox_embed.\1.layers.{layer}"
    for part, official in ENCODER_LAYER.items():
        rules[rf"encoder\.layers\.(\d+)\.{part}"] = rf"transformer.encoder.layers.\1.{official}"
    for part, official in DECODER_LAYER.items():
        rules[rf"decoder\.layers\.(\d+)\.{part}"] = rf"transformer.decoder.layers.\1.{official}"
    for part, official in SWIN_BLOCK.items():
        rules[rf"backbone\.stages\.(\d+\.blocks\.\d+)\.{part}"] = (
            rf"backbone.0.layers.\1.{official}"
        )
    return rules | OTHER


def _count(weights: Mapping[str, Tensor], pattern: str) -> int:
    return sum(re.fullmatch(pattern, name) is not None for name in weights)


def _renamed(name: str, rules: Mapping[str, str]) -> str:
    for pattern, official in rules.items():
        if match := re.match(rf"{pattern}(?=\.|$)", name):
            return match.expand(official) + name[match.end() :]
    raise ValueError(f"{name} is unknown")


def _with_blocks_of_subpixels(tensor: Tensor) -> Tensor:
    """Reorder the last axis: MMDetection has the 4 sub-pixels of a channel side by side.

    Officially all channels of one sub-pixel come first, in the order top left, bottom left, top
    right, bottom right.
    """
    by_subpixel = tensor.reshape(*tensor.shape[:-1], -1, SUBPIXELS, SUBPIXELS).transpose(-3, -1)
    return by_subpixel.reshape(tensor.shape)
