"""Tests for `gapjunction.models.dino.model`."""

import pytest
import torch
from torch import Tensor

from gapjunction.models.detector import Annotations
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.model import Dino, to_imagenet_range, to_targets
from gapjunction.models.dino.sizes import ResNetSpec, SwinSpec

RESNET = DinoConfig(
    backbone=ResNetSpec(stem_width=8, widths=(16, 16, 32, 32), depths=(1, 1, 1, 1)),
    hidden_dim=64,
    num_heads=4,
    ffn_dim=64,
    num_encoder_layers=1,
    num_decoder_layers=2,
    num_queries=20,
    num_select=10,
)
SWIN = RESNET.but(
    backbone=SwinSpec(width=8, depths=(1, 1, 1, 1), num_heads=(1, 1, 2, 2), window_size=4),
    num_levels=5,
    recomputes_activations=True,
)
NOTHING = Annotations(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
BOXES = torch.tensor([[8.0, 8.0, 24.0, 24.0], [36.0, 30.0, 56.0, 46.0]])


def build(config: DinoConfig = RESNET, num_classes: int = 2) -> Dino:
    torch.manual_seed(0)
    return Dino(config, num_classes)


def annotated_tiles() -> tuple[Tensor, list[Annotations]]:
    """Return a tile with two bright boxes and one without any."""
    tiles = torch.zeros(2, 3, 64, 64)
    for x0, y0, x1, y1 in BOXES.int().tolist():
        tiles[0, :, y0:y1, x0:x1] = 1
    return tiles, [Annotations(BOXES, torch.tensor([0, 1])), NOTHING]


def total(losses: dict[str, Tensor]) -> Tensor:
    return torch.stack(list(losses.values())).sum()


def losses_of(model: Dino, annotations: list[Annotations], num_objects: float) -> dict[str, Tensor]:
    torch.manual_seed(1)
    losses: dict[str, Tensor] = model(annotated_tiles()[0], annotations, num_objects)
    return losses


@pytest.mark.parametrize("config", [RESNET, SWIN], ids=["resnet", "swin"])
def test_forward__some_or_no_objects__gives_all_weights_finite_gradients(
    config: DinoConfig,
) -> None:
    model = build(config)
    for annotations in (annotated_tiles()[1], [NOTHING, NOTHING]):
        model.zero_grad(set_to_none=True)
        total(losses_of(model, annotations, 2.0)).backward()  # type: ignore[no-untyped-call]
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                # Training in several processes waits for the gradients of all weights.
                assert weight.grad is not None, name
                assert bool(weight.grad.isfinite().all()), name


@torch.no_grad()
def test_forward__tile_with_fewer_tokens_than_queries__gives_finite_losses() -> None:
    model = build(RESNET.but(num_queries=100))
    annotations = [Annotations(BOXES[:1], torch.tensor([0]))]
    losses = model(torch.rand(1, 3, 32, 32), annotations, 1.0)  # 22 tokens
    assert all(bool(loss.isfinite()) for loss in losses.values())


@torch.no_grad()
def test_forward__losses__are_those_of_all_layers() -> None:
    layers = {f"{group}{suffix}" for group in ("", "_dn") for suffix in ("", "_0")} | {"_interm"}
    found = losses_of(build(), annotated_tiles()[1], 2.0)
    assert found.keys() == {
        f"loss_{kind}{layer}" for kind in ("ce", "bbox", "giou") for layer in layers
    }


@torch.no_grad()
def test_forward__twice_the_objects_elsewhere__halves_the_losses() -> None:
    once, twice = (losses_of(build(), annotated_tiles()[1], count) for count in (2.0, 4.0))
    assert all(float(once[name]) == pytest.approx(2 * float(twice[name])) for name in once)


@torch.no_grad()
def test_forward__same_seed__gives_the_same_losses() -> None:
    model = build()
    first, second = (losses_of(model, annotated_tiles()[1], 2.0) for _ in range(2))
    assert first == second


def test_forward__bf16__gives_nearly_the_same_losses_and_all_gradients() -> None:
    model = build(SWIN.but(recomputes_activations=False)).eval()
    exact = total(losses_of(model, annotated_tiles()[1], 2.0))
    with torch.autocast("cpu", torch.bfloat16):
        rounded = total(losses_of(model, annotated_tiles()[1], 2.0))
    rounded.backward()  # type: ignore[no-untyped-call]
    assert rounded.item() == pytest.approx(exact.item(), rel=0.05)
    assert all(weight.grad is not None for weight in model.parameters())


@pytest.mark.slow
def test_forward__trained_on_one_batch__finds_the_boxes() -> None:
    model = build()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    tiles, annotations = annotated_tiles()
    for _ in range(150):
        optimizer.zero_grad()
        total(model(tiles, annotations, 2.0)).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    found, nothing = model.eval().detect(tiles, min_score=0.5)
    order = found.boxes[:, 0].argsort()
    assert found.labels[order].tolist() == [0, 1]
    assert abs(found.boxes[order] - BOXES.numpy()).max() < 3
    assert len(nothing) == 0


@pytest.mark.parametrize("config", [RESNET, SWIN], ids=["resnet", "swin"])
@pytest.mark.parametrize(("height", "width"), [(32, 32), (96, 64)])
def test_detect__any_tile_size__gives_boxes_inside_best_first(
    config: DinoConfig, height: int, width: int
) -> None:
    tiles = torch.rand(2, 3, height, width)
    for found in build(config).eval().detect(tiles, min_score=0.0):
        assert len(found) == config.num_select
        assert found.boxes.min() >= 0
        assert found.boxes[:, 2].max() <= width
        assert found.boxes[:, 3].max() <= height
        assert (found.scores[:-1] >= found.scores[1:]).all()
        assert set(found.labels.tolist()) <= {0, 1}


def test_detect__untrained__scores_all_low() -> None:
    model = build().eval()
    assert [len(found) for found in model.detect(annotated_tiles()[0], min_score=0.2)] == [0, 0]


def test_to_targets__pixels__become_shares_of_the_tile() -> None:
    (target,) = to_targets([Annotations(BOXES[:1], torch.tensor([1]))], height=32, width=64)
    assert target.boxes_cxcywh_norm.tolist() == [[0.25, 0.5, 0.25, 0.5]]
    assert target.labels.tolist() == [1]


def test_to_imagenet_range__mean_color__becomes_zero_and_black_negative() -> None:
    mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None].expand(1, 3, 2, 2)
    assert not bool(to_imagenet_range(mean).any())
    black = to_imagenet_range(torch.zeros(1, 3, 1, 1)).flatten()
    torch.testing.assert_close(black, torch.tensor([-2.1179, -2.0357, -1.8044]), atol=1e-4, rtol=0)
