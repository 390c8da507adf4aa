"""Tests for `gapjunction.models.dino.box_tensors`."""

import pytest
import torch

from gapjunction.models.dino.box_tensors import (
    generalized_iou,
    inverse_sigmoid,
    to_cxcywh,
    to_xyxy,
)

XYXY = torch.tensor([[0.1, 0.2, 0.5, 0.8], [0.0, 0.0, 1.0, 1.0]])
CXCYWH = torch.tensor([[0.3, 0.5, 0.4, 0.6], [0.5, 0.5, 1.0, 1.0]])


def test_to_xyxy__center_and_size__become_corners() -> None:
    torch.testing.assert_close(to_xyxy(CXCYWH), XYXY)


def test_to_cxcywh__corners__become_center_and_size() -> None:
    torch.testing.assert_close(to_cxcywh(XYXY), CXCYWH)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0.0, 0.0, 0.4, 0.4], [0.0, 0.0, 0.4, 0.4], 1.0),
        # A quarter of a box: no empty space in the hull.
        ([0.0, 0.0, 0.2, 0.2], [0.0, 0.0, 0.4, 0.4], 0.25),
        # Side by side with a gap: intersection 0, union 0.02, hull 0.03.
        ([0.0, 0.0, 0.1, 0.1], [0.2, 0.0, 0.3, 0.1], -1 / 3),
        # Overlapping corners: intersection 1, union 7, hull 9 (hundredths).
        ([0.0, 0.0, 0.2, 0.2], [0.1, 0.1, 0.3, 0.3], 1 / 7 - 2 / 9),
    ],
)
def test_generalized_iou__worked_examples__match(
    first: list[float], second: list[float], expected: float
) -> None:
    giou = generalized_iou(torch.tensor([first]), torch.tensor([second]))
    assert giou.tolist() == pytest.approx([expected], abs=2e-4)


def test_generalized_iou__two_points__is_finite() -> None:
    point = torch.full((1, 4), 0.5)
    assert generalized_iou(point, point).tolist() == [0.0]


def test_generalized_iou__broadcast__equals_row_by_row() -> None:
    boxes = to_xyxy(torch.rand(5, 4, generator=torch.Generator().manual_seed(0)))
    pairs = generalized_iou(boxes[:, None], boxes[None, :3])
    assert pairs.shape == (5, 3)
    for row in range(5):
        for column in range(3):
            single = generalized_iou(boxes[row], boxes[column])
            assert float(pairs[row, column]) == float(single)


def test_inverse_sigmoid__inner_values__undo_the_sigmoid() -> None:
    logits = torch.linspace(-6, 6, 25)
    torch.testing.assert_close(inverse_sigmoid(logits.sigmoid()), logits, atol=1e-4, rtol=0)


def test_inverse_sigmoid__beyond_the_margins__stays_finite() -> None:
    limit = float(torch.log(torch.tensor(1000.0)))
    found = inverse_sigmoid(torch.tensor([-0.5, 0.0, 0.0005, 1.0, 1.5]))
    assert found.tolist() == pytest.approx([-limit, -limit, -limit, limit, limit], abs=2e-3)
