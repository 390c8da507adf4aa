"""Bring the backbone's feature maps to one width, and add a coarser one."""

from collections.abc import Sequence

from torch import Tensor, nn

NUM_GROUPS = 32  # of channels that are normalized together


class Neck(nn.Module):
    """A convolution and a group norm for each level.

    Args:
        channels: of the backbone's maps, finest first.
        hidden_dim: channels of all maps that come out.
    """

    def __init__(self, channels: Sequence[int], hidden_dim: int) -> None:
        super().__init__()
        convolutions = [nn.Conv2d(width, hidden_dim, 1) for width in channels]
        convolutions.append(nn.Conv2d(channels[-1], hidden_dim, 3, stride=2, padding=1))
        self.projections = nn.ModuleList(
            nn.Sequential(convolution, nn.GroupNorm(NUM_GROUPS, hidden_dim))
            for convolution in convolutions
        )
        for convolution in convolutions:
            nn.init.xavier_uniform_(convolution.weight)
            nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]  # it has a bias

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return one map (B, hidden_dim, h, w) more than went in, the last at half the size."""
        sources = [*maps, maps[-1]]
        return [project(each) for project, each in zip(self.projections, sources, strict=True)]
