"""Tests for `gapjunction.simulation.random.treatments`."""

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.simulation.generator import SimulatedImage
from gapjunction.simulation.random.treatments import resample, treat

SIZE = 100


def picture(peak: float = 200, sigma: float = 2.5, base: float = 20) -> SimulatedImage:
    """Return a green spot in the middle of a noisy image, in its box."""
    grid = np.arange(SIZE) + 0.5 - SIZE / 2
    spot = peak * np.exp(-(grid[:, None] ** 2 + grid**2) / (2 * sigma**2))
    noise = np.random.default_rng(0).normal(0, 2, (SIZE, SIZE, 3))
    pixels = np.clip(base + spot[..., None] * [0, 1, 0] + noise, 0, 255).astype(np.uint8)
    # 0.3 of the peak is reached at sigma * sqrt(2 ln(1 / 0.3)).
    reach = 1.55 * sigma
    boxes = as_boxes([[50 - reach, 50 - reach, 50 + reach, 50 + reach]])
    return SimulatedImage(pixels, boxes, np.array([30.0]))


def contrast(image: SimulatedImage) -> float:
    green = image.pixels[..., 1].astype(float)
    return float(green[45:55, 45:55].max() - np.median(green))


@pytest.mark.parametrize("size_px", [70, 100, 140])
def test_resample__box_stays_around_its_spot(size_px: int) -> None:
    small = resample(picture(sigma=4), size_px, 3.0, np.random.default_rng(0))
    green = small.pixels[..., 1].astype(float)
    rows, columns = np.nonzero(green > 20 + 0.35 * 200)
    assert small.pixels.shape == (size_px, size_px, 3)
    assert small.boxes[0] == pytest.approx(
        [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], abs=1.2
    )


def test_resample__box_that_becomes_too_small__grows_about_its_middle() -> None:
    image = picture()
    tiny = SimulatedImage(image.pixels, as_boxes([[40, 60, 43, 70]]), image.snr)
    (box,) = resample(tiny, 50, 3.0, np.random.default_rng(0)).boxes
    # 20..21.5 by 30..35 after shrinking.
    assert box == pytest.approx([19.25, 30, 22.25, 35])


@pytest.mark.parametrize("corner", [0.0, 97.0])
def test_resample__box_at_the_border__stays_inside_and_whole(corner: float) -> None:
    image = picture()
    edge = SimulatedImage(
        image.pixels, as_boxes([[corner, corner, corner + 3, corner + 3]]), image.snr
    )
    (box,) = resample(edge, 50, 3.0, np.random.default_rng(0)).boxes
    assert box.min() >= 0
    assert box.max() <= 50
    assert (box[2:] - box[:2]).tolist() == [3, 3]


def test_treat__keeps_shape_and_boxes_and_mostly_changes_pixels() -> None:
    image = picture()
    treated = [treat(image, 0.8, np.random.default_rng(seed)) for seed in range(30)]
    changed = [(after.pixels != image.pixels).any() for after in treated]
    assert all(after.pixels.shape == image.pixels.shape for after in treated)
    assert all(after.pixels.dtype == np.uint8 for after in treated)
    assert all(after.boxes is image.boxes for after in treated)
    assert 0.5 < np.mean(changed) < 1


def test_treat__a_faint_plaque__is_never_wiped_out() -> None:
    image = picture(peak=26)
    for seed in range(60):
        # Each of up to four treatments may cost half; what is left is more than the noise of 2.
        assert contrast(treat(image, 0.8, np.random.default_rng(seed))) > 6


def test_treat__without_marks__is_free_to_do_anything() -> None:
    image = picture(peak=26)
    unmarked = SimulatedImage(image.pixels, as_boxes([]), np.zeros(0))
    weakest = min(contrast(treat(unmarked, 0.8, np.random.default_rng(seed))) for seed in range(60))
    kept = min(contrast(treat(image, 0.8, np.random.default_rng(seed))) for seed in range(60))
    assert weakest < kept


def test_treat__same_seed__same_pixels() -> None:
    first, second = (treat(picture(), 0.8, np.random.default_rng(7)) for _ in range(2))
    assert (first.pixels == second.pixels).all()


def test_treat__dimmed__all_grey_values_fall_but_the_spot_still_shows() -> None:
    darkest = min(
        (treat(picture(), 0.0, np.random.default_rng(seed)) for seed in range(60)),
        key=lambda image: float(image.pixels.mean()),
    )
    assert darkest.pixels.max() < 100
    assert contrast(darkest) >= 8


def test_treat__range_to_be_kept__nothing_grows_brighter_or_darker_as_a_whole() -> None:
    image = picture()
    for seed in range(20):
        treated = treat(image, 0.3, np.random.default_rng(seed), keeps_range=True)
        assert np.median(treated.pixels) == pytest.approx(np.median(image.pixels), abs=3)
