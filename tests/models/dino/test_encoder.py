"""Tests for `gapjunction.models.dino.encoder`."""

import pytest
import torch
from torch import Tensor

from dino_forward_cases import CASES, TINY4, assert_near, load_forward_case
from gapjunction.models.dino.encoder import Encoder


def random_maps(seed: int = 0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(1, 64, side, side, generator=generator) for side in (8, 4, 2, 1)]


@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_forward__recorded_maps__gives_the_official_tokens(name: str) -> None:
    case = load_forward_case(name)
    transformer, recorded = case.transformer, case.evaluation
    tokens, geometry = transformer.encoder(transformer.neck(case.maps), case.is_padding)
    assert_near(tokens, recorded["encoder.memory"])
    assert_near(geometry.valid_ratios, recorded["encoder.valid_ratios"], atol=1e-7)


@torch.no_grad()
def test_forward__first_layer__gives_the_official_tokens() -> None:
    case = load_forward_case("tiny4")
    encoder, after_first = case.transformer.encoder, []
    encoder.layers[0].register_forward_hook(lambda *call: after_first.append(call[-1]))
    encoder(case.transformer.neck(case.maps), case.is_padding)
    assert_near(after_first[0], case.evaluation["encoder.layer_out.0"])


@torch.no_grad()
def test_forward__other_content_in_the_padding__changes_no_token_of_the_image() -> None:
    encoder = load_forward_case("tiny4").transformer.encoder
    is_padding = torch.zeros(1, 64, 64, dtype=torch.bool)
    is_padding[:, :, 32:] = True
    maps = random_maps()
    tokens, geometry = encoder(maps, is_padding)
    maps[0][..., 4:] += 1
    changed, _ = encoder(maps, is_padding)
    assert torch.equal(changed[~geometry.is_padding], tokens[~geometry.is_padding])
    assert not torch.equal(changed, tokens)


def test_forward__recomputed_activations__give_the_same_gradients() -> None:
    gradients = []
    for recomputes_activations in (False, True):
        torch.manual_seed(0)
        settings = {"recomputes_activations": recomputes_activations}
        encoder = Encoder(TINY4.but(**settings)).train()
        tokens, _ = encoder(random_maps(), torch.zeros(1, 64, 64, dtype=torch.bool))
        tokens.pow(3).sum().backward()
        gradients.append([weight.grad for weight in encoder.parameters()])
    assert len(gradients[0]) > 0
    for plain, recomputed in zip(*gradients, strict=True):
        torch.testing.assert_close(recomputed, plain)
