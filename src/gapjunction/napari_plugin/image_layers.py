"""Pixels as image layers, with the contrast in which dim puncta are seen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gapjunction.napari_plugin.layer_data import LayerData, LayerOrigin

WHITE_PERCENTILE = 99.9
COLOR_NDIM = 3  # of one picture


def image_layer(pixels: Any, sample: NDArray[Any], origin: LayerOrigin, name: str) -> LayerData:
    """Return a layer of images (H, W), (H, W, 3) or, behind each other, with a first axis more.

    Args:
        pixels: an array, or what can be indexed as one.
        sample: one of the images, which the contrast of grey ones is taken from.
        origin: of the images.
        name: of the layer.
    """
    shown = origin.shown_as(name)
    shown["rgb"] = sample.ndim == COLOR_NDIM
    if not shown["rgb"]:
        low, high = float(sample.min()), float(np.percentile(sample, WHITE_PERCENTILE))
        shown["contrast_limits"] = (low, max(high, low + 1.0))
    return pixels, shown, "image"
