"""Tests for `gapjunction.models.dino.network`: the whole of it against the official code."""

import pytest
import torch
from torch import Tensor

from dino_forward_cases import (
    CASES,
    FACTS,
    NUM_CLASSES,
    TINY4,
    ForwardCase,
    assert_near,
    load_forward_case,
    load_part,
    to_ours,
)
from gapjunction.models.dino.criterion import dino_losses
from gapjunction.models.dino.denoising import DenoisingQueries, make_denoising_queries
from gapjunction.models.dino.network import DinoTransformer
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.postprocess import rank_predictions

UNUSABLE_WEIGHT = "transformer.enc_out_class_embed.weight"


def denoising_queries(case: ForwardCase) -> DenoisingQueries:
    return make_denoising_queries(
        case.targets,
        case.transformer.label_embedding,
        case.config.denoising,
        case.config.num_queries,
        case.draws(),
    )


def training_losses(case: ForwardCase) -> dict[str, Tensor]:
    denoising = denoising_queries(case)
    output = case.transformer.train()(case.maps, case.is_padding, denoising)
    return dino_losses(output, case.targets, denoising, case.num_objects)


def backward(losses: dict[str, Tensor]) -> float:
    total = torch.stack(list(losses.values())).sum()
    total.backward()  # type: ignore[no-untyped-call]
    return total.item()


def gradients_of(case: ForwardCase) -> dict[str, Tensor]:
    parameters = case.transformer.named_parameters()
    return {name: weight.grad for name, weight in parameters if weight.grad is not None}


def assert_same_layer(found: LayerOutput, recorded: dict[str, Tensor], prefix: str) -> None:
    assert_near(found.logits, recorded[f"{prefix}pred_logits"])
    assert_near(found.boxes_cxcywh_norm, recorded[f"{prefix}pred_boxes"], atol=1e-5)


def assert_same_layers(
    layers: tuple[LayerOutput, ...], recorded: dict[str, Tensor], prefix: str = ""
) -> None:
    *earlier, last = layers
    for index, layer in enumerate(earlier):
        assert_same_layer(layer, recorded, f"{prefix}aux_outputs.{index}.")
    assert_same_layer(last, recorded, prefix)


@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_forward__evaluation__gives_the_official_predictions(name: str) -> None:
    case = load_forward_case(name)
    output = case.transformer(case.maps, case.is_padding)
    assert_same_layers(output.layers, case.evaluation)
    assert_same_layer(output.encoder_selection, case.evaluation, "interm_outputs.")
    assert output.denoising_layers is None
    scores, labels, boxes_xyxy_norm = rank_predictions(output.layers[-1], case.config.num_select)
    assert_near(scores, case.evaluation["post.scores"], atol=1e-5)
    assert torch.equal(labels, case.evaluation["post.labels"])
    sides = case.image_sizes_hw.flip(1).repeat(1, 2)[:, None]
    assert_near(boxes_xyxy_norm * sides, case.evaluation["post.boxes"], atol=1e-3)


@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_forward__training_with_denoising__gives_the_official_predictions(name: str) -> None:
    case = load_forward_case(name)
    output = case.transformer.train()(case.maps, case.is_padding, denoising_queries(case))
    assert_same_layers(output.layers, case.training)
    assert_same_layer(output.encoder_selection, case.training, "interm_outputs.")
    assert output.denoising_layers is not None
    assert_same_layers(output.denoising_layers, case.training, "dn.")


@torch.no_grad()
def test_forward__recorded_denoising_queries__gives_the_official_states() -> None:
    case, normed = load_forward_case("tiny4"), []
    case.transformer.decoder.norm.register_forward_hook(lambda *call: normed.append(call[-1]))
    made = denoising_queries(case)
    recorded = DenoisingQueries(
        label_embeddings=case.training["dn.input_query_label"],
        boxes_unsigmoid=case.training["dn.input_query_bbox"],
        attention_mask=case.training["dn.attn_mask"].bool(),
        assignment=made.assignment,
        num_groups=made.num_groups,
    )
    case.transformer(case.maps, case.is_padding, recorded)
    for index, state in enumerate(normed):
        assert_near(state, case.training[f"decoder.hs.{index}"])


@pytest.mark.parametrize("name", CASES)
def test_losses__training__are_the_official_ones(name: str) -> None:
    losses = {key: loss.item() for key, loss in training_losses(load_forward_case(name)).items()}
    assert losses == pytest.approx(FACTS[name]["losses"], rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_gradients__of_all_losses__have_the_official_lengths(name: str) -> None:
    case = load_forward_case(name)
    for each in case.maps:
        each.requires_grad_()
    assert backward(training_losses(case)) == pytest.approx(FACTS[name]["total_loss"], rel=1e-5)
    lengths = {key: gradient.norm().item() for key, gradient in gradients_of(case).items()}
    recorded = {
        key: torch.tensor([length]) for key, length in FACTS[name]["gradient_norms"].items()
    }
    expected = {key: length.item() for key, length in to_ours(recorded, case.config).items()}
    assert lengths == pytest.approx(expected, rel=1e-4)
    for level, each in enumerate(case.maps):
        assert_same_direction(each.grad, case.training[f"grad_features.{level}"])


def test_gradients__of_all_losses__are_the_official_ones() -> None:
    case = load_forward_case("tiny4")
    backward(training_losses(case))
    found = gradients_of(case)
    recorded = to_ours(load_part("tiny4", "gradients"), case.config)
    assert found.keys() == recorded.keys()
    for name, gradient in found.items():
        assert_same_direction(gradient, recorded[name])


def assert_same_direction(found: Tensor | None, recorded: Tensor) -> None:
    assert found is not None
    assert float((found - recorded).norm() / recorded.norm()) < 1e-4


def test_dino_transformer__untrained__starts_from_the_official_ranges() -> None:
    torch.manual_seed(0)
    transformer = DinoTransformer(TINY4, [64, 128, 256], NUM_CLASSES)
    zeros = ("sampling_offsets", "attention_weights", "box_head.layers.2", "box_heads.0.layers.2")
    for name, weight in transformer.named_parameters():
        largest = float(weight.detach().abs().max())
        if name.endswith(("level_embedding", "label_embedding.weight")):
            assert 2 < largest < 5  # of a standard normal distribution
        elif any(part in name for part in zeros):
            assert largest == 0 or name.endswith("sampling_offsets.bias")
        elif "_head" in name and weight.ndim > 1:
            assert 0.9 < largest / weight.shape[1] ** -0.5 <= 1  # the default of torch
        elif weight.ndim > 1:
            fan_in, fan_out = weight[0].numel(), weight[:, 0].numel()
            assert 0.9 < largest / (6 / (fan_in + fan_out)) ** 0.5 <= 1  # Glorot and Bengio 2010


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_training__three_steps__follow_the_official_losses(name: str) -> None:
    case = load_forward_case(name)
    optimizer = torch.optim.AdamW(case.transformer.parameters(), lr=1e-4, weight_decay=1e-4)
    totals = []
    for _ in range(3):
        optimizer.zero_grad()
        totals.append(backward(training_losses(case)))
        torch.nn.utils.clip_grad_norm_(case.transformer.parameters(), 0.1)
        optimizer.step()
    assert totals == pytest.approx(FACTS[name]["losses_of_5_steps"][:3], rel=1e-3)


def case_with_unusable_tokens() -> tuple[ForwardCase, dict[str, Tensor]]:
    """Return tiny4 with a class head that prefers tokens in the padding, and what it gave."""
    case, recorded = load_forward_case("tiny4"), load_part("tiny4", "unusable_tokens")
    with torch.no_grad():
        head = case.transformer.query_selection.class_head
        head.weight.copy_(recorded[f"override.{UNUSABLE_WEIGHT}"])
    return case, recorded


@torch.no_grad()
def test_forward__unusable_tokens_selected__gives_the_official_predictions() -> None:
    case, recorded = case_with_unusable_tokens()
    output = case.transformer(case.maps, case.is_padding)
    assert_same_layers((output.layers[-1],), recorded)
    assert_same_layer(output.encoder_selection, recorded, "interm_outputs.")
    whole_image = (output.encoder_selection.boxes_cxcywh_norm == 1).all(-1)
    assert whole_image.sum(1).tolist() == [21, 21]


def test_losses__unusable_tokens_selected__are_the_official_and_finite_ones() -> None:
    case, _ = case_with_unusable_tokens()
    losses = training_losses(case)
    facts = FACTS["unusable_tokens"]
    assert {key: loss.item() for key, loss in losses.items()} == pytest.approx(
        facts["losses"], rel=1e-5
    )
    backward(losses)
    assert all(bool(gradient.isfinite().all()) for gradient in gradients_of(case).values())
