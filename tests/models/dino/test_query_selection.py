"""Tests for `gapjunction.models.dino.query_selection`."""

import pytest
import torch

from dino_forward_cases import (
    CASES,
    NUM_CLASSES,
    TINY4,
    ForwardCase,
    assert_near,
    load_forward_case,
    load_operations,
)
from gapjunction.models.dino.query_selection import QuerySelection, SelectedQueries, propose_boxes
from gapjunction.models.dino.token_geometry import describe_tokens, shrink_padding

OPERATIONS = load_operations()


@torch.no_grad()
def select(case: ForwardCase) -> SelectedQueries:
    transformer = case.transformer
    tokens, geometry = transformer.encoder(transformer.neck(case.maps), case.is_padding)
    selected: SelectedQueries = transformer.query_selection(tokens, geometry)
    return selected


@pytest.mark.parametrize("name", CASES)
def test_forward__recorded_maps__chooses_the_official_tokens(name: str) -> None:
    case = load_forward_case(name)
    selected, recorded = select(case), case.evaluation
    assert_near(selected.boxes_unsigmoid.sigmoid(), recorded["two_stage.ref_enc"], atol=1e-5)
    assert_near(selected.output.logits, recorded["interm_outputs.pred_logits"])
    assert_near(selected.output.boxes_cxcywh_norm, recorded["interm_outputs.pred_boxes"], atol=1e-5)


def test_forward__all_images__share_the_learnt_contents() -> None:
    case = load_forward_case("tiny4")
    contents = select(case).contents
    assert torch.equal(contents[0], contents[1])
    assert torch.equal(contents[0], case.transformer.query_selection.contents)


def test_forward__fewer_tokens_than_queries__takes_all_tokens() -> None:
    geometry = describe_tokens([torch.zeros(2, side, side, dtype=torch.bool) for side in (4, 2)])
    selected = QuerySelection(TINY4, NUM_CLASSES)(torch.randn(2, 20, 64), geometry)
    assert selected.contents.shape == (2, 20, 64)
    assert selected.boxes_unsigmoid.shape == (2, 20, 4)
    assert selected.output.logits.shape == (2, 20, NUM_CLASSES)


def test_forward__boxes_for_the_decoder__carry_no_gradients() -> None:
    geometry = describe_tokens([torch.zeros(1, 8, 8, dtype=torch.bool)])
    selected = QuerySelection(TINY4, NUM_CLASSES)(torch.randn(1, 64, 64), geometry)
    assert not selected.boxes_unsigmoid.requires_grad
    assert selected.output.boxes_cxcywh_norm.requires_grad


def test_propose_boxes__recorded_masks__gives_the_official_proposals() -> None:
    image_mask = OPERATIONS["proposals.image_mask"].bool()
    sizes = OPERATIONS["proposals.spatial_shapes"].tolist()
    geometry = describe_tokens([shrink_padding(image_mask, *size) for size in sizes])
    logits, is_usable = propose_boxes(geometry)
    recorded = OPERATIONS["proposals.output_proposals_unsig"]
    assert torch.equal(is_usable, recorded.isfinite().all(-1))
    assert_near(logits[is_usable], recorded[is_usable], atol=1e-5)
    assert bool((logits[~is_usable] == torch.inf).all())


def test_propose_boxes__each_level__doubles_the_side() -> None:
    masks = [torch.zeros(1, side, side, dtype=torch.bool) for side in (4, 2)]
    logits, is_usable = propose_boxes(describe_tokens(masks))
    assert bool(is_usable.all())
    boxes = logits.sigmoid()[0]
    torch.testing.assert_close(boxes[0], torch.tensor([1 / 8, 1 / 8, 0.05, 0.05]))
    torch.testing.assert_close(boxes[-1], torch.tensor([3 / 4, 3 / 4, 0.1, 0.1]))
