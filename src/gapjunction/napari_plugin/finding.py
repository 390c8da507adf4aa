"""What a model finds in the images of a layer: boxes, plaques and their numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gapjunction.count_intervals import CountEstimate
from gapjunction.detections import Detections
from gapjunction.errors import ImageError
from gapjunction.napari_plugin.box_layers import box_layer
from gapjunction.napari_plugin.layer_data import LayerData, LayerOrigin
from gapjunction.napari_plugin.plaque_layers import plaque_layers, plaques_of_boxes
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.found import Found
from gapjunction.prediction.model import Model
from gapjunction.prediction.seen_plaques import SeenPlaques
from gapjunction.text import counted

LOWEST_SCORE = 0.05  # boxes with less are not kept: no threshold is that low
GREY_NDIM, COLOR_NDIM = 2, 3


@dataclass(frozen=True, slots=True, eq=False)
class FoundInLayer:
    """What was found in the images of a layer, one behind the other.

    Attributes:
        found: of each image.
        origin: of the layer, with the classes of the model.
        name: of the layer.
    """

    found: Sequence[Found]
    origin: LayerOrigin
    name: str

    @property
    def threshold(self) -> float:
        """The probability from which on objects are counted."""
        return self.found[0].rule.threshold

    def layers(self) -> list[LayerData]:
        """Return plaques of a stack and, last, boxes, of which those that count are shown."""
        slices = [each.seen.scored_at_least(LOWEST_SCORE) for each in self.found]
        plaques = self._tabled_plaques()
        owners = plaques_of_boxes(slices, plaques, self.origin) if plaques else None
        name = f"{self.name} found"
        return [
            *plaque_layers(plaques, self.origin, name),
            box_layer(slices, self.origin, name, owners, self.threshold),
        ]

    def sentence(self, threshold: float) -> str:
        """Return the count from a probability on, with the interval of the true one.

        At the model's own threshold, plaques of a stack count by the one that was fitted to them.
        """
        own = self.found[0].rule
        rule = own if threshold == own.threshold else CountingRule.of(own.config, threshold, None)
        if self.origin.numbers:
            estimates = self._plaques(rule).estimates(self._slices(), rule)
            noun, where = "plaque", f" in {counted(len(self.found), 'slice')}"
        else:
            by_image = [rule.estimates(each.seen, each.num_spots) for each in self.found]
            estimates = {
                name: CountEstimate.sum_of([own[name] for own in by_image], correlation=1.0)
                for name in rule.config.class_names
            }
            several = len(self.found) > 1
            noun, where = "object", f" in {counted(len(self.found), 'image')}" if several else ""
        return "; ".join(
            f"{name}: {counted(each.count, noun)}{where} ({low:,} to {high:,})"
            for name, each in estimates.items()
            for low, high in [each.interval]
        )

    def _slices(self) -> Mapping[int, tuple[Detections, int]]:
        pairs = zip(self.origin.numbers, self.found, strict=True)
        return {number: (each.seen, each.num_spots) for number, each in pairs}

    def _plaques(self, rule: CountingRule) -> SeenPlaques:
        return SeenPlaques.of({number: seen for number, (seen, _) in self._slices().items()}, rule)

    def _tabled_plaques(self) -> list[TabledPlaque]:
        """Return the plaques that count, numbered from 0; none where images are no slices."""
        if not self.origin.numbers:
            return []
        rule = self.found[0].rule
        plaques = self._plaques(rule).counted(rule)
        pairs = zip(plaques.plaques, plaques.probabilities.tolist(), strict=True)
        names = rule.config.class_names
        return [
            TabledPlaque(number, names[each.label], each.numbers, each.boxes, (), (score,))
            for number, (each, score) in enumerate(pairs)
        ]


def images_of(pixels: Any, *, is_color: bool) -> Any:
    """Return what gives the images of a layer by index: (H, W), or (H, W, 3) in color.

    Raises:
        ImageError: if the layer has more axes than one before these.
    """
    ndim = pixels.ndim - (COLOR_NDIM if is_color else GREY_NDIM)
    if ndim == 0:
        return [pixels]
    if ndim == 1:
        return pixels
    raise ImageError(
        "layer",
        expected="one image, or images one behind the other",
        found=f"{ndim} axes before those of an image",
        fix="take one of them: layer.data[0]",
    )


def find_each(
    model: Model, images: Any, channel: str | None, origin: LayerOrigin
) -> Iterator[Found]:
    """Yield what a model finds in image after image.

    Raises:
        ImageError: if an image is of another kind than those that can be looked at.
    """
    for place in range(len(images)):
        pixels = np.asarray(images[place])
        yield model.find(pixels, channel=channel, um_per_px=origin.um_per_px)
