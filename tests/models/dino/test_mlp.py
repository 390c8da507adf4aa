"""Tests for `gapjunction.models.dino.mlp`."""

import torch

from gapjunction.models.dino.mlp import Mlp, box_head, class_head


@torch.no_grad()
def test_mlp__three_layers__have_a_relu_after_each_but_the_last() -> None:
    mlp = Mlp((1, 1, 1, 1))
    for layer in mlp.layers:
        layer.weight.fill_(-1.0)  # type: ignore[operator]
        layer.bias.fill_(0.5)  # type: ignore[operator]
    found = mlp(torch.tensor([[0.0], [1.0]]))
    # 0 -> 0.5 -> 0 -> 0.5, and 1 -> -0.5, cut to 0 -> 0.5 -> 0
    assert found.tolist() == [[0.5], [0.0]]


def test_class_head__untrained__gives_all_classes_a_low_score() -> None:
    head = class_head(8, 5)
    scores = head(torch.zeros(1, 8)).sigmoid()
    torch.testing.assert_close(scores, torch.full((1, 5), 0.01))


def test_box_head__untrained__changes_nothing() -> None:
    assert box_head(8)(torch.randn(3, 8)).tolist() == [[0.0] * 4] * 3
