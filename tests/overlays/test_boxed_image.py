"""Tests for `gapjunction.overlays.boxed_image`."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.overlays.boxed_image import ENLARGE_BELOW, ENLARGEMENT, overlay

COLORS = ("#FF0000", "#0000FF")
RED, BLUE = [255, 0, 0], [0, 0, 255]


def found(boxes: list[list[float]], labels: list[int]) -> Detections:
    return Detections(as_boxes(boxes), np.ones(len(boxes), np.float32), np.array(labels, np.int64))


def pixels(
    image: NDArray[np.uint8] | NDArray[np.uint16], detections: Detections
) -> NDArray[np.uint8]:
    return np.asarray(overlay(image, detections, colors_of(detections)))


def colors_of(detections: Detections) -> list[str]:
    return [COLORS[label] for label in detections.labels.tolist()]


def black(height: int = 30, width: int = 40) -> NDArray[np.uint8]:
    return np.zeros((1, height, width), np.uint8)


def test_overlay__boxes__are_drawn_in_their_colors() -> None:
    shown = pixels(black(), found([[5, 6, 15, 16], [20, 6, 30, 16]], [0, 1]))
    colors = {tuple(color) for color in shown.reshape(-1, 3).tolist()}
    assert colors == {(0, 0, 0), tuple(RED), tuple(BLUE)}


def test_overlay__small_image__is_enlarged_with_the_line_around_the_object() -> None:
    image = black()
    image[:, 6:16, 5:15] = 200
    shown = pixels(image, found([[5, 6, 15, 16]], [0]))
    assert shown.shape == (30 * ENLARGEMENT, 40 * ENLARGEMENT, 3)
    rows, columns = np.nonzero((shown == RED).all(2))
    assert (rows.min(), rows.max()) == (11, 32)
    assert (columns.min(), columns.max()) == (9, 30)
    inner = shown[14:30, 12:28]
    assert np.all(inner == inner[0, 0])


def test_overlay__large_image__keeps_its_size() -> None:
    shown = pixels(black(20, ENLARGE_BELOW), Detections.none())
    assert shown.shape == (20, ENLARGE_BELOW, 3)


def test_overlay__longest_side__is_kept_with_lines_of_their_width() -> None:
    boxes = found([[10, 10, 20, 20]], [0])
    shown = np.asarray(overlay(black(40, 80), boxes, colors_of(boxes), max_side_px=120, line_px=2))
    assert shown.shape == (60, 120, 3)
    rows, columns = np.nonzero((shown == RED).all(2))  # enlarged 1.5 times
    assert (rows.min(), rows.max()) == (columns.min(), columns.max()) == (13, 31)
    assert not shown[15:30, 15:30].any()


def test_overlay__color_image__keeps_its_hue() -> None:
    image = np.zeros((3, 16, 16), np.uint8)
    image[1] = 50
    image[1, 4:8, 4:8] = 200
    shown = pixels(image, Detections.none())
    assert not shown[:, :, [0, 2]].any()
    assert shown[:, :, 1].max() == 255


def test_overlay__ground_of_a_channel__is_no_veil_on_the_others() -> None:
    image = np.full((3, 16, 16), 30, np.uint8)
    image[0] = 10
    image[:, 4:8, 4:8] = 200
    shown = pixels(image, Detections.none())
    assert not shown[0, 0].any()
    assert shown.max() == 255


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_overlay__dim_image__is_brightened_to_the_full_range(
    dtype: type[np.uint8 | np.uint16],
) -> None:
    image = np.linspace(10, 60, 40 * 40).reshape(1, 40, 40).astype(dtype)
    shown = pixels(image, Detections.none())  # type: ignore[arg-type]
    assert shown.min() == 0
    assert shown.max() >= 250
    assert np.median(shown) > 127


@pytest.mark.parametrize("value", [0, 255])
def test_overlay__constant_image__shows_one_grey(value: int) -> None:
    shown = pixels(np.full((1, 8, 8), value, np.uint8), Detections.none())
    assert len(np.unique(shown)) == 1


def test_overlay__deepest_grey_values__can_be_shown() -> None:
    image = np.zeros((1, 8, 8), np.uint16)
    image[0, 0, 0] = 65535
    assert pixels(image, Detections.none()).max() == 255


def test_overlay__box_at_the_border__is_drawn_as_far_as_it_shows() -> None:
    shown = pixels(black(), found([[-2, -2, 44, 34]], [0]))
    assert shown.shape == (60, 80, 3)
    assert not shown.any()


def test_overlay__image__is_not_edited() -> None:
    image = black()
    pixels(image, found([[5, 6, 15, 16]], [0]))
    assert not image.any()


def test_overlay__annotations__are_dashed_below_what_was_found() -> None:
    boxes = found([[5, 6, 15, 16]], [0])
    marked = as_boxes([[5, 6, 15, 16], [20, 6, 30, 16]])
    shown = np.asarray(overlay(black(), boxes, colors_of(boxes), annotations=marked))
    is_white, is_red = (shown == 255).all(2), (shown == RED).all(2)
    assert is_red.sum() == 4 * 21
    assert not is_white[:, :38].any()
    assert 0.4 * 4 * 21 < is_white.sum() < 0.7 * 4 * 21
