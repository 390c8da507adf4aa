"""Tests for `gapjunction.models.transfer`."""

import pytest
import torch
from torch import nn

from gapjunction.models.transfer import transfer_weights


def network(num_classes: int) -> nn.Module:
    return nn.ModuleDict({"body": nn.Linear(4, 4), "head": nn.Linear(4, num_classes)})


def test_transfer_weights__same_classes__takes_all() -> None:
    ours, theirs = network(3), network(3)
    assert transfer_weights(theirs.state_dict(), ours) == []
    assert all(
        torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
    )


def test_transfer_weights__other_classes__leaves_their_weights_out() -> None:
    ours, theirs = network(2), network(3)
    before = {name: tensor.clone() for name, tensor in ours.state_dict().items()}
    assert transfer_weights(theirs.state_dict(), ours) == ["head.bias", "head.weight"]
    after = ours.state_dict()
    assert torch.equal(after["body.weight"], theirs.state_dict()["body.weight"])
    assert torch.equal(after["head.weight"], before["head.weight"])


def test_transfer_weights__unknown_weight__is_named() -> None:
    weights = network(2).state_dict() | {"tail.bias": torch.zeros(1)}
    with pytest.raises(ValueError, match=r"tail\.bias is unknown"):
        transfer_weights(weights, network(2))


def test_transfer_weights__missing_weight__is_named() -> None:
    weights = network(2).state_dict()
    del weights["body.bias"]
    with pytest.raises(ValueError, match=r"body\.bias is missing"):
        transfer_weights(weights, network(2))
