"""What training and prediction ask of a detector, whichever network is inside."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from gapjunction.choices import Precision
from gapjunction.detections import Detections


@dataclass(frozen=True, slots=True, eq=False)
class Annotations:
    """What a tile holds: boxes (N, 4) in tile xyxy pixels, float32; labels (N,), int64."""

    boxes: Tensor
    labels: Tensor


class TileDetector(Protocol):
    """The part of a `Detector` that prediction needs."""

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return what is in each tile with a score of `min_score` or more, in tile pixels."""
        ...


class Detector(nn.Module, ABC):
    """A module that learns from and finds objects in batches of tiles.

    Tiles are (B, 3, H, W) float32, intensity-normalized by `samples.intensity`, all of one
    size, whose sides are multiples of 32.
    """

    @abstractmethod
    def forward(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        """Return the named losses, each summed over the batch and divided by `num_objects`.

        `num_objects` is the mean number of objects in the batches of all processes, so that
        averaged gradients are those of one process with the whole batch.
        """

    @abstractmethod
    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return what is in each tile with a score of `min_score` or more, in tile pixels."""

    def prepared(self, precision: Precision) -> TileDetector | None:
        """Return what finds the same in less time; None if it cannot compute in `precision`."""
        return self if precision == "no" else None

    def exported(self) -> bytes | None:
        """Return the network as an ONNX file; None if that cannot be done."""
        return None
