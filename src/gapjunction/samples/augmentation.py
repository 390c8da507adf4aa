"""Random changes of a tile that leave its objects what they are."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from gapjunction.boxes import BoxArray
from gapjunction.config import StrictConfig
from gapjunction.samples.grey_shown import GreyShown, show_grey

Tile = NDArray[np.float32]  # (3, H, W), normalized


class AugmentationConfig(StrictConfig):
    """How much tiles are changed.

    Attributes:
        max_zoom: objects are shown up to this factor larger or smaller.
        max_gain: intensities are multiplied by up to this factor or divided by it.
        max_offset: added to all intensities, up or down.
        max_blur_px: standard deviation of the blur.
        max_noise: standard deviation of the added noise.
        grey_probability: that mixing the channels shows all as one grey, rather than in another
            order.
        change_probability: of each of gain and offset, blur, noise and channel mix.
    """

    max_zoom: float = 1.3
    max_gain: float = 1.6
    max_offset: float = 0.05
    max_blur_px: float = 0.8
    max_noise: float = 0.04
    grey_probability: float = 0.3
    change_probability: float = 0.4


def draw_zoom(config: AugmentationConfig, rng: Generator) -> float:
    """Return a factor between 1 / max_zoom and max_zoom, enlarging as often as shrinking."""
    limit = np.log(config.max_zoom)
    return float(np.exp(rng.uniform(-limit, limit)))


def flip_and_turn(tile: Tile, boxes: BoxArray, rng: Generator) -> tuple[Tile, BoxArray]:
    """Return a square tile and its boxes in one of the eight orientations, each as likely."""
    side = tile.shape[-1]
    if rng.random() < 0.5:  # noqa: PLR2004 - heads or tails
        tile, boxes = tile[:, :, ::-1], _mirrored(boxes, side)
    for _ in range(int(rng.integers(4))):
        # A quarter turn is a transposition and a mirroring.
        tile, boxes = tile.swapaxes(1, 2)[:, :, ::-1], _mirrored(boxes[:, [1, 0, 3, 2]], side)
    return np.ascontiguousarray(tile), boxes


def change_intensities(
    tile: Tile,
    config: AugmentationConfig,
    rng: Generator,
    grey_shown: GreyShown = "in_all_channels",
) -> Tile:
    """Return the tile with some of: other gain and offset, blur, noise, mixed channels."""
    changes: tuple[Callable[[Tile, AugmentationConfig, Generator], Tile], ...] = (
        partial(_mix_channels, grey_shown=grey_shown),
        _blur,
        _scale,
        _add_noise,
    )
    for change in changes:
        if rng.random() < config.change_probability:
            tile = change(tile, config, rng)
    return tile


def _mirrored(boxes: BoxArray, side: int) -> BoxArray:
    mirrored = boxes.copy()
    mirrored[:, [0, 2]] = side - boxes[:, [2, 0]]
    return mirrored


def _mix_channels(
    tile: Tile, config: AugmentationConfig, rng: Generator, grey_shown: GreyShown
) -> Tile:
    """Permute the channels, as labs choose their colors freely, or show them as one grey."""
    if rng.random() >= config.grey_probability:
        permuted: Tile = tile[rng.permutation(3)]
        return permuted
    return show_grey(tile.max(axis=0, keepdims=True), grey_shown)


def _blur(tile: Tile, config: AugmentationConfig, rng: Generator) -> Tile:
    sigma = rng.uniform(0, config.max_blur_px)
    return np.asarray(ndimage.gaussian_filter(tile, (0, sigma, sigma)), np.float32)


def _scale(tile: Tile, config: AugmentationConfig, rng: Generator) -> Tile:
    limit = np.log(config.max_gain)
    gain = np.float32(np.exp(rng.uniform(-limit, limit)))
    offset = np.float32(rng.uniform(-config.max_offset, config.max_offset))
    return tile * gain + offset


def _add_noise(tile: Tile, config: AugmentationConfig, rng: Generator) -> Tile:
    sigma = np.float32(rng.uniform(0, config.max_noise))
    return tile + sigma * rng.standard_normal(tile.shape, dtype=np.float32)
