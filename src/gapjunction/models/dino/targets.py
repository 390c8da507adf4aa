"""The objects of one image, as the losses and the denoising queries use them."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What an image holds.

    Attributes:
        boxes_cxcywh_norm: (n, 4) float32 as center x, center y, width, height, divided by the
            width and height of the image without its padding.
        labels: (n,) int64.
    """

    boxes_cxcywh_norm: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)
