"""Tests for `gapjunction.measurement.objects`."""

import numpy as np
import pytest

from gapjunction.detections import Detections
from gapjunction.errors import ConfigError
from gapjunction.measurement.objects import measured_objects
from measured_light import boxed, ellipse_light, spot_light

RESOLUTION_PX = 2.2  # so that a point is blurred by 0.757 px
SIGMA_PX = RESOLUTION_PX * 0.21 / 0.61


@pytest.mark.parametrize("axes", [(5, 3), (7, 3.6), (10, 3.6), (20, 3.6), (16, 16)])
@pytest.mark.parametrize("degrees", [0, 35])
def test_measured_objects__blurred_ellipse__has_its_true_size_and_light(
    axes: tuple[float, float], degrees: float
) -> None:
    light = ellipse_light(axes, SIGMA_PX, 48, degrees)
    rows, columns = np.nonzero(light > 300)
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    image = (light + 100).astype(np.float32)[None]
    (found,) = measured_objects(image, boxed([box]), 0.1, resolution_um=0.1 * RESOLUTION_PX)
    assert found.told is not None
    assert found.told.size is not None
    assert found.told.size.area == pytest.approx(np.pi / 4 * axes[0] * axes[1], rel=0.05)
    assert found.told.size.length == pytest.approx(axes[0], rel=0.05)
    assert found.told.size.major == pytest.approx(axes[0], rel=0.03)
    assert found.light[0].integrated == pytest.approx(light.sum(), rel=0.02)
    assert found.center == pytest.approx((24, 24), abs=0.05)


def test_measured_objects__spot__has_a_place_and_no_size() -> None:
    seen = float(np.hypot(SIGMA_PX, np.sqrt(1 / 12)))
    image = (spot_light((15.3, 14.8), seen, 800, (30, 30)) + 50).astype(np.uint16)[None]
    (found,) = measured_objects(
        image, boxed([[13, 13, 18, 17]]), 0.1, resolution_um=0.1 * RESOLUTION_PX
    )
    assert found.told is not None
    assert (found.told.resolved, found.told.size) == ("none", None)
    assert found.center == pytest.approx((15.3, 14.8), abs=0.02)
    assert found.spot_fwhm == pytest.approx(2.355 * seen, rel=0.02)


def test_measured_objects__scale_unknown__has_the_size_of_its_outline() -> None:
    light = ellipse_light((12, 8), SIGMA_PX)
    (found,) = measured_objects(light[None], boxed([[14, 16, 26, 24]]), None)
    assert found.told is not None
    assert found.told.resolved is None
    assert found.told.size is not None
    assert found.shape is not None
    assert found.told.size.area == found.shape.area


def test_measured_objects__sixteen_bits__keep_their_grey_values() -> None:
    image = np.full((1, 40, 40), 30000, np.uint16)
    image[0, 15:25, 15:25] = 50000
    (found,) = measured_objects(image, boxed([[15, 15, 25, 25]]), 0.1)
    assert found.light[0].background == 30000
    assert found.light[0].highest == 20000


def test_measured_objects__outlined_in_one_channel__has_the_light_of_all() -> None:
    light = ellipse_light((12, 8), SIGMA_PX)
    image = np.stack([np.zeros_like(light), light])
    (found,) = measured_objects(image, boxed([[14, 16, 26, 24]]), 0.1, outlined=light)
    assert found.light[0].integrated == 0
    assert found.light[1].integrated == pytest.approx(light.sum(), rel=0.02)


def test_measured_objects__several__know_their_nearest() -> None:
    image = np.zeros((1, 60, 60), np.uint8)
    for x in (10, 20, 45):
        image[0, 28:33, x : x + 5] = 200
    boxes = [[x, 28, x + 5, 33] for x in (10, 20, 45)]
    found = measured_objects(image, boxed(boxes), 0.1)
    assert [each.nearest for each in found] == pytest.approx([10, 10, 25], abs=0.01)


def test_measured_objects__one__has_no_nearest() -> None:
    image = np.zeros((1, 30, 30), np.uint8)
    image[0, 8:14, 8:14] = 200
    (found,) = measured_objects(image, boxed([[8, 8, 14, 14]]), 0.1)
    assert found.nearest is None


def test_measured_objects__object_at_the_border__says_so() -> None:
    image = np.zeros((1, 30, 40), np.uint8)
    image[0, 10:16, 36:] = 200
    image[0, 10:16, 10:16] = 200
    cut, whole = measured_objects(image, boxed([[36, 10, 40, 16], [10, 10, 16, 16]]), 0.1)
    assert (cut.is_cut, whole.is_cut) == (True, False)


def test_measured_objects__nothing_in_a_box__has_a_place_only() -> None:
    image = np.full((1, 30, 30), 9, np.uint8)
    image[0, 10:14, 10:14] = 0
    (found,) = measured_objects(image, boxed([[10, 10, 14, 14]]), 0.1)
    assert (found.outline, found.shape, found.told, found.light) == (None, None, None, ())
    assert found.center == (12, 12)


def test_measured_objects__box_outside_the_image__has_a_place_only() -> None:
    image = np.full((1, 30, 30), 9, np.uint8)
    (found,) = measured_objects(image, boxed([[100, 100, 110, 110]]), 0.1)
    assert found.outline is None


def test_measured_objects__no_detection__is_none() -> None:
    assert measured_objects(np.zeros((1, 9, 9), np.uint8), Detections.none(), 0.1) == []


@pytest.mark.parametrize(
    ("um_per_px", "resolution_um"),
    [(1e-4, 0.25), (1e-300, 0.25), (5e-324, 0.25), (1e300, 0.25), (0.1, 1e5), (0.1, 1e300)],
)
def test_measured_objects__size_in_the_wrong_unit__is_refused(
    um_per_px: float, resolution_um: float
) -> None:
    image = np.full((1, 30, 30), 9, np.uint8)
    with pytest.raises(ConfigError, match=r"expected 0.0001 to 100 pixels, found .* pixels of"):
        measured_objects(image, boxed([[10, 10, 14, 14]]), um_per_px, resolution_um=resolution_um)
