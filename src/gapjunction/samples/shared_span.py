"""What the 16-bit images of an asset span at least, and which of many are looked at for it."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

from gapjunction.samples.intensity import measure_intensity, shared_span
from gapjunction.samples.torch_dataset import TrainingImage

MOST_LOOKED_AT = 8  # images of a group

Item = TypeVar("Item")


def least_spans(images: Iterable[TrainingImage]) -> list[float]:
    """Return what each training image spans at least, in order; all are read for it.

    Raises:
        ImageError: if an image cannot be read.
    """
    by_asset: dict[str, list[float]] = {}
    assets = []
    for image in images:
        pixels = image.read()
        assets.append(image.asset)
        own = by_asset.setdefault(image.asset, [])
        if pixels.dtype != np.uint8:
            own.append(max(measure_intensity(pixels).spans))
    spans = {
        asset: shared_span(evenly_spread(own, MOST_LOOKED_AT))
        for asset, own in by_asset.items()
        if len(own) > 1
    }
    return [spans.get(asset, 0.0) for asset in assets]


def evenly_spread(items: Sequence[Item], most: int) -> Sequence[Item]:
    """Return so many of the items at most, or all if they are fewer."""
    return items[:: max(-(-len(items) // most), 1)]
