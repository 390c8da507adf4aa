"""Tests for `gapjunction.models.dino.matcher`."""

import itertools

import pytest
import torch

from dino_loss_cases import CASES, load_case
from gapjunction.models.dino.matcher import match, matching_cost
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.targets import Target


def random_layer(num_images: int, num_queries: int, seed: int = 0) -> LayerOutput:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(num_images, num_queries, 3, generator=generator)
    boxes = torch.randn(num_images, num_queries, 4, generator=generator).sigmoid()
    return LayerOutput(logits, boxes)


def random_targets(counts: list[int], seed: int = 1) -> list[Target]:
    generator = torch.Generator().manual_seed(seed)
    return [
        Target(
            torch.rand(n, 4, generator=generator) / 2 + 0.2,
            torch.randint(3, (n,), generator=generator),
        )
        for n in counts
    ]


def pairs(layer: LayerOutput, targets: list[Target]) -> list[tuple[int, int, int]]:
    """Return (image, query, object) of each matched pair, sorted by object."""
    found = match(layer, targets)
    columns = found.images.tolist(), found.queries.tolist(), found.objects.tolist()
    return sorted(zip(*columns, strict=True), key=lambda pair: pair[2])


@pytest.mark.parametrize("name", CASES)
def test_match__recorded_predictions__costs_and_pairs_are_the_official_ones(name: str) -> None:
    case = load_case(name)
    layers = {f"layers.{i}": layer for i, layer in enumerate(case.output.layers)}
    layers["encoder"] = case.output.encoder_selection
    for layer_name, layer in layers.items():
        cost, found = matching_cost(layer, case.targets), match(layer, case.targets)
        earlier = 0
        for image, target in enumerate(case.targets):
            recorded = f"match.{layer_name}.{image}"
            torch.testing.assert_close(
                cost[image, :, : len(target)].detach(),
                case.recorded[f"{recorded}.cost"],
                atol=1e-4,
                rtol=0,
            )
            own = found[found.images == image]
            assert torch.equal(own.queries, case.recorded[f"{recorded}.queries"])
            assert torch.equal(own.objects - earlier, case.recorded[f"{recorded}.objects"])
            earlier += len(target)


def test_match__permuted_queries__permutes_the_pairs() -> None:
    layer, targets = random_layer(2, 12), random_targets([4, 3])
    order = torch.randperm(12, generator=torch.Generator().manual_seed(2))
    shuffled = LayerOutput(layer.logits[:, order], layer.boxes_cxcywh_norm[:, order])
    back = [(image, int(order[query]), obj) for image, query, obj in pairs(shuffled, targets)]
    assert back == pairs(layer, targets)


def test_match__few_queries__is_the_cheapest_of_all_assignments() -> None:
    layer, targets = random_layer(1, 6), random_targets([3])
    cost = matching_cost(layer, targets)[0]
    cheapest = min(
        itertools.permutations(range(6), 3),
        key=lambda queries: float(cost[list(queries), [0, 1, 2]].sum()),
    )
    assert pairs(layer, targets) == [(0, query, obj) for obj, query in enumerate(cheapest)]


def test_match__one_query_on_each_object__is_matched_with_it() -> None:
    targets = random_targets([3])
    boxes = targets[0].boxes_cxcywh_norm[[2, 0, 1]][None]
    assert pairs(LayerOutput(torch.zeros(1, 3, 3), boxes), targets) == [
        (0, 1, 0),
        (0, 2, 1),
        (0, 0, 2),
    ]


def test_match__no_objects__is_empty() -> None:
    found = match(random_layer(2, 5), random_targets([0, 0]))
    assert len(found) == 0
    assert found.objects.dtype == torch.int64


def test_match__objects_of_one_image__get_queries_of_that_image() -> None:
    found = pairs(random_layer(3, 9), random_targets([2, 0, 3]))
    assert [image for image, _, _ in found] == [0, 0, 2, 2, 2]


def test_match__more_objects_than_queries__uses_every_query_once() -> None:
    found = pairs(random_layer(1, 2), random_targets([5]))
    assert sorted(query for _, query, _ in found) == [0, 1]


def test_match__diverged_network__says_so() -> None:
    layer = random_layer(1, 4)
    layer.logits[0, 1] = float("nan")
    layer.boxes_cxcywh_norm[0, 2] = float("inf")
    with pytest.raises(FloatingPointError, match="2 of 4 queries"):
        match(layer, random_targets([2]))


def test_match__score_of_exactly_one__is_no_error() -> None:
    layer = random_layer(1, 4)
    layer.logits[0, 1] = float("inf")
    assert len(match(layer, random_targets([2]))) == 2
