"""The weights of the official code, under the names they have here.

Official is https://github.com/IDEA-Research/DINO at faa8520; its files hold them as "model". The
names here are those of `DinoNetwork.state_dict()`.
"""

from collections.abc import Iterable, Mapping

from torch import Tensor

from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec

WEIGHT, WEIGHT_AND_BIAS = ("weight",), ("weight", "bias")
FROZEN_NORM = (*WEIGHT_AND_BIAS, "running_mean", "running_var")
LABEL_EMBEDDING, CLASS_HEAD = "label_enc.weight", "transformer.enc_out_class_embed.weight"
ATTENTION = {
    "sampling_offsets": "sampling_offsets",
    "attention_weights": "attention_weights",
    "value_proj": "value_projection",
    "output_proj": "output_projection",
}

NameMap = dict[str, tuple[str, ...]]


def name_map(config: DinoConfig) -> NameMap:
    """Return all names in an official file for a network of this size, and those here.

    A name stands for several here if its tensor holds them one below the other (query, key and
    value), and for none if its tensor is a copy of another one or can be computed.
    """
    if config.backbone.kind == "resnet":
        names = _resnet_names(config.backbone)
    else:
        names = _swin_names(config.backbone, num_maps=config.num_levels - 1)
    for level in range(config.num_levels):
        for part in ("0", "1"):  # convolution and norm
            ours = f"transformer.neck.projections.{level}.{part}"
            names |= _one_to_one(f"input_proj.{level}.{part}", ours, WEIGHT_AND_BIAS)
    names["transformer.level_embed"] = ("transformer.encoder.level_embedding",)
    names[LABEL_EMBEDDING] = ("transformer.label_embedding.weight",)
    for index in range(config.num_encoder_layers):
        names |= _encoder_layer_names(f"transformer.encoder.layers.{index}")
    for index in range(config.num_decoder_layers):
        names |= _decoder_layer_names(f"transformer.decoder.layers.{index}")
    return names | _query_names() | _decoder_head_names(config)


def from_official(official: Mapping[str, Tensor], config: DinoConfig) -> dict[str, Tensor]:
    """Return the weights of an official file for `DinoNetwork.load_state_dict`.

    The number of classes is that of the file. The last row of the official label embedding
    belongs to no class, and is left out.

    Raises:
        ValueError: naming what is missing or unknown for a network of this size.
    """
    names = name_map(config)
    if missing := names.keys() - official.keys():
        raise ValueError(f"{len(missing)} weights are missing, such as {min(missing)}")
    if unknown := official.keys() - names.keys():
        raise ValueError(f"{len(unknown)} weights are unknown, such as {min(unknown)}")
    weights: dict[str, Tensor] = {}
    for name, tensor in official.items():
        used = tensor[: len(official[CLASS_HEAD])] if name == LABEL_EMBEDDING else tensor
        if ours := names[name]:
            weights |= zip(ours, used.chunk(len(ours)), strict=True)
    return weights


def _resnet_names(spec: ResNetSpec) -> NameMap:
    official, ours = "backbone.0.body", "backbone.network"
    convolution = f"{ours}.embedder.embedder.convolution"
    names = _one_to_one(f"{official}.conv1", convolution, WEIGHT)
    normalization = f"{ours}.embedder.embedder.normalization"
    names |= _one_to_one(f"{official}.bn1", normalization, FROZEN_NORM)
    for stage, depth in enumerate(spec.depths):
        for block in range(depth):
            parts = {f"conv{part + 1}": f"layer.{part}.convolution" for part in range(3)}
            norms = {f"bn{part + 1}": f"layer.{part}.normalization" for part in range(3)}
            if block == 0:
                parts["downsample.0"] = "shortcut.convolution"
                norms["downsample.1"] = "shortcut.normalization"
            there = f"{official}.layer{stage + 1}.{block}"
            here = f"{ours}.encoder.stages.{stage}.layers.{block}"
            names |= _renamed(there, here, parts, WEIGHT)
            names |= _renamed(there, here, norms, FROZEN_NORM)
    return names


def _swin_names(spec: SwinSpec, num_maps: int) -> NameMap:
    official, ours = "backbone.0", "backbone.network.swin"
    stem = {
        "patch_embed.proj": "embeddings.patch_embeddings.projection",
        "patch_embed.norm": "embeddings.norm",
    }
    names = _renamed(official, ours, stem, WEIGHT_AND_BIAS)
    for stage, depth in enumerate(spec.depths):
        there, here = f"{official}.layers.{stage}", f"{ours}.encoder.layers.{stage}"
        for block in range(depth):
            names |= _swin_block_names(f"{there}.blocks.{block}", f"{here}.blocks.{block}")
        if stage < len(spec.depths) - 1:
            merging = f"{here}.downsample"
            names |= _one_to_one(f"{there}.downsample.reduction", f"{merging}.reduction", WEIGHT)
            names |= _one_to_one(f"{there}.downsample.norm", f"{merging}.norm", WEIGHT_AND_BIAS)
    for stage in range(len(spec.depths) - num_maps, len(spec.depths)):
        here = f"backbone.network.hidden_states_norms.stage{stage + 1}"
        names |= _one_to_one(f"{official}.norm{stage}", here, WEIGHT_AND_BIAS)
    return names


def _swin_block_names(official: str, ours: str) -> NameMap:
    parts = {
        "norm1": "layernorm_before",
        "attn.proj": "attention.o_proj",
        "norm2": "layernorm_after",
        "mlp.fc1": "mlp.fc1",
        "mlp.fc2": "mlp.fc2",
    }
    names = _renamed(official, ours, parts, WEIGHT_AND_BIAS)
    table = "relative_position_bias_table"
    names[f"{official}.attn.{table}"] = (f"{ours}.attention.relative_position_bias.{table}",)
    names[f"{official}.attn.relative_position_index"] = ()  # follows from the window size
    for leaf in WEIGHT_AND_BIAS:
        names[f"{official}.attn.qkv.{leaf}"] = tuple(
            f"{ours}.attention.{part}_proj.{leaf}" for part in "qkv"
        )
    return names


def _encoder_layer_names(layer: str) -> NameMap:
    parts = {f"self_attn.{part}": f"attention.{ours}" for part, ours in ATTENTION.items()}
    parts |= {"norm1": "attention_norm", "norm2": "ffn_norm"}
    parts |= {"linear1": "ffn.layers.0", "linear2": "ffn.layers.1"}
    return _renamed(layer, layer, parts, WEIGHT_AND_BIAS)


def _decoder_layer_names(layer: str) -> NameMap:
    parts = {f"cross_attn.{part}": f"cross_attention.{ours}" for part, ours in ATTENTION.items()}
    parts |= {"norm1": "cross_attention_norm", "norm2": "self_attention_norm", "norm3": "ffn_norm"}
    parts |= {"linear1": "ffn.layers.0", "linear2": "ffn.layers.1"}
    parts["self_attn.out_proj"] = "self_attention.out_proj"
    in_proj = ("in_proj_weight", "in_proj_bias")
    attention = _one_to_one(f"{layer}.self_attn", f"{layer}.self_attention", in_proj)
    return _renamed(layer, layer, parts, WEIGHT_AND_BIAS) | attention


def _query_names() -> NameMap:
    official, ours = "transformer", "transformer.query_selection"
    names: NameMap = {f"{official}.tgt_embed.weight": (f"{ours}.contents",)}
    parts = {"enc_output": "projection", "enc_output_norm": "norm"}
    parts["enc_out_class_embed"] = "class_head"
    parts |= {f"enc_out_bbox_embed.layers.{part}": f"box_head.layers.{part}" for part in range(3)}
    return names | _renamed(official, ours, parts, WEIGHT_AND_BIAS)


def _decoder_head_names(config: DinoConfig) -> NameMap:
    decoder = "transformer.decoder"
    parts = {"norm": "norm"}
    parts |= {f"ref_point_head.layers.{part}": f"position_mlp.layers.{part}" for part in range(2)}
    names = _renamed(decoder, decoder, parts, WEIGHT_AND_BIAS)
    for index in range(config.num_decoder_layers):
        heads = {f"class_embed.{index}": f"class_heads.{index}"}
        for part in range(3):
            heads[f"bbox_embed.{index}.layers.{part}"] = f"box_heads.{index}.layers.{part}"
        own = _renamed(decoder, decoder, heads, WEIGHT_AND_BIAS)
        is_copy = config.shares_heads and index > 0
        names |= dict.fromkeys(own, ()) if is_copy else own
        # The model knows the heads of its decoder, too.
        names |= {name.removeprefix(f"{decoder}."): () for name in own}
    return names


def _renamed(official: str, ours: str, parts: Mapping[str, str], leaves: Iterable[str]) -> NameMap:
    """Return the names of the weights of several parts of two modules."""
    names: NameMap = {}
    for there, here in parts.items():
        names |= _one_to_one(f"{official}.{there}", f"{ours}.{here}", leaves)
    return names


def _one_to_one(official: str, ours: str, leaves: Iterable[str]) -> NameMap:
    return {f"{official}.{leaf}": (f"{ours}.{leaf}",) for leaf in leaves}
