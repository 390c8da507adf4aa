"""Tests for `gapjunction.models.dino.postprocess`."""

import torch
from torch import Tensor

from dino_forward_cases import assert_near, load_operations
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.postprocess import rank_predictions, to_detections

OPERATIONS = load_operations()
# One tile, three queries, two classes.
LOGITS = torch.tensor([[[2.0, -3.0], [0.0, 1.0], [-4.0, -5.0]]])
BOXES = torch.tensor([[[0.5, 0.5, 0.5, 0.25], [0.0, 0.5, 0.5, 1.0], [0.5, 0.5, 0.1, 0.1]]])
OUTPUT = LayerOutput(LOGITS, BOXES)


def test_rank_predictions__recorded_predictions__gives_the_official_ranking() -> None:
    output = LayerOutput(OPERATIONS["post.pred_logits"], OPERATIONS["post.pred_boxes"])
    scores, labels, boxes_xyxy_norm = rank_predictions(output, num_select=300)
    assert_near(scores, OPERATIONS["post.out.scores"], atol=1e-6)
    assert torch.equal(labels, OPERATIONS["post.out.labels"])
    sides = OPERATIONS["post.target_sizes_hw"].flip(1).repeat(1, 2)[:, None]
    assert_near(boxes_xyxy_norm * sides, OPERATIONS["post.out.boxes"], atol=1e-3)


def test_rank_predictions__one_query_with_two_likely_classes__comes_twice() -> None:
    scores, labels, boxes = rank_predictions(OUTPUT, num_select=3)
    assert labels.tolist() == [[0, 1, 0]]
    torch.testing.assert_close(scores, torch.tensor([[2.0, 1.0, 0.0]]).sigmoid())
    assert torch.equal(boxes[0, 1], boxes[0, 2])


def test_rank_predictions__more_asked_for_than_there_is__gives_all() -> None:
    scores, _, _ = rank_predictions(OUTPUT, num_select=100)
    assert scores.shape == (1, 6)


def test_to_detections__boxes__are_pixels_cut_at_the_border() -> None:
    (found,) = to_detections(OUTPUT, num_select=3, min_score=0.6, height=100, width=200)
    assert found.boxes.tolist() == [[50, 37.5, 150, 62.5], [0, 0, 50, 100]]
    assert found.labels.tolist() == [0, 1]


def test_to_detections__min_score__drops_lower_ones_only() -> None:
    def count(min_score: float) -> int:
        return len(to_detections(OUTPUT, 100, min_score, height=32, width=32)[0])

    just = float(torch.tensor(1.0).sigmoid())
    assert [count(score) for score in (0.0, 0.5, just, 0.9)] == [6, 3, 2, 0]


def test_to_detections__two_tiles__are_kept_apart() -> None:
    def with_first(value: float) -> Tensor:
        return torch.cat([LOGITS, torch.full_like(LOGITS, value)])

    output = LayerOutput(with_first(-9.0), BOXES.repeat(2, 1, 1))
    assert [len(each) for each in to_detections(output, 10, 0.1, 32, 32)] == [3, 0]
