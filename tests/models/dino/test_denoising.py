"""Tests for `gapjunction.models.dino.denoising`."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from gapjunction.models.dino.denoising import (
    DenoisingConfig,
    DenoisingQueries,
    NoiseDraws,
    draw_noise,
    make_denoising_queries,
)
from gapjunction.models.dino.targets import Target

GOLDEN = Path(__file__).parent / "golden" / "cdn"
CASES = json.loads((GOLDEN / "cdn_cases.json").read_text(encoding="utf-8"))
NOISE_FREE = DenoisingConfig(label_noise_ratio=0, box_noise_scale=0)


def some_targets(*counts: int) -> list[Target]:
    generator = torch.Generator().manual_seed(3)
    return [
        Target(torch.rand(n, 4, generator=generator) / 4 + 0.3, torch.arange(n) % 3) for n in counts
    ]


def make(
    targets: list[Target], config: DenoisingConfig, seed: int = 0, num_queries: int = 5
) -> DenoisingQueries:
    """Return denoising queries whose label embedding is the label itself, plus 1."""
    embedding = embedding_of(torch.tensor([[1.0], [2.0], [3.0]]))
    draws = draw_noise(targets, 3, config, torch.Generator().manual_seed(seed))
    return make_denoising_queries(targets, embedding, config, num_queries, draws)


def embedding_of(rows: Tensor) -> nn.Embedding:
    return nn.Embedding(rows.shape[0], rows.shape[1], _weight=rows)


def recorded_draws(recorded: dict[str, Tensor], num_copies: int, ratio: float) -> NoiseDraws:
    """Return the recorded draws; the official code draws labels for the replaced copies only."""
    if "draw.label_p" not in recorded:
        nothing = torch.zeros(num_copies)
        return NoiseDraws(
            nothing,
            nothing.long(),
            nothing.new_ones(num_copies, 4),
            nothing.new_ones(num_copies, 4),
        )
    chances = recorded["draw.label_p"]
    new_labels = torch.zeros(num_copies, dtype=torch.int64)
    new_labels[chances < ratio / 2] = recorded["draw.new_label"]
    signs = 2 * recorded["draw.box_sign01"] - 1
    return NoiseDraws(chances, new_labels, signs, recorded["draw.box_part"])


@pytest.mark.parametrize("name", CASES)
def test_make_denoising_queries__recorded_draws__gives_the_official_queries(name: str) -> None:
    tensors, facts = load_file(GOLDEN / "cdn_cases.safetensors"), CASES[name]
    recorded = {
        key.removeprefix(f"{name}."): value
        for key, value in tensors.items()
        if key.startswith(f"{name}.")
    }
    targets = [
        Target(recorded[f"targets.{image}.boxes"], recorded[f"targets.{image}.labels"])
        for image in range(len(facts["counts"]))
    ]
    config = DenoisingConfig(
        number=facts["dn_number_config"],
        label_noise_ratio=facts["label_noise_ratio"],
        box_noise_scale=facts["box_noise_scale"],
    )
    num_copies = 2 * facts["dn_meta"]["num_dn_group"] * sum(facts["counts"])
    queries = make_denoising_queries(
        targets,
        embedding_of(recorded["label_enc_weight"]),
        config,
        facts["num_queries"],
        recorded_draws(recorded, num_copies, config.label_noise_ratio),
    )
    assert queries.num_groups == facts["dn_meta"]["num_dn_group"]
    assert queries.boxes_unsigmoid.shape[1] == facts["dn_meta"]["pad_size"]
    assert torch.equal(queries.label_embeddings, recorded["input_query_label"])
    assert torch.equal(queries.attention_mask, recorded["attn_mask"].bool())
    torch.testing.assert_close(
        queries.boxes_unsigmoid, recorded["input_query_bbox_unsig"], atol=1e-5, rtol=0
    )


def test_make_denoising_queries__assignment__names_the_positive_copies() -> None:
    # Two objects at most: a group is [positive, positive, negative, negative].
    queries = make(some_targets(2, 1), DenoisingConfig(number=1))
    found = queries.assignment
    assert queries.num_groups == 2
    assert found.images.tolist() == [0, 0, 1, 0, 0, 1]
    assert found.queries.tolist() == [0, 1, 0, 4, 5, 4]
    assert found.objects.tolist() == [0, 1, 2, 0, 1, 2]


def test_make_denoising_queries__no_noise__copies_every_object_exactly() -> None:
    targets = some_targets(4, 2, 3)
    queries = make(targets, NOISE_FREE)
    found = queries.assignment
    boxes = torch.cat([target.boxes_cxcywh_norm for target in targets])[found.objects]
    labels = torch.cat([target.labels for target in targets])[found.objects]
    torch.testing.assert_close(
        queries.boxes_unsigmoid[found.images, found.queries].sigmoid(), boxes
    )
    assert torch.equal(queries.label_embeddings[found.images, found.queries, 0], labels + 1.0)


def test_make_denoising_queries__positives_and_negatives__move_less_and_more() -> None:
    target = Target(torch.tensor([[0.5, 0.5, 0.2, 0.2]]), torch.tensor([0]))
    queries = make([target], DenoisingConfig(box_noise_scale=0.4))
    x, y, w, h = queries.boxes_unsigmoid[0].sigmoid().unbind(-1)
    corners = torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=-1)
    moved = (corners - torch.tensor([0.4, 0.4, 0.6, 0.6])).abs().reshape(-1, 2, 4)
    limit = 0.4 * 0.1  # of half the side
    assert float(moved[:, 0].max()) <= limit + 1e-6
    assert float(moved[:, 1].min()) >= limit - 1e-6
    assert float(moved[:, 1].max()) <= 2 * limit + 1e-6


def test_make_denoising_queries__label_noise__replaces_half_its_ratio() -> None:
    target = Target(torch.full((1, 4), 0.5), torch.tensor([0]))
    queries = make([target], DenoisingConfig(number=3000, label_noise_ratio=0.6))
    # Of the 30 % that are replaced, a third gets the old label again.
    assert float((queries.label_embeddings != 1).float().mean()) == pytest.approx(0.2, abs=0.02)


def test_make_denoising_queries__empty_slots__hold_zeros() -> None:
    queries = make(some_targets(2, 0), DenoisingConfig())
    assert not queries.label_embeddings[1].any()
    assert not queries.boxes_unsigmoid[1].any()
    assert bool(queries.label_embeddings[0].all())


@pytest.mark.parametrize("counts", [(0,), (0, 0)])
def test_make_denoising_queries__no_objects__makes_none(counts: tuple[int, ...]) -> None:
    queries = make(some_targets(*counts), DenoisingConfig())
    assert queries.label_embeddings.shape == (len(counts), 0, 1)
    assert queries.boxes_unsigmoid.shape == (len(counts), 0, 4)
    assert not queries.attention_mask.any()
    assert len(queries.assignment) == 0


def test_make_denoising_queries__no_objects__still_leads_back_to_the_embedding() -> None:
    # Otherwise training on several GPUs waits for a gradient that never comes.
    targets, embedding = some_targets(0), nn.Embedding(3, 8)
    draws = draw_noise(targets, 3, DenoisingConfig(), torch.Generator())
    queries = make_denoising_queries(targets, embedding, DenoisingConfig(), 5, draws)
    queries.label_embeddings.sum().backward()  # type: ignore[no-untyped-call]
    assert embedding.weight.grad is not None
    assert not embedding.weight.grad.any()


def test_make_denoising_queries__attention__lets_nothing_leak() -> None:
    queries = make(some_targets(2), DenoisingConfig(number=1), num_queries=3)
    group, matching = slice(0, 4), slice(8, 11)
    is_blocked = queries.attention_mask
    assert is_blocked.shape == (11, 11)
    assert not is_blocked[group, group].any()
    assert is_blocked[group, 4:8].all()
    assert not is_blocked[:, matching].any()
    assert is_blocked[matching, :8].all()


def test_draw_noise__same_seed__draws_the_same() -> None:
    targets = some_targets(2, 1)
    first, second = (make(targets, DenoisingConfig(), seed=7) for _ in range(2))
    other = make(targets, DenoisingConfig(), seed=8)
    assert torch.equal(first.boxes_unsigmoid, second.boxes_unsigmoid)
    assert not torch.equal(first.boxes_unsigmoid, other.boxes_unsigmoid)
