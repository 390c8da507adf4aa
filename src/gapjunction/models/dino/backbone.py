"""From images to feature maps: ResNet and Swin of `transformers`, trained as DINO trains them."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import ResNetBackbone, ResNetConfig, SwinBackbone, SwinConfig
from transformers.models.swin.modeling_swin import SwinLayer, SwinStage

from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec

NUM_STAGES = 4
BATCH_NORM_MARGIN = 1e-5
CHANNELS_OF_A_GROUP = 8


class Backbone(nn.Module):
    """The feature maps of the last stages of a network made for ImageNet.

    Args:
        spec: the network.
        num_maps: how many maps, the coarsest at stride 32.
        recomputes_activations: recompute those of Swin's blocks when gradients are computed.

    Attributes:
        channels: of each map, finest first.
    """

    def __init__(
        self, spec: ResNetSpec | SwinSpec, num_maps: int, *, recomputes_activations: bool
    ) -> None:
        super().__init__()
        stages = list(range(NUM_STAGES + 1 - num_maps, NUM_STAGES + 1))  # 0 is the stem
        self.network: nn.Module
        if spec.kind == "resnet":
            resnet = _build_resnet(spec, stages)
            self.network, self.channels = resnet, resnet.channels
        else:
            swin = _build_swin(spec, stages, recomputes_activations=recomputes_activations)
            self.network, self.channels = swin, swin.channels

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the maps (B, channels, H / stride, W / stride), sizes rounded up.

        `images` is (B, 3, H, W), with ImageNet's mean 0 and standard deviation 1.
        """
        return list(self.network(images).feature_maps)


class FrozenBatchNorm(nn.Module):
    """Batch normalization with constant statistics, gain and shift.

    Detectors train on batches too small to measure statistics (Ren et al. 2015, He et al. 2016).
    """

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, num_channels: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.ones(num_channels))
        self.register_buffer("bias", torch.zeros(num_channels))
        self.register_buffer("running_mean", torch.zeros(num_channels))
        self.register_buffer("running_var", torch.ones(num_channels))

    def forward(self, features: Tensor) -> Tensor:
        """Return the features (B, C, H, W), normalized."""
        return functional.batch_norm(
            features,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            eps=BATCH_NORM_MARGIN,
        )


def _build_resnet(spec: ResNetSpec, stages: list[int]) -> ResNetBackbone:
    config = ResNetConfig(
        embedding_size=spec.stem_width, hidden_sizes=spec.widths, depths=spec.depths
    )
    config.out_indices = stages
    network = ResNetBackbone(config)
    if spec.norm == "group":
        _replace_batch_norms(network, _group_norm)
        return network
    _replace_batch_norms(network, FrozenBatchNorm)
    network.embedder.requires_grad_(False)
    network.encoder.stages[0].requires_grad_(False)
    return network


def _group_norm(num_channels: int) -> nn.GroupNorm:
    """Return what needs no large batches to learn from scratch (Wu and He 2018)."""
    num_groups = math.gcd(num_channels, max(1, num_channels // CHANNELS_OF_A_GROUP))
    return nn.GroupNorm(num_groups, num_channels)


def _replace_batch_norms(module: nn.Module, build: Callable[[int], nn.Module]) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(module, name, build(child.num_features))
        else:
            _replace_batch_norms(child, build)


def _build_swin(spec: SwinSpec, stages: list[int], *, recomputes_activations: bool) -> SwinBackbone:
    """Return a Swin with a norm after each of `stages`."""
    config = SwinConfig(
        embed_dim=spec.width,
        depths=spec.depths,
        num_heads=spec.num_heads,
        window_size=spec.window_size,
        drop_path_rate=spec.drop_path,
    )
    config.out_indices = stages
    network = SwinBackbone(config)
    # Its output is not used, and parameters without gradients stop distributed training.
    network.swin.register_module("layernorm", nn.Identity())
    if recomputes_activations:
        network.activation_checkpointing_enable()
    for module in network.modules():
        if isinstance(module, SwinStage):
            module.gradient_checkpointing = False  # its blocks do it: not twice
        if isinstance(module, SwinLayer):
            # transformers has stochastic depth (Huang et al. 2016) after the attention only.
            module.mlp.register_forward_hook(partial(_drop_output, module.drop_path))
    return network


def _drop_output(
    drop_path: nn.Module, _mlp: nn.Module, _inputs: tuple[Any, ...], output: Tensor
) -> Tensor:
    dropped: Tensor = drop_path(output)
    return dropped
