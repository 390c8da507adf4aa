"""Tests for `gapjunction.models.dino.backbone`."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from gapjunction.models.dino.backbone import Backbone
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.published_weights import name_map
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec

RESNET = ResNetSpec(stem_width=8, widths=(16, 32, 32, 64), depths=(2, 1, 1, 2))
SWIN = SwinSpec(width=8, depths=(2, 2, 2, 2), num_heads=(1, 2, 2, 4), window_size=4)
IMAGES = torch.randn(2, 3, 90, 61, generator=torch.Generator().manual_seed(0))


def build(
    spec: ResNetSpec | SwinSpec, num_maps: int = 3, *, recomputes_activations: bool = False
) -> Backbone:
    torch.manual_seed(1)
    backbone = Backbone(spec, num_maps, recomputes_activations=recomputes_activations)
    for module in backbone.modules():
        if type(module).__name__ == "FrozenBatchNorm":
            for buffer in module.buffers():
                buffer.uniform_(0.5, 1.5)
    return backbone


def official_resnet(weights: dict[str, Tensor], images: Tensor) -> list[Tensor]:
    """Return the maps of all stages of `RESNET`, written down anew after He et al. 2016."""

    def convolve(features: Tensor, conv: str, norm: str, stride: int = 1) -> Tensor:
        weight = weights[f"{conv}.weight"]
        features = functional.conv2d(features, weight, None, stride, weight.shape[2] // 2)
        mean, variance, gain, shift = (
            weights[f"{norm}.{key}"][:, None, None]
            for key in ("running_mean", "running_var", "weight", "bias")
        )
        return (features - mean) / (variance + 1e-5).sqrt() * gain + shift

    features = convolve(images, "conv1", "bn1", stride=2).relu()
    features = functional.max_pool2d(features, 3, stride=2, padding=1)
    maps = []
    for stage, depth in enumerate(RESNET.depths):
        for block in range(depth):
            name = f"layer{stage + 1}.{block}"
            stride = 2 if stage > 0 and block == 0 else 1
            inner = convolve(features, f"{name}.conv1", f"{name}.bn1").relu()
            inner = convolve(inner, f"{name}.conv2", f"{name}.bn2", stride).relu()
            inner = convolve(inner, f"{name}.conv3", f"{name}.bn3")
            if block == 0:
                features = convolve(
                    features, f"{name}.downsample.0", f"{name}.downsample.1", stride
                )
            features = (features + inner).relu()
        maps.append(features)
    return maps


@torch.no_grad()
def test_backbone__resnet__computes_what_its_official_names_say() -> None:
    backbone = build(RESNET, num_maps=4)
    weights = backbone.state_dict()
    official = {
        name.removeprefix("backbone.0.body."): weights[ours[0].removeprefix("backbone.")]
        for name, ours in name_map(DinoConfig(backbone=RESNET)).items()
        if name.startswith("backbone")
    }
    for found, expected in zip(backbone(IMAGES), official_resnet(official, IMAGES), strict=True):
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("spec", [RESNET, SWIN], ids=["resnet", "swin"])
@pytest.mark.parametrize("num_maps", [3, 4])
@torch.no_grad()
def test_backbone__odd_sizes__gives_maps_of_sizes_rounded_up(
    spec: ResNetSpec | SwinSpec, num_maps: int
) -> None:
    backbone = build(spec, num_maps)
    maps = backbone(IMAGES)
    assert [each.shape[1] for each in maps] == list(backbone.channels)
    sizes = [(23, 16), (12, 8), (6, 4), (3, 2)]
    assert [tuple(each.shape[2:]) for each in maps] == sizes[-num_maps:]


@pytest.mark.parametrize("spec", [RESNET, SWIN.but(drop_path=0.0)], ids=["resnet", "swin"])
@torch.no_grad()
def test_backbone__training__does_not_change_what_it_computes(spec: ResNetSpec | SwinSpec) -> None:
    backbone = build(spec).train()
    while_training = backbone(IMAGES)
    for found, expected in zip(backbone.eval()(IMAGES), while_training, strict=True):
        assert torch.equal(found, expected)


def test_backbone__resnet50__trains_neither_norms_nor_stem_nor_first_stage() -> None:
    with torch.device("meta"):
        backbone = Backbone(ResNetSpec(), 3, recomputes_activations=False)
    fixed = [name for name, weight in backbone.named_parameters() if not weight.requires_grad]
    assert len(fixed) == 11  # the stem, three blocks of three convolutions, one short cut
    assert all("embedder" in name or "stages.0." in name for name in fixed)
    assert not any("normalization" in name for name, _ in backbone.named_parameters())


@pytest.mark.parametrize("spec", [RESNET, SWIN], ids=["resnet", "swin"])
def test_backbone__all_trained_weights__get_gradients(spec: ResNetSpec | SwinSpec) -> None:
    backbone = build(spec).train()
    torch.stack([each.square().mean() for each in backbone(IMAGES)]).sum().backward()  # type: ignore[no-untyped-call]
    trained = [weight for weight in backbone.parameters() if weight.requires_grad]
    assert all(weight.grad is not None for weight in trained)


def test_backbone__recomputed_activations__give_the_same_gradients() -> None:
    spec = SWIN.but(drop_path=0.5)
    gradients = []
    for recomputes_activations in (False, True):
        backbone = build(spec, recomputes_activations=recomputes_activations).train()
        torch.manual_seed(2)
        torch.stack([each.square().mean() for each in backbone(IMAGES)]).sum().backward()  # type: ignore[no-untyped-call]
        gradients.append({name: weight.grad for name, weight in backbone.named_parameters()})
    plain, recomputed = gradients
    for name, gradient in plain.items():
        torch.testing.assert_close(recomputed[name], gradient)


def last_branches(backbone: nn.Module) -> tuple[nn.Module, Tensor]:
    """Return the last block of a Swin and tokens to feed it with."""
    block = backbone.get_submodule("network.swin.encoder.layers.3.blocks.1")
    return block, torch.randn(64, 16, 64, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def test_backbone__swin_drop_path__skips_attention_and_mlp_of_whole_images_alike() -> None:
    block, tokens = last_branches(build(SWIN.but(drop_path=0.5)).train())
    after, _ = block(tokens, (4, 4), always_partition=True)
    is_unchanged = (after == tokens).flatten(1).all(1)
    assert 5 < int(is_unchanged.sum()) < 30  # a quarter of 64: both branches left out


@torch.no_grad()
def test_backbone__copy_for_averaged_weights__keeps_its_own_mode() -> None:
    original = build(SWIN.but(drop_path=0.5)).eval()
    clone = copy.deepcopy(original)
    original.train()
    for found, again in zip(clone(IMAGES), clone(IMAGES), strict=True):
        assert torch.equal(found, again)


@torch.no_grad()
def test_backbone__swin_maps__are_normalized() -> None:
    for each in build(SWIN, num_maps=4).eval()(IMAGES):
        assert float(each.mean(1).abs().max()) < 1e-4
        torch.testing.assert_close(
            each.var(1, correction=0), torch.ones(1).expand_as(each[:, 0]), atol=1e-2, rtol=0
        )


@pytest.mark.parametrize("widths", [(16, 32, 32, 64), (20, 28, 36, 44), (4, 4, 8, 8)])
def test_backbone__group_norms__train_everything_and_see_each_image_alone(
    widths: tuple[int, int, int, int],
) -> None:
    spec = RESNET.but(widths=widths, norm="group")
    backbone = build(spec).train()
    assert all(parameter.requires_grad for parameter in backbone.parameters())
    together = backbone(IMAGES)
    alone = backbone(IMAGES[1:])
    for found, expected in zip(alone, together, strict=True):
        torch.testing.assert_close(found[0], expected[1], rtol=1e-4, atol=1e-5)
