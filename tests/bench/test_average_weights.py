"""Tests for `bench.average_weights`."""

from pathlib import Path

import bench.average_weights
import bench.shipped_weights
import pytest
import torch
from bench.average_weights import mean_state

from gapjunction.models.checkpoint import CARD_NAME, load_checkpoint
from gapjunction.models.shipped import SHIPPED_MODEL


def test_mean_state__shares__weigh_numbers_and_keep_counts_of_the_last() -> None:
    first = {"weight": torch.tensor([0.0, 4.0]), "seen": torch.tensor(3)}
    last = {"weight": torch.tensor([1.0, 0.0]), "seen": torch.tensor(9)}
    mean = mean_state([first, last], shares=[1.5, 0.5])
    torch.testing.assert_close(mean["weight"], torch.tensor([0.25, 3.0]))
    assert mean["seen"] == 9


@pytest.mark.long
def test_main__mean_of_the_same_weights__is_they_with_a_card_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.average_weights, "NUM_IMAGES", 2)
    monkeypatch.setattr(bench.average_weights, "POOL", tmp_path)
    monkeypatch.setattr(bench.shipped_weights, "POOL", tmp_path)
    monkeypatch.setattr(bench.shipped_weights, "SIDE_PX", 128)

    bench.average_weights.main([SHIPPED_MODEL] * 2, [0.5, 0.5], tmp_path / "mean")

    mean, shipped = load_checkpoint(tmp_path / "mean"), load_checkpoint(SHIPPED_MODEL)
    for name, weight in shipped.detector.state_dict().items():
        torch.testing.assert_close(mean.detector.state_dict()[name], weight)
    assert "(50%), model" in (tmp_path / "mean" / CARD_NAME).read_text()
