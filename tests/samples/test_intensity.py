"""Tests for `gapjunction.samples.intensity`."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gapjunction.samples import intensity
from gapjunction.samples.intensity import (
    IntensityRange,
    is_nearly_empty,
    measure_intensity,
    normalize,
    shared_span,
    without_color,
)

HEIGHT, WIDTH = 120, 160
PLAQUE = (slice(40, 48), slice(60, 68))
BACKGROUND = (slice(90, 110), slice(10, 150))


def scene(signal: float = 60.0, noise: float = 2.0, seed: int = 0) -> NDArray[np.float64]:
    """Return grey values (1, H, W) around 20 with one plaque `signal` above them."""
    image = np.random.default_rng(seed).normal(20, noise, (1, HEIGHT, WIDTH))
    image[0, *PLAQUE] += signal
    return image


def as_uint8(image: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def as_uint16(image: NDArray[np.float64]) -> NDArray[np.uint16]:
    return np.clip(np.rint(image), 0, 65535).astype(np.uint16)


def normalized(image: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.float32]:
    return normalize(image, measure_intensity(image))


@pytest.mark.parametrize("offset", [1, 500, 20_000])
def test_normalize__constant_added__changes_nothing(offset: int) -> None:
    image = as_uint16(scene(6000, 200) + 1000)
    moved = (image + offset).astype(np.uint16)
    np.testing.assert_allclose(normalized(moved), normalized(image), atol=1e-5)


@pytest.mark.parametrize("factor", [2, 7])
def test_normalize__intensities_multiplied__changes_nothing(factor: int) -> None:
    image = as_uint16(scene(6000, 200) + 1000)
    np.testing.assert_allclose(
        normalized((image * factor).astype(np.uint16)), normalized(image), atol=1e-4
    )


def test_normalize__8_and_16_bits_of_one_scene__agree() -> None:
    grey = scene(signal=120, noise=4)
    eight, sixteen = normalized(as_uint8(grey)), normalized(as_uint16(grey * 256))
    np.testing.assert_allclose(eight, sixteen, atol=0.03)


def test_normalize__plaque_and_background__are_near_one_and_near_zero() -> None:
    shown = normalized(as_uint8(scene(signal=150)))[0]
    assert shown[PLAQUE].mean() == pytest.approx(1, abs=0.1)
    assert shown[BACKGROUND].mean() == pytest.approx(0, abs=0.15)


def test_normalize__grey__fills_three_equal_channels() -> None:
    shown = normalized(as_uint8(scene()))
    assert shown.shape == (3, HEIGHT, WIDTH)
    assert shown.dtype == np.float32
    assert np.array_equal(shown[0], shown[1])
    assert np.array_equal(shown[0], shown[2])


def test_normalize__dim_color__is_stretched_but_stays_dimmer() -> None:
    image = np.full((3, 64, 64), 10, np.uint8)
    image[0, 10:20, 10:20], image[1, 10:20, 10:20] = 210, 20
    shown = normalized(image)[:, 15, 15]
    assert shown[0] == pytest.approx(1)
    assert 0 < shown[1] < shown[0]
    assert shown[2] == 0


def test_normalize__part_of_an_image__equals_the_part_of_the_whole() -> None:
    image = as_uint8(scene())
    measured = measure_intensity(image)
    part = normalize(image[:, 30:60, 50:80], measured)
    assert np.array_equal(part, normalize(image, measured)[:, 30:60, 50:80])


def test_normalize__background_and_span__become_zero_and_one() -> None:
    image = np.array([[[30, 130]]], np.uint8)
    assert normalize(image, IntensityRange((30.0,), (100.0,)))[0, 0].tolist() == pytest.approx(
        [0, 1]
    )


@pytest.mark.parametrize("value", [0, 7, 255])
def test_normalize__constant_image__is_zero(value: int) -> None:
    assert not normalized(np.full((3, 32, 32), value, np.uint8)).any()


@pytest.mark.parametrize("level", [2.0, 10.0, 25.0])
def test_normalize__noise_alone__is_not_stretched_to_the_full_range(level: float) -> None:
    noise = np.random.default_rng(1).normal(100, level, (3, 200, 200))
    assert np.abs(normalized(as_uint8(noise))).max() < 0.8
    assert normalized(as_uint8(noise)).std() < 0.25


@pytest.mark.parametrize("brightest", [8, 20, 60])
def test_normalize__dim_8_bit_image__stays_as_dim_as_it_is(brightest: int) -> None:
    image = np.zeros((1, 128, 128), np.uint8)
    image[0, 20:28:2, 30:38] = brightest
    shown = normalized(image).max()
    assert np.sinh(shown * np.arcsinh(5)) / 5 == pytest.approx(brightest / 120)


@pytest.mark.parametrize(
    ("spans", "shared"),
    [([], 0), ([50], 50), ([50, 900], 900), ([50, 60, 70, 9000], 70), ([5, 5, 80, 90, 900], 90)],
)
def test_shared_span__is_the_largest_or_of_many_the_next(spans: list[float], shared: float) -> None:
    assert shared_span(spans) == shared


def test_measure_intensity__16_bits_among_brighter_images__span_what_these_do() -> None:
    image = as_uint16(scene(600, 2))
    (alone,) = measure_intensity(image).spans
    assert measure_intensity(image, 2 * alone).spans == (2 * alone,)
    assert measure_intensity(image, alone / 2).spans == (alone,)
    assert measure_intensity(image, 1000 * alone).spans == (intensity.MAX_DIMMING * alone,)


def test_measure_intensity__8_bits__are_a_measure_of_their_own() -> None:
    image = as_uint8(scene(150))
    assert measure_intensity(image, 1000.0) == measure_intensity(image)


@pytest.mark.parametrize(("signal", "is_empty"), [(0.0, True), (20.0, True), (60.0, False)])
def test_is_nearly_empty__8_bits__by_what_can_be_seen(signal: float, *, is_empty: bool) -> None:
    assert is_nearly_empty(as_uint8(scene(signal, noise=1))) == is_empty


@pytest.mark.parametrize("black_at", [0.0, 1.0, 2.0])
def test_normalize__noise_clipped_to_black__is_not_stretched_to_the_full_range(
    black_at: float,
) -> None:
    noise = np.random.default_rng(2).normal(0, 500, (1, 512, 512)) - 500 * black_at
    clipped = normalized(as_uint16(noise))
    assert clipped.max() < 1
    assert np.percentile(clipped, 99.9) < 0.7


def test_measure_intensity__plaques_on_pure_black__spans_what_they_reach() -> None:
    grey = np.zeros((1, 256, 256))
    rows, columns = np.mgrid[:256, :256]
    for row, column in np.random.default_rng(0).uniform(10, 246, (40, 2)):
        grey[0] += 2000 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 8)
    (span,) = measure_intensity(as_uint16(grey)).spans
    assert 1500 < span < 4000


def test_normalize__noise_with_a_plaque__shows_noise_weaker_than_without() -> None:
    alone, beside = as_uint8(scene(signal=0, noise=5)), as_uint8(scene(signal=200, noise=5))
    spread_alone = normalized(alone)[0][BACKGROUND].std()
    assert normalized(beside)[0][BACKGROUND].std() < spread_alone


def test_normalize__saturated_blob__leaves_a_dim_plaque_above_the_noise() -> None:
    grey = scene(signal=20, noise=1)
    grey[0, 5:25, 100:130] = 255
    shown = normalized(as_uint8(grey))[0]
    contrast = shown[PLAQUE].mean() - shown[BACKGROUND].mean()
    assert contrast > 0.15
    assert contrast > 8 * shown[BACKGROUND].std()


def test_normalize__saturated_blob_in_16_bits__leaves_dim_plaques_visible() -> None:
    grey = np.random.default_rng(0).normal(200, 10, (1, 256, 256))
    for corner in range(8, 248, 48):
        grey[0, corner : corner + 6, 20:26] += 500
    grey[0, 100:140, 100:160] = 60_000
    shown = normalized(as_uint16(grey))[0]
    assert shown[56:62, 20:26].mean() > 0.2
    assert shown[56:62, 20:26].mean() > 8 * shown[200:240, 100:200].std()


def test_normalize__stain_beside_one_100_times_brighter__shows() -> None:
    grey = np.random.default_rng(0).normal(200, 2, (3, 128, 128))
    grey[0, 20:26, 20:26] += 200
    grey[2, 60:110, 60:110] += 20_000
    shown = normalized(as_uint16(grey))
    assert shown[0, 20:26, 20:26].mean() > 0.05


def test_measure_intensity__plaques_at_the_lower_border__counts_them_as_at_the_upper() -> None:
    grey = np.random.default_rng(0).normal(20, 1, (1, 60, 320))
    for left in range(10, 320, 32):
        grey[0, 52:58, left : left + 6] += 150
    image = as_uint8(grey)
    upside_down = np.ascontiguousarray(image[:, ::-1])
    assert measure_intensity(image).spans == measure_intensity(upside_down).spans


@pytest.mark.parametrize("top", [2, 250, 65_000])
def test_measure_intensity__background__is_the_exact_percentile(top: int) -> None:
    image = np.random.default_rng(top).integers(0, top, (1, 37, 53)).astype(np.uint16)
    (background,) = measure_intensity(image).backgrounds
    assert background == pytest.approx(np.percentile(image, intensity.BACKGROUND_PERCENTILE))


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 40), (3, 40, 1)])
def test_measure_intensity__single_rows_and_columns__gives_a_finite_range(
    shape: tuple[int, ...],
) -> None:
    measured = measure_intensity(np.full(shape, 9, np.uint8))
    assert min(measured.spans) >= 1
    assert measured.backgrounds == (9.0,) * shape[0]


def test_measure_intensity__strided_reading__is_close_to_reading_every_pixel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = as_uint8(np.concatenate([scene(seed=seed) for seed in range(3)]))
    image[:, 40:100, 20:120] = 180
    full = measure_intensity(image)
    monkeypatch.setattr(intensity, "SAMPLED_PIXELS", HEIGHT * WIDTH // 16)
    strided = measure_intensity(image)
    np.testing.assert_allclose(strided.backgrounds, full.backgrounds, atol=1)
    np.testing.assert_allclose(strided.spans, full.spans, rtol=0.05)


def test_measure_intensity__image_beyond_the_limit__reads_a_share_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = np.zeros((1, 64, 64), np.uint8)
    image[:, 1::2] = 200  # the rows that a step of two leaves out
    monkeypatch.setattr(intensity, "SAMPLED_PIXELS", 32 * 32)
    assert measure_intensity(image).backgrounds == (0.0,)


def stained(hue: tuple[float, float, float], seed: int = 0) -> NDArray[np.uint8]:
    """Return an image (3, H, W) of plaques in one hue on a noisy ground."""
    rng = np.random.default_rng(seed)
    grey = rng.poisson(20, (256, 256)).astype(np.float64)
    for row, column in rng.integers(10, 240, (30, 2)):
        grey[row : row + 6, column : column + 6] += 150
    return as_uint8(np.array(hue)[:, None, None] * grey)


@pytest.mark.parametrize("hue", [(1, 1, 1), (1, 1, 0), (0.3, 0.97, 1), (1, 0.5, 0), (0, 1, 0)])
def test_without_color__single_hue__leaves_the_brightest_channel(
    hue: tuple[float, float, float],
) -> None:
    image = stained(hue)
    assert np.array_equal(without_color(image), image[int(np.argmax(hue))][None])


def test_without_color__grey_compressed_in_color__is_still_seen_as_grey(tmp_path: Path) -> None:
    pixels = np.moveaxis(stained((1, 1, 1)), 0, -1)
    Image.fromarray(pixels).save(tmp_path / "a.webp", quality=85)
    with Image.open(tmp_path / "a.webp") as image:
        assert len(without_color(np.moveaxis(np.asarray(image), -1, 0))) == 1


def test_without_color__a_few_plaques_of_another_hue__leaves_the_image_as_it_is() -> None:
    image = stained((1, 1, 0))
    image[1, 50:56, 60:66] = 20
    image[0, 50:56, 60:66] = 200
    assert without_color(image) is image


def test_without_color__dark_picture_of_one_stain__is_seen_as_one_hue(tmp_path: Path) -> None:
    """Few plaques on black, in cyan, as confocal slices are published: compression tints noise."""
    rng = np.random.default_rng(0)
    grey = rng.poisson(1.0, (256, 256)).astype(np.float32)
    for x, y in rng.integers(8, 248, (12, 2)):
        grey[y - 2 : y + 3, x - 2 : x + 3] += rng.uniform(40, 200)
    color = np.minimum(grey[..., None] * (0.31, 0.97, 1.0), 255).astype(np.uint8)
    Image.fromarray(color).save(tmp_path / "slice.webp", quality=85)
    with Image.open(tmp_path / "slice.webp") as image:
        assert len(without_color(np.moveaxis(np.asarray(image.convert("RGB")), -1, 0))) == 1


def test_without_color__grey__stays() -> None:
    image = as_uint8(scene())
    assert np.array_equal(without_color(image), image)


def test_normalize__grey_shown_in_one_channel__fills_the_first_alone() -> None:
    image = as_uint8(scene())
    measured = measure_intensity(image)
    alone = normalize(image, measured, "in_first_channel")
    assert np.array_equal(alone[0], normalize(image, measured)[0])
    assert not alone[1:].any()
