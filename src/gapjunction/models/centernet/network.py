"""The U-shaped network of the compact detector: tile in, heat map and box sides out."""

from torch import Tensor, nn
from torch.nn import functional

OUTPUT_STRIDE = 2  # px of the tile per cell of the output maps
BASE_SIDE_PX = 4.0  # the distance from center to side that a raw output of 0 stands for
RAW_SIDE_LIMIT = 5.0  # keeps exp() finite: distances of 0.03 to 590 px
RARE_OBJECT_BIAS = -4.6  # initial heat 0.01: nearly all cells hold no center (Lin et al. 2017)
CONTEXT_LEVEL = 2  # stride 8: cells about as large as a plaque
CONTEXT_WIDTH = 64


class CenterNetwork(nn.Module):
    """Maps of object centers and box sides at half resolution.

    Args:
        num_classes: number of heat maps.
        widths: channels at strides 2, 4, 8 and so on.
    """

    def __init__(self, num_classes: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        finest, *coarser = widths
        # Four pixels become one cell with 12 channels: nothing is lost, and cells are cheap.
        self.stem = nn.Sequential(nn.PixelUnshuffle(OUTPUT_STRIDE), _conv(12, finest))
        self.encoder = nn.ModuleList([_Residual(finest)])
        self.decoder = nn.ModuleList()
        for fine, coarse in zip(widths, coarser, strict=False):
            self.encoder.append(nn.Sequential(_conv(fine, coarse, stride=2), _Residual(coarse)))
            self.decoder.append(_Merge(fine, coarse))
        self.heat = _head(finest, num_classes, initial_bias=RARE_OBJECT_BIAS)
        self.sides = _head(finest, 4, initial_bias=0.0)
        self.context_level = min(CONTEXT_LEVEL, len(coarser))
        self.context = _Context(widths[self.context_level])

    def forward(self, tiles: Tensor) -> tuple[Tensor, Tensor]:
        """Return heat logits (B, num_classes, H/2, W/2) and box sides (B, 4, H/2, W/2).

        Sides are the distances in px from the center of a cell to the left, top, right and
        bottom side of the box. `tiles` is (B, 3, H, W), H and W multiples of 32.
        """
        levels = []
        features = self.stem(tiles)
        for level, stage in enumerate(self.encoder):
            features = stage(features)
            if level == self.context_level:
                features = features + self.context(features)
            levels.append(features)
        for merge, finer in zip(reversed(self.decoder), reversed(levels[:-1]), strict=True):
            features = merge(finer, features)
        raw_sides = self.sides(features).clamp(-RAW_SIDE_LIMIT, RAW_SIDE_LIMIT)
        return self.heat(features), BASE_SIDE_PX * raw_sides.exp()


class _Residual(nn.Module):
    """Two convolutions and a short cut (He et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, features: Tensor) -> Tensor:
        return functional.relu(features + self.second(self.first(features)), inplace=True)


class _Context(nn.Module):
    """What the whole tile looks like, such as the color that plaques have in it.

    Each number is a mean over the cells that matter to it; how much one matters, it says itself.
    Means of tiles of any size are alike. At first the context is 0, whatever the tile.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Sequential(nn.Conv2d(width, CONTEXT_WIDTH, 1), nn.Sigmoid())
        self.value = nn.Conv2d(width, CONTEXT_WIDTH, 1)
        last = nn.Conv2d(CONTEXT_WIDTH, width, 1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # type: ignore[arg-type]  # it has a bias
        self.mix = nn.Sequential(
            nn.Conv2d(CONTEXT_WIDTH, CONTEXT_WIDTH, 1), nn.ReLU(inplace=True), last
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, width, 1, 1) of `features` (B, width, H, W)."""
        weight = self.weight(features)
        weighted = weight * self.value(features)
        whole = (2, 3)
        mixed: Tensor = self.mix(
            weighted.mean(whole, keepdim=True) / weight.mean(whole, keepdim=True)
        )
        return mixed


class _Merge(nn.Module):
    """Brings a coarse level to the resolution of the finer one and adds the two."""

    def __init__(self, fine: int, coarse: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(coarse, fine, 1)
        self.mix = _conv(fine, fine)

    def forward(self, finer: Tensor, coarser: Tensor) -> Tensor:
        enlarged = functional.interpolate(self.narrow(coarser), scale_factor=2.0, mode="nearest")
        mixed: Tensor = self.mix(finer + enlarged)
        return mixed


def _conv(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )


def _head(channels_in: int, channels_out: int, initial_bias: float) -> nn.Sequential:
    last = nn.Conv2d(channels_in, channels_out, 1)
    nn.init.constant_(last.bias, initial_bias)  # type: ignore[arg-type]  # it has a bias
    return nn.Sequential(_conv(channels_in, channels_in), last)
