"""Queries made of noisy copies of the objects, for the decoder to mend while it learns.

Contrastive denoising (Zhang et al. 2022, section 3.3): in each group every object has a positive
copy, slightly moved, whose query has to find it, and a negative one, moved further, whose query
has to say that there is nothing. A group is laid out as [positives | negatives], each part as
long as the image with the most objects needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from pydantic import Field
from torch import Tensor, nn

from gapjunction.config import StrictConfig
from gapjunction.models.dino.assignment import QueryAssignment
from gapjunction.models.dino.box_tensors import inverse_sigmoid, to_cxcywh, to_xyxy
from gapjunction.models.dino.targets import Target

COPIES = 2  # of an object in each group: a positive and a negative one
SHARED_OUT_FROM = 50  # the official code takes smaller numbers for half the number of groups


class DenoisingConfig(StrictConfig):
    """How many noisy copies there are, and how noisy they are.

    Attributes:
        number: positive queries for an image, about: they are shared out among its objects.
            Below 50 it is half the number of groups.
        label_noise_ratio: twice the share of copies that get a random label.
        box_noise_scale: corners of positives move by up to this share of half the box's side,
            those of negatives by once to twice as much.
    """

    number: int = Field(default=100, ge=1)
    label_noise_ratio: float = Field(default=0.5, ge=0, le=2)
    box_noise_scale: float = Field(default=1.0, ge=0)


@dataclass(frozen=True, slots=True, eq=False)
class NoiseDraws:
    """The random numbers for R copies; copy r is of object r modulo the number of objects.

    Attributes:
        label_chances: (R,) in [0, 1); a small one has the label replaced.
        new_labels: (R,) int64, for the copies whose label is replaced.
        corner_signs: (R, 4), -1 or 1: where x0, y0, x1, y1 go.
        corner_shifts: (R, 4) in [0, 1): how far they go.
    """

    label_chances: Tensor
    new_labels: Tensor
    corner_signs: Tensor
    corner_shifts: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class DenoisingQueries:
    """P queries for each image, which stand before the Q matching queries.

    Attributes:
        label_embeddings: (B, P, D); 0 in slots that an image with fewer objects leaves empty.
        boxes_unsigmoid: (B, P, 4), cxcywh as logits; 0 in empty slots.
        attention_mask: (P + Q, P + Q) bool; True where the query of the row must not see that of
            the column.
        assignment: the positive queries and their objects.
        num_groups: groups of copies, of P / num_groups queries each.
    """

    label_embeddings: Tensor
    boxes_unsigmoid: Tensor
    attention_mask: Tensor
    assignment: QueryAssignment
    num_groups: int


def draw_noise(
    targets: Sequence[Target],
    num_classes: int,
    config: DenoisingConfig,
    generator: torch.Generator,
) -> NoiseDraws:
    """Draw the random numbers that `make_denoising_queries` needs for these targets.

    They are drawn on the generator's device, so that a CPU generator gives the same on any.
    """
    count = COPIES * _count_groups(targets, config) * sum(map(len, targets))
    where = generator.device
    chances = torch.rand(count, generator=generator, device=where)
    labels = torch.randint(num_classes, (count,), generator=generator, device=where)
    signs = 2.0 * torch.randint(2, (count, 4), generator=generator, device=where) - 1
    shifts = torch.rand(count, 4, generator=generator, device=where)
    drawn = (each.to(targets[0].labels.device) for each in (chances, labels, signs, shifts))
    return NoiseDraws(*drawn)


def make_denoising_queries(
    targets: Sequence[Target],
    label_embedding: nn.Embedding,
    config: DenoisingConfig,
    num_queries: int,
    draws: NoiseDraws,
) -> DenoisingQueries:
    """Return the noisy copies of all objects as queries; P is 0 if no image has an object.

    `label_embedding` has a row for each class; `num_queries` is Q.
    """
    num_groups = _count_groups(targets, config)
    most_objects = max(map(len, targets))
    copies, is_positive = _place_copies(targets, num_groups)
    labels = torch.cat([target.labels for target in targets])[copies.objects]
    boxes = torch.cat([target.boxes_cxcywh_norm for target in targets])[copies.objects]
    embeddings = label_embedding(_with_noisy_labels(labels, config, draws))
    logits = inverse_sigmoid(_with_noisy_corners(boxes, is_positive, config, draws))
    num_slots = num_groups * COPIES * most_objects
    where = (copies.images, copies.queries)
    empty = embeddings.new_zeros(len(targets), num_slots, embeddings.shape[1])
    return DenoisingQueries(
        label_embeddings=empty.index_put(where, embeddings),
        boxes_unsigmoid=logits.new_zeros(len(targets), num_slots, 4).index_put(where, logits),
        attention_mask=_attention_mask(num_groups, num_slots, num_queries, labels.device),
        assignment=copies[is_positive],
        num_groups=num_groups,
    )


def _count_groups(targets: Sequence[Target], config: DenoisingConfig) -> int:
    most_objects = max(map(len, targets))
    if most_objects == 0:
        return 1
    if config.number < SHARED_OUT_FROM:
        return 2 * config.number
    return max(config.number // most_objects, 1)


def _place_copies(targets: Sequence[Target], num_groups: int) -> tuple[QueryAssignment, Tensor]:
    """Return the slot of each of the R copies, and which copies are positive (R,).

    All objects are copied, then all once more and so on: [positives | negatives] of group 0,
    [positives | negatives] of group 1, ...
    """
    device = targets[0].labels.device
    counts = torch.tensor([len(target) for target in targets], device=device)
    num_objects, num_rounds = sum(map(len, targets)), num_groups * COPIES
    objects = torch.arange(num_objects, device=device)
    images = torch.arange(len(targets), device=device).repeat_interleave(counts)
    places = objects - (counts.cumsum(0) - counts)[images]  # of each object within its image
    rounds = torch.arange(num_rounds, device=device).repeat_interleave(num_objects)
    slots = rounds * max(map(len, targets)) + places.repeat(num_rounds)
    copies = QueryAssignment(images.repeat(num_rounds), slots, objects.repeat(num_rounds))
    return copies, rounds % COPIES == 0


def _with_noisy_labels(labels: Tensor, config: DenoisingConfig, draws: NoiseDraws) -> Tensor:
    is_replaced = draws.label_chances < config.label_noise_ratio / 2
    return torch.where(is_replaced, draws.new_labels, labels)


def _with_noisy_corners(
    boxes_cxcywh_norm: Tensor, is_positive: Tensor, config: DenoisingConfig, draws: NoiseDraws
) -> Tensor:
    """Return the boxes (R, 4) with moved corners, cut at the image border.

    Corners that pass each other leave a box of negative size, which `inverse_sigmoid` takes for
    an empty one.
    """
    half_sizes = boxes_cxcywh_norm[:, 2:].repeat(1, 2) / 2
    shifts = draws.corner_shifts + (~is_positive)[:, None]
    moves = draws.corner_signs * shifts * half_sizes * config.box_noise_scale
    return to_cxcywh((to_xyxy(boxes_cxcywh_norm) + moves).clamp(0, 1))


def _attention_mask(
    num_groups: int, num_slots: int, num_queries: int, device: torch.device
) -> Tensor:
    """Keep denoising queries from those of other groups, and matching queries from all of them."""
    matching = torch.full((num_queries,), -1, device=device)
    groups = torch.arange(num_groups, device=device)
    group = torch.cat([groups.repeat_interleave(num_slots // num_groups), matching])
    is_other_group = group[:, None] != group[None, :]
    return is_other_group & (group >= 0)[None, :]
