"""Tests for `bench.average_weights`."""

import torch
from bench.average_weights import mean_state


def test_mean_state__shares__weigh_numbers_and_keep_counts_of_the_last() -> None:
    first = {"weight": torch.tensor([0.0, 4.0]), "seen": torch.tensor(3)}
    last = {"weight": torch.tensor([1.0, 0.0]), "seen": torch.tensor(9)}
    mean = mean_state([first, last], shares=[1.5, 0.5])
    torch.testing.assert_close(mean["weight"], torch.tensor([0.25, 3.0]))
    assert mean["seen"] == 9
