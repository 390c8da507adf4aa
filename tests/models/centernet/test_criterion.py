"""Tests for `gapjunction.models.centernet.criterion`."""

import pytest
import torch
from torch import Tensor

from gapjunction.models.centernet.criterion import box_loss, center_loss, generalized_iou_of_sides
from gapjunction.models.centernet.targets import TargetMaps, draw_targets

BOXES = torch.tensor([[4.0, 6.0, 12.0, 12.0], [20.0, 18.0, 25.0, 27.0]])
TARGETS = [draw_targets(BOXES, torch.tensor([0, 1]), 2, 16, 16)]
EMPTY = [draw_targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), 2, 16, 16)]


def logits(targets: list[TargetMaps], sharpness: float) -> Tensor:
    """Return heat logits that are `sharpness` at the centers and minus that elsewhere."""
    at_center = torch.stack([target.heat for target in targets]) == 1
    return torch.where(at_center, sharpness, -sharpness)


def sides(targets: list[TargetMaps]) -> Tensor:
    return torch.stack([target.sides for target in targets])


def test_center_loss__perfect_maps__is_nearly_zero() -> None:
    assert float(center_loss(logits(TARGETS, 12.0), TARGETS)) < 1e-3


def test_center_loss__worse_maps__is_larger() -> None:
    losses = [float(center_loss(logits(TARGETS, s), TARGETS)) for s in (8.0, 4.0, 2.0, 0.0, -2.0)]
    assert losses == sorted(losses)
    assert losses[-1] > 100 * losses[0]


@pytest.mark.parametrize(
    ("heat", "expected"),
    [
        (0.5, 0.5**2 * 0.6931),  # (1 - p)^2 * -log p at the center
        (0.9, 0.1**2 * 0.10536),
    ],
)
def test_center_loss__a_center__follows_the_focal_loss(heat: float, expected: float) -> None:
    target = TargetMaps(torch.ones(1, 1, 1), torch.ones(4, 1, 1), torch.ones(1, 1))
    loss = center_loss(torch.logit(torch.full((1, 1, 1, 1), heat)), [target])
    assert float(loss) == pytest.approx(expected, rel=1e-3)


def test_center_loss__false_alarm_near_a_center__costs_less_than_far_from_it() -> None:
    losses = []
    for truth in (0.5, 0.0):
        target = TargetMaps(torch.full((1, 1, 1), truth), torch.ones(4, 1, 1), torch.ones(1, 1))
        losses.append(float(center_loss(torch.zeros(1, 1, 1, 1), [target])))
    near, far = losses
    assert near == pytest.approx(far * 0.5**4)


@pytest.mark.parametrize("targets", [TARGETS, EMPTY], ids=["two objects", "empty"])
@pytest.mark.parametrize("value", [-60.0, 0.0, 60.0])
def test_losses__extreme_maps__have_finite_values_and_gradients(
    targets: list[TargetMaps], value: float
) -> None:
    heat = torch.full((1, 2, 16, 16), value, requires_grad=True)
    raw = torch.full((1, 4, 16, 16), value / 12, requires_grad=True)
    loss = center_loss(heat, targets) + box_loss(raw.exp(), targets)
    loss.backward()  # type: ignore[no-untyped-call]
    assert bool(torch.isfinite(loss))
    assert heat.grad is not None
    assert bool(torch.isfinite(heat.grad).all())
    assert raw.grad is not None
    assert bool(torch.isfinite(raw.grad).all())


def test_box_loss__perfect_sides__is_zero() -> None:
    assert float(box_loss(sides(TARGETS), TARGETS)) == pytest.approx(0, abs=1e-5)


def test_box_loss__worse_sides__is_larger() -> None:
    losses = [float(box_loss(sides(TARGETS) * factor, TARGETS)) for factor in (1, 1.2, 1.6, 3)]
    assert losses == sorted(losses)
    assert losses[1] > 0.1


def test_box_loss__sides_twice_as_long__counts_each_object_once() -> None:
    # IoU 1/4 without empty hull, and the logarithms are off by log 2, for each of two objects.
    expected = 2 * (1 - 0.25 + 0.6931)
    assert float(box_loss(sides(TARGETS) * 2, TARGETS)) == pytest.approx(expected, rel=1e-3)


def test_box_loss__cells_without_objects__do_not_matter() -> None:
    changed = torch.where(TARGETS[0].side_weight > 0, sides(TARGETS), 77.0)
    assert float(box_loss(changed, TARGETS)) == pytest.approx(0, abs=1e-5)


def test_box_loss__no_objects__is_zero() -> None:
    assert float(box_loss(torch.full((1, 4, 16, 16), 3.0), EMPTY)) == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 1, 1, 1], [1, 1, 1, 1], 1.0),
        # 2 x 2 inside 4 x 4: IoU 4 / 16, hull = union.
        ([1, 1, 1, 1], [2, 2, 2, 2], 0.25),
        # (-3, -1, 1, 1) and (-1, -3, 1, 1): intersection 4, union 8 + 8 - 4 = 12, hull 16.
        ([3, 1, 1, 1], [1, 3, 1, 1], 4 / 12 - 4 / 16),
    ],
)
def test_generalized_iou__worked_examples__match(
    first: list[float], second: list[float], expected: float
) -> None:
    found = generalized_iou_of_sides(torch.tensor([first]).float(), torch.tensor([second]).float())
    assert found.tolist() == pytest.approx([expected])
