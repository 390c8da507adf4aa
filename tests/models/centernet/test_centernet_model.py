"""Tests for `gapjunction.models.centernet.model`."""

import pytest
import torch

from gapjunction.models.centernet.model import CenterNet, CenterNetConfig
from gapjunction.models.detector import Annotations

SMALL = CenterNetConfig(widths=(8, 8, 8, 8))
BOXES = torch.tensor([[6.0, 8.0, 14.0, 16.0], [20.0, 4.0, 26.0, 12.0]])


def annotated_tiles() -> tuple[torch.Tensor, list[Annotations]]:
    """Return a tile with two bright boxes and one without any."""
    tiles = torch.zeros(2, 3, 32, 32)
    for x0, y0, x1, y1 in BOXES.int().tolist():
        tiles[0, :, y0:y1, x0:x1] = 1
    none = Annotations(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    return tiles, [Annotations(BOXES, torch.tensor([0, 0])), none]


@pytest.mark.parametrize("num_classes", [1, 5])
def test_center_net__medium_quality__has_at_most_two_million_parameters(num_classes: int) -> None:
    model = CenterNet(CenterNetConfig(), num_classes)
    assert sum(parameter.numel() for parameter in model.parameters()) <= 2_000_000


@torch.no_grad()
def test_forward__twice_the_objects_elsewhere__halves_the_losses() -> None:
    torch.manual_seed(0)
    model = CenterNet(SMALL, 1).eval()
    once, twice = (model(*annotated_tiles(), num_objects=n) for n in (2.0, 4.0))
    assert set(once) == {"center", "box"}
    assert all(float(once[name]) == pytest.approx(2 * float(twice[name])) for name in once)


@torch.no_grad()
def test_forward__no_objects_at_all__gives_finite_losses() -> None:
    tiles, annotations = annotated_tiles()
    losses = CenterNet(SMALL, 1)(tiles[1:], annotations[1:], num_objects=0.0)
    assert float(losses["box"]) == 0
    assert float(losses["center"]) > 0


@pytest.mark.long
def test_forward__trained_on_one_batch__loss_falls_by_half_and_finds_the_boxes() -> None:
    torch.manual_seed(0)
    model = CenterNet(SMALL, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2)
    tiles, annotations = annotated_tiles()
    losses = []
    for _ in range(60):
        loss = torch.stack(list(model(tiles, annotations, 2.0).values())).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    found, nothing = model.eval().detect(tiles, min_score=0.3)
    nearest = abs(found.boxes[:, None] - BOXES.numpy()).max(axis=2).min(axis=0)
    assert len(found) == 2
    assert nearest.max() < 2
    assert len(nothing) == 0


def test_detect__evaluation__leaves_no_gradients() -> None:
    model = CenterNet(SMALL, 1).eval()
    model.detect(annotated_tiles()[0], min_score=0.5)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_detect__lower_min_score__finds_no_less() -> None:
    torch.manual_seed(0)
    model = CenterNet(SMALL, 1).eval()
    tiles = torch.rand(1, 3, 64, 64)
    counts = [len(model.detect(tiles, min_score)[0]) for min_score in (0.9, 0.011, 0.0)]
    assert counts == sorted(counts)
    assert counts[-1] > 0
