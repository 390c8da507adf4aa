"""Tests for `gapjunction.overlays.counted_image`."""

import numpy as np
from matplotlib.colors import to_rgb

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.overlays.caption import score_colors
from gapjunction.overlays.counted_image import (
    CLASS_COLORS,
    Counted,
    ShownImage,
    prediction_overlay,
)

HEIGHT, WIDTH = 150, 200  # enlarged twice


def found(*labels: int) -> Detections:
    boxes = as_boxes([[10 + 40 * n, 20, 20 + 40 * n, 30] for n in range(len(labels))])
    scores = np.linspace(0.5, 1, len(labels), dtype=np.float32)
    return Detections(boxes, scores, np.array(labels, np.int64))


def dark() -> np.ndarray:
    return np.zeros((1, HEIGHT, WIDTH), np.uint8)


def has_color(pixels: np.ndarray, color: str) -> bool:
    rgb = [round(255 * part) for part in to_rgb(color)]
    return bool((pixels == rgb).all(axis=2).any())


def test_prediction_overlay__one_class__has_boxes_in_the_colors_of_scores() -> None:
    shown = prediction_overlay(ShownImage(dark()), Counted(found(0, 0), ("plaque",), 0.5))
    pixels = np.asarray(shown)[: 2 * HEIGHT]
    for color in score_colors(np.array([0.5, 1], np.float32), 0.5):
        assert has_color(pixels, color)


def test_prediction_overlay__several_classes__have_colors_of_their_own() -> None:
    counted = Counted(found(0, 1), ("plaque", "other"), 0.5)
    pixels = np.asarray(prediction_overlay(ShownImage(dark()), counted))[: 2 * HEIGHT]
    assert all(has_color(pixels, color) for color in CLASS_COLORS[:2])
    caption = counted.caption(ShownImage(dark()), WIDTH)
    assert caption.counts == [("1 plaque", CLASS_COLORS[0]), ("1 other", CLASS_COLORS[1])]
    assert caption.lowest_score is None


def test_caption__known_pixel_size__is_that_of_the_picture() -> None:
    nothing = Counted(found(), ("plaque",), 0.5)
    assert nothing.caption(ShownImage(dark()), 2 * WIDTH).um_per_px is None
    caption = nothing.caption(ShownImage(dark(), um_per_px=0.1), 2 * WIDTH)
    assert caption.um_per_px == 0.05


def test_prediction_overlay__annotations__are_dashed_and_explained() -> None:
    marked = ShownImage(dark(), annotations=as_boxes([[100, 100, 120, 120]]))
    nothing = Counted(found(), ("plaque",), 0.5)
    pixels = np.asarray(prediction_overlay(marked, nothing))
    assert has_color(pixels[190:250, 190:250], "#FFFFFF")
    assert nothing.caption(marked, WIDTH).has_annotations
    assert not nothing.caption(ShownImage(dark()), WIDTH).has_annotations
