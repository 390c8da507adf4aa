"""What happens to a picture after the exposure: resampling, blur, contrast, gamma, compression.

A treatment that would wipe out a marked plaque is not done: marks say what a person sees in the
picture as it is.
"""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from gapjunction.boxes import BoxArray, clip_boxes
from gapjunction.simulation.camera import MAX_GREY
from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.random.draws import happens, log_uniform

Pixels = NDArray[np.uint8]  # (H, W, 3)

RESAMPLING = (
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BOX,
)
GAMMA = (0.6, 1.6)
MAX_BLUR = 0.15  # of the width of a plaque
QUALITY = (40, 95)
SATURATED_PERCENT = (0.005, 0.3)  # 0.35 in ImageJ
MAX_STRETCH = 3.0  # what has hardly any contrast is not stretched until its noise looks like spots
# Marked plaques keep at least this share of their contrast, or at least enough grey values.
CONTRAST_KEPT = 0.5
ENOUGH_GREY = 18.0
DIM_PROBABILITY, DIMMEST = 0.15, 0.12
DIM_CONTRAST = 20.0  # grey values that the faintest plaque keeps
NUM_FAINTEST = 24  # plaques that are looked at again after a treatment
SURROUNDINGS_PX = 5


def resample(
    image: SimulatedImage, size_px: int, min_side_px: float, rng: np.random.Generator
) -> SimulatedImage:
    """Return a square image at another size; a box whose side falls short grows to `min_side_px`.

    That is how the ground truth treats a plaque that is small from the start.
    """
    method = RESAMPLING[int(rng.integers(len(RESAMPLING)))]
    scale = size_px / len(image.pixels)
    pixels = np.asarray(Image.fromarray(image.pixels).resize((size_px, size_px), method))
    boxes = image.boxes * np.float32(scale)
    sides = boxes[:, 2:] - boxes[:, :2]
    grow = np.maximum(min_side_px - sides, 0) / 2
    boxes = boxes + np.hstack([-grow, grow])
    # A box that grew across the border moves back inside.
    inward = np.maximum(-boxes[:, :2], 0) - np.maximum(boxes[:, 2:] - size_px, 0)
    boxes = clip_boxes((boxes + np.tile(inward, 2)).astype(np.float32), size_px, size_px)
    return SimulatedImage(pixels, boxes, image.snr)


def treat(
    image: SimulatedImage,
    max_blur_px: float,
    rng: np.random.Generator,
    *,
    keeps_range: bool = False,
) -> SimulatedImage:
    """Return an image after none, some or all of the treatments that leave boxes where they are.

    With `keeps_range`, none that would change what is too dark to be seen.
    """
    pixels = image.pixels
    faintest = image.boxes[np.argsort(image.snr, kind="stable")[:NUM_FAINTEST]]
    stretch_probability, gamma_probability = (0.0, 0.0) if keeps_range else (0.3, 0.3)
    treatments: tuple[tuple[Callable[[Pixels], Pixels], float], ...] = (
        (lambda old: _blur_or_sharpen(old, max_blur_px, rng), 0.25),
        (lambda old: _stretch(old, rng), stretch_probability),
        (lambda old: _change_gamma(old, rng), gamma_probability),
        (lambda old: _compress(old, rng), 0.5),
    )
    for apply, probability in treatments:
        if happens(probability, rng):
            treated = apply(pixels)
            pixels = treated if _still_show(faintest, pixels, treated) else pixels
    if not keeps_range and happens(DIM_PROBABILITY, rng):
        pixels = _dim(pixels, faintest, rng)
    return SimulatedImage(pixels, image.boxes, image.snr)


def _blur_or_sharpen(pixels: Pixels, max_blur_px: float, rng: np.random.Generator) -> Pixels:
    sigma = rng.uniform(0.3, max(max_blur_px, 0.3))
    image = pixels.astype(np.float32)
    blurred = gaussian_filter(image, (sigma, sigma, 0))
    if happens(0.5, rng):
        return _rounded(blurred)
    return _rounded(image + rng.uniform(0.3, 1.2) * (image - blurred))


def _stretch(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Widen the contrast as ImageJ does: a small share of pixels becomes black, and white."""
    saturated = log_uniform(*SATURATED_PERCENT, rng)
    black = float(np.percentile(pixels.max(axis=2), log_uniform(0.1, 20, rng)))
    white = float(np.percentile(pixels.max(axis=2), 100 - saturated))
    gain = min(MAX_GREY / max(white - black, 1), MAX_STRETCH)
    return _look_up(pixels, (np.arange(MAX_GREY + 1) - black) * gain)


def _change_gamma(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    relative = np.arange(MAX_GREY + 1) / MAX_GREY
    return _look_up(pixels, MAX_GREY * relative ** log_uniform(*GAMMA, rng))


def _dim(pixels: Pixels, boxes: BoxArray, rng: np.random.Generator) -> Pixels:
    """Darken an image as if less of the camera's range were used; all boxes still show."""
    faintest = min((_contrast(pixels, box) for box in boxes), default=float(MAX_GREY))
    least = min(max(DIM_CONTRAST / max(faintest, 1.0), DIMMEST), 1.0)
    return _look_up(pixels, np.arange(MAX_GREY + 1) * log_uniform(least, 1.0, rng))


def _compress(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    quality = int(rng.integers(*QUALITY, endpoint=True))
    buffer = BytesIO()
    if happens(0.5, rng):
        subsampling = int(rng.choice([0, 2]))  # colors at full or at half resolution
        Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    else:
        # Method 0 is the fastest.
        Image.fromarray(pixels).save(buffer, "WEBP", quality=quality, method=0)
    with Image.open(buffer) as image:
        compressed: Pixels = np.asarray(image.convert("RGB"))
    return compressed


def _look_up(pixels: Pixels, greys: NDArray[np.floating]) -> Pixels:
    looked_up: Pixels = _rounded(greys)[pixels]
    return looked_up


def _rounded(greys: NDArray[np.floating]) -> Pixels:
    rounded: Pixels = np.clip(np.rint(greys), 0, MAX_GREY).astype(np.uint8)
    return rounded


def _still_show(boxes: BoxArray, before: Pixels, after: Pixels) -> bool:
    needed = [min(CONTRAST_KEPT * _contrast(before, box), ENOUGH_GREY) for box in boxes]
    return all(_contrast(after, box) >= least for box, least in zip(boxes, needed, strict=True))


def _contrast(pixels: Pixels, box: NDArray[np.float32]) -> float:
    """Return by how much a box's brightest pixel exceeds its surroundings, in its best color."""
    x0, y0 = np.floor(box[:2]).astype(int)
    x1, y1 = np.ceil(box[2:]).astype(int)
    inside = pixels[y0:y1, x0:x1].reshape(-1, 3)
    top, left = max(y0 - SURROUNDINGS_PX, 0), max(x0 - SURROUNDINGS_PX, 0)
    around = pixels[top : y1 + SURROUNDINGS_PX, left : x1 + SURROUNDINGS_PX].reshape(-1, 3)
    middle = np.sort(around, axis=0)[len(around) // 2]
    return float((inside.max(axis=0).astype(float) - middle).max())
