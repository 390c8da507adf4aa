"""Linear layers in a row: feed-forward networks and prediction heads."""

import math
from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

INITIAL_SCORE = 0.01  # nearly all queries find nothing (Lin et al. 2017)


class Mlp(nn.Module):
    """Linear layers with a ReLU after each but the last.

    Args:
        widths: of the input, of each layer's output.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in pairwise(widths))

    def forward(self, features: Tensor) -> Tensor:
        """Return (..., last width)."""
        *hidden, last = self.layers
        for layer in hidden:
            features = functional.relu(layer(features))
        output: Tensor = last(features)
        return output


def transformer_mlp(widths: Sequence[int]) -> Mlp:
    """Return an `Mlp` with the initial weights of a transformer's inner parts (Xavier)."""
    mlp = Mlp(widths)
    for layer in mlp.layers:
        nn.init.xavier_uniform_(layer.weight)  # type: ignore[arg-type]  # of a Linear
    return mlp


def class_head(hidden_dim: int, num_classes: int) -> nn.Linear:
    """Return the layer from query to class logits; all scores start near `INITIAL_SCORE`."""
    head = nn.Linear(hidden_dim, num_classes)
    nn.init.constant_(head.bias, math.log(INITIAL_SCORE / (1 - INITIAL_SCORE)))
    return head


def box_head(hidden_dim: int) -> Mlp:
    """Return the network from query to a change of its box's logits, at first none."""
    head = Mlp((hidden_dim, hidden_dim, hidden_dim, 4))
    for parameter in head.layers[-1].parameters():
        nn.init.zeros_(parameter)
    return head
