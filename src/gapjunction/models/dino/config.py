"""DINO as one of the networks that a detector can have."""

from typing import Literal

from gapjunction.models.detector import Detector
from gapjunction.models.dino.sizes import DinoSizes
from gapjunction.samples.grey_shown import GreyShown


class DinoConfig(DinoSizes):
    """The network, how it learns, and what is asked of any network (see `models.networks`)."""

    architecture: Literal["dino"] = "dino"

    @property
    def title(self) -> str:
        """Return what the network is called; weights fit no network of another title."""
        return f"DINO with a {self.backbone.kind} backbone"

    @property
    def free_settings(self) -> tuple[str, ...]:
        """Return what the network is told beside its weights: it keeps that with other weights."""
        return ("num_select", "recomputes_activations", "denoising")

    @property
    def grey_shown(self) -> GreyShown:
        """Return that grey is in all channels, as in the photographs it learnt from."""
        return "in_all_channels"

    @property
    def max_detections(self) -> int:
        """Return how many objects can be found at most in a tile."""
        return min(self.num_queries, self.num_select)

    def build(self, num_classes: int) -> Detector:
        """Return a detector with random weights, drawn from torch's global generator."""
        # transformers takes seconds to import, which other networks need not.
        from gapjunction.models.dino.model import Dino  # noqa: PLC0415

        return Dino(self, num_classes)
