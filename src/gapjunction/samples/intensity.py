"""Bring images of any microscope, depth and exposure to one range of intensities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gapjunction.samples.grey_shown import GreyShown, show_grey

SAMPLED_PIXELS = 4_000_000  # as many pixels are looked at to measure an image
SAMPLED_BLOCKS = 4096
BACKGROUND_PERCENTILE = 25.0
TOP_PERCENTILE = 99.9
# A saturated blob must not hide everything else: the top is at most this many times what the
# brightest pixel of a block reaches, in nearly all blocks.
BLOCK_PX, BLOCK_PERCENTILE, MAX_ABOVE_BLOCKS = 32, 90.0, 4.0
MAX_CHANNEL_GAIN = 4.0  # a dim channel is stretched by up to this factor more than the brightest
# An image in which nothing stands out is not stretched until its noise looks like objects:
NOISE_LEVELS = 12.0  # the range spans at least this many standard deviations of the noise
# and this many grey values of an 8-bit image. Its brightness is what a person decides by: what is
# too dark to be seen on a screen is no plaque, however clean the black around it.
MIN_RANGE_8BIT = 120.0
# Values of 16 bits say nothing by themselves: there the brightest images of an asset or folder
# are the measure, unless an image is so many times dimmer that it was taken otherwise.
MAX_DIMMING = 16.0
# An image that shows its noise has a measure of its own: what stands out of that can be seen. It
# does not where the background is clipped to black, or where noise was smoothed away.
MAX_CLIPPED_SHARE, MAX_NOISE_LEVELS = 0.05, 100.0
FEWEST_FOR_SECOND = 4  # images of which the brightest is not trusted alone
NEARLY_EMPTY_SHARE = 0.25  # of the range; what stays below is noise, or too dark to be seen
COMPRESSION = 5.0  # how strongly bright values are compressed, so that dim plaques show
MAD_TO_SIGMA = 1.4826


# What has a single hue differs between channels, relative to their contrast, by no more than this,
# but for few pixels; compression of colors makes some difference.
MAX_DIFFERENCE, MAX_DIFFERING_SHARE = 0.5, 1e-4
# In a dark image such differences are those of noise and compression. There the color of what is
# bright enough to be seen tells: of that, few pixels are away from the main hue by more than this.
BRIGHT_SHARE = 0.2  # of the range
OTHER_HUE, MAX_OTHER_HUE_SHARE = 0.4, 0.005  # sine of the angle between two colors
DARK_SHARE = 0.05  # channels with less contrast than this share of the brightest show nothing

Image = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class IntensityRange:
    """The grey values of an image that become 0 and 1: by channel, the lower one and the range."""

    backgrounds: tuple[float, ...]
    spans: tuple[float, ...]


def measure_intensity(image: Image, least_span: float = 0.0) -> IntensityRange:
    """Return the intensity range of a whole image (C, H, W).

    `least_span` is what the images that belong to it span, if known (`shared_span`): an image of
    16 bits that hides its noise is not stretched more than these.

    The spans of channels are alike, but for a limited gain of dim ones: their ratio tells
    autofluorescence from a stain, yet a stain beside one that is far brighter should show.
    """
    least = MIN_RANGE_8BIT if image.dtype == np.uint8 else 1.0
    backgrounds, contrasts = zip(*map(_background_and_contrast, image), strict=True)
    spans = [
        max(least, contrast, NOISE_LEVELS * _noise(channel))
        for channel, contrast in zip(image, contrasts, strict=True)
    ]
    if image.dtype != np.uint8:
        spans = [
            span
            if _shows_noise(channel, contrast)
            else max(span, min(least_span, MAX_DIMMING * span))
            for channel, contrast, span in zip(image, contrasts, spans, strict=True)
        ]
    shortest = max(spans) / MAX_CHANNEL_GAIN
    return IntensityRange(backgrounds, tuple(max(span, shortest) for span in spans))


def shared_span(spans: Sequence[float]) -> float:
    """Return what the images of an asset or folder span: the largest but one, of many; 0 of none.

    One that is overexposed does not decide for all.
    """
    falling = sorted(spans, reverse=True)
    return falling[len(falling) >= FEWEST_FOR_SECOND] if falling else 0.0


def is_nearly_empty(image: Image, least_span: float = 0.0) -> bool:
    """Tell whether nothing in an image (C, H, W) is bright enough to be seen."""
    spans = measure_intensity(image, least_span).spans
    shares = [
        _background_and_contrast(channel)[1] / span
        for channel, span in zip(image, spans, strict=True)
    ]
    return max(shares) < NEARLY_EMPTY_SHARE


def without_color(image: Image) -> Image:
    """Return the brightest channel (1, H, W) of an image (C, H, W) that has a single hue.

    Such an image shows one stain, in grey or in a color: its channels are multiples of each
    other. One with several hues is returned as it is.
    """
    if len(image) == 1:
        return image
    step = _step(image[0])
    sampled = image[:, ::step, ::step]
    backgrounds, contrasts = zip(*map(_background_and_contrast, image), strict=True)
    brightest = int(np.argmax(contrasts))
    relative = [
        (channel - np.float32(background)) / np.float32(max(contrast, 1.0))
        for channel, background, contrast in zip(sampled, backgrounds, contrasts, strict=True)
        if contrast >= DARK_SHARE * contrasts[brightest]
    ]
    differing = [np.abs(channel - relative[0]) > MAX_DIFFERENCE for channel in relative[1:]]
    is_single = all(differs.mean() <= MAX_DIFFERING_SHARE for differs in differing)
    if is_single or _has_one_hue(sampled, backgrounds, max(contrasts)):
        return image[brightest : brightest + 1]
    return image


def _has_one_hue(image: Image, backgrounds: Sequence[float], contrast: float) -> bool:
    """Tell whether all that is bright in an image (C, H, W) has one color, or nothing is bright."""
    least = MIN_RANGE_8BIT if image.dtype == np.uint8 else contrast
    # In one run of memory for each channel, and without a root for each pixel: this is done of
    # every image in color.
    rise = image.reshape(len(image), -1).astype(np.float32)
    rise -= np.array(backgrounds, np.float32)[:, None]
    bright = rise[:, np.maximum.reduce(rise) >= BRIGHT_SHARE * least]
    if not bright.size:
        return True
    per_power = 1 / np.einsum("ci,ci->i", bright, bright)
    main_hue = np.linalg.eigh((bright * per_power) @ bright.T).eigenvectors[:, -1]
    other_power = 1 - (main_hue @ bright) ** 2 * per_power  # the squared sine of its angle
    return bool((other_power > OTHER_HUE**2).mean() <= MAX_OTHER_HUE_SHARE)


def normalize(
    image: Image, intensity: IntensityRange, grey_shown: GreyShown = "in_all_channels"
) -> NDArray[np.float32]:
    """Return an image or a part of it as (3, H, W): background 0, the brightest about 1.

    A single channel is grey, and shown as `grey_shown` says.
    """
    background = np.array(intensity.backgrounds, np.float32)[:, None, None]
    span = np.array(intensity.spans, np.float32)[:, None, None]
    normalized = compressed((image.astype(np.float32) - background) / span)
    return show_grey(normalized, grey_shown) if len(image) == 1 else normalized


def compressed(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return light of any shape, in units of the range, so that what is dim shows; 0 and 1 stay."""
    shown: NDArray[np.float32] = np.arcsinh(COMPRESSION * light) / np.arcsinh(COMPRESSION)
    return shown.astype(np.float32)


def expanded(shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the light that `compressed` made this of."""
    light: NDArray[np.float32] = np.sinh(shown * np.arcsinh(COMPRESSION)) / COMPRESSION
    return light.astype(np.float32)


def _background_and_contrast(channel: Image) -> tuple[float, float]:
    """Return the background of a channel (H, W), and how far its bright parts rise above it."""
    step = _step(channel)
    background, top = _percentiles(channel[::step, ::step], BACKGROUND_PERCENTILE, TOP_PERCENTILE)
    usual = float(np.percentile(_block_maxima(channel), BLOCK_PERCENTILE)) - background
    return background, min(top - background, MAX_ABOVE_BLOCKS * usual)


def _step(channel: Image) -> int:
    return max(1, int(np.sqrt(channel.size / SAMPLED_PIXELS)))


def _block_maxima(channel: Image) -> NDArray[np.float32]:
    """Return the brightest pixel of square blocks, evenly spread over a channel (H, W).

    They cover it to its borders; in a large one, there are gaps between them.
    """
    side = min(BLOCK_PX, *channel.shape)
    step = max(1.0, math.sqrt(channel.size / side**2 / SAMPLED_BLOCKS))
    places = [
        np.linspace(0, length - side, math.ceil(length / side / step)).round().astype(np.int64)
        for length in channel.shape
    ]
    blocks = sliding_window_view(channel, (side, side))[np.ix_(*places)]
    maxima: NDArray[np.float32] = blocks.max(axis=(2, 3)).astype(np.float32)
    return maxima


def _shows_noise(channel: Image, contrast: float) -> bool:
    """Tell whether the noise of a channel (H, W) is neither clipped nor smoothed away."""
    step = _step(channel)
    sampled = channel[::step, ::step]
    clipped = float((sampled == sampled.min(initial=np.iinfo(channel.dtype).max)).mean())
    return clipped <= MAX_CLIPPED_SHARE and contrast <= MAX_NOISE_LEVELS * _noise(channel)


def _noise(channel: Image) -> float:
    """Return the noise's standard deviation, from differences of neighbors (objects cancel).

    Of neighbors that are both as dark as can be, nothing tells how far the noise went below.
    """
    rows = channel[:: max(1, channel.size // SAMPLED_PIXELS)].astype(np.int32)
    is_black = rows == rows.min(initial=np.iinfo(np.int32).max)
    differences = np.abs(np.diff(rows, axis=1))[~(is_black[:, 1:] & is_black[:, :-1])]
    if differences.size == 0:
        return 0.0
    (median,) = _percentiles(differences, 50)
    return MAD_TO_SIGMA * median / float(np.sqrt(2))


def _percentiles(values: NDArray[np.integer], *percents: float) -> list[float]:
    """Return what `np.percentile` does, of whole numbers from 0 up, in a fraction of its time."""
    num_up_to = np.cumsum(np.bincount(values.ravel()))
    places = np.array(percents) / 100 * (num_up_to[-1] - 1)
    below, above = np.floor(places), np.ceil(places)
    low, high = (np.searchsorted(num_up_to, place, side="right") for place in (below, above))
    exact: list[float] = (low + (high - low) * (places - below)).tolist()
    return exact
