"""Tests for `gapjunction.models.dino.decoder`."""

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from dino_forward_cases import CASES, NUM_CLASSES, TINY5, assert_near, load_forward_case
from gapjunction.models.dino.decoder import Decoder
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.token_geometry import describe_tokens


def decode_noise(decoder: Decoder, is_blocked: Tensor | None = None) -> Sequence[LayerOutput]:
    """Return what `decoder` makes of 6 random queries and random tokens."""
    generator = torch.Generator().manual_seed(0)
    masks = [torch.zeros(1, side, side, dtype=torch.bool) for side in (8, 4, 2, 1, 1)]
    queries = torch.randn(1, 6, 64, generator=generator)
    boxes_unsigmoid = torch.randn(1, 6, 4, generator=generator)
    tokens = torch.randn(1, 86, 64, generator=generator)
    layers: tuple[LayerOutput, ...] = decoder(
        queries, boxes_unsigmoid, is_blocked, tokens, describe_tokens(masks)
    )
    return layers


@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_forward__recorded_tokens__gives_the_official_states_and_boxes(name: str) -> None:
    case, normed = load_forward_case(name), []
    transformer, recorded = case.transformer, case.evaluation
    transformer.decoder.norm.register_forward_hook(lambda *call: normed.append(call[-1]))
    tokens, geometry = transformer.encoder(transformer.neck(case.maps), case.is_padding)
    selected = transformer.query_selection(tokens, geometry)
    layers = transformer.decoder(
        selected.contents, selected.boxes_unsigmoid, None, tokens, geometry
    )
    for index in range(case.config.num_decoder_layers):
        assert_near(normed[index], recorded[f"decoder.hs.{index}"])
        is_last = index == case.config.num_decoder_layers - 1
        prefix = "" if is_last else f"aux_outputs.{index}."
        assert_near(layers[index].logits, recorded[f"{prefix}pred_logits"])
        assert_near(layers[index].boxes_cxcywh_norm, recorded[f"{prefix}pred_boxes"], atol=1e-5)


@torch.no_grad()
def test_forward__query_positions__are_the_official_ones() -> None:
    case, positions = load_forward_case("tiny4"), []
    transformer = case.transformer
    transformer.decoder.position_mlp.register_forward_hook(lambda *call: positions.append(call[-1]))
    transformer(case.maps, case.is_padding)
    for index, found in enumerate(positions):
        assert_near(found, case.evaluation[f"decoder.layer{index}.query_pos"])


def test_forward__box_loss_of_a_layer__reaches_its_own_head_and_that_of_the_layer_before() -> None:
    torch.manual_seed(0)
    decoder = Decoder(TINY5.but(shares_heads=False), NUM_CLASSES)
    decode_noise(decoder)[2].boxes_cxcywh_norm.sum().backward()  # type: ignore[no-untyped-call]
    is_reached = [head.layers[-1].weight.grad is not None for head in decoder.box_heads]  # type: ignore[union-attr,index]
    assert is_reached == [False, True, True]


@torch.no_grad()
def test_forward__blocked_queries__do_not_change_the_others() -> None:
    torch.manual_seed(0)
    decoder = Decoder(TINY5, NUM_CLASSES).eval()
    is_blocked = torch.zeros(6, 6, dtype=torch.bool)
    is_blocked[2:, :2] = True
    free, blocked = decode_noise(decoder), decode_noise(decoder, is_blocked)
    torch.testing.assert_close(blocked[0].logits[:, :2], free[0].logits[:, :2])
    assert not torch.allclose(blocked[0].logits[:, 2:], free[0].logits[:, 2:])


@torch.no_grad()
def test_decoder__untrained__predicts_the_boxes_it_was_given() -> None:
    first, *_, last = decode_noise(Decoder(TINY5, NUM_CLASSES).eval())
    given = torch.Generator().manual_seed(0)
    torch.randn(1, 6, 64, generator=given)
    boxes = torch.randn(1, 6, 4, generator=given).sigmoid()
    torch.testing.assert_close(first.boxes_cxcywh_norm, boxes)
    torch.testing.assert_close(last.boxes_cxcywh_norm, boxes)


@pytest.mark.parametrize(("shares_heads", "expected"), [(True, 1), (False, 3)])
def test_decoder__shared_heads__exist_once(shares_heads: bool, expected: int) -> None:
    decoder = Decoder(TINY5.but(shares_heads=shares_heads), NUM_CLASSES)
    assert len(decoder.class_heads) == len(decoder.box_heads) == expected
