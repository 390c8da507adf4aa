"""Tests for `gapjunction.prediction.found` and the picture of it."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgba_array

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError, GapJunctionError, ImageError
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.overlays.boxed_image import brightened_rgb
from gapjunction.overlays.caption import score_colors
from gapjunction.overlays.counted_image import CLASS_COLORS
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.found import Found

mpl.use("agg")

CONFIG = DetectorConfig(class_names=("a", "b"), class_colors=("#FF0000", "#00FF00"))


def found(um_per_px: float | None = None) -> Found:
    """Return two counted objects of class a and one of b, and one of b that is not counted."""
    seen = Detections(
        as_boxes([[0, 0, 4, 8], [10, 10, 14, 14], [20, 20, 26, 26], [30, 30, 33, 33]]),
        np.array([0.9, 0.8, 0.7, 0.2], np.float32),
        np.array([0, 0, 1, 1]),
    )
    image = np.zeros((1, 40, 50), np.uint8)
    return Found(image, seen, CountingRule.of(CONFIG, 0.5, None), um_per_px, 1.0)


def test_counts__classes__are_of_what_is_probable_enough() -> None:
    assert found().counts == {"a": 2, "b": 1}
    assert all(
        low <= found().counts[name] <= high for name, (low, high) in found().intervals.items()
    )
    assert str(found()).startswith("2 a (")
    assert repr(found()) == f"Found({found()})"


def test_to_pandas__pixel_size_unknown__has_a_row_an_object_in_pixels() -> None:
    table = found().to_pandas()
    assert table["class"].tolist() == ["a", "a", "b"]
    assert table[["x0", "y0", "x1", "y1", "x_px", "y_px"]].iloc[0].tolist() == [0, 0, 4, 8, 2, 4]
    assert table["x_um"].isna().all()


def test_to_pandas__pixel_size_known__has_places_in_um() -> None:
    table = found(0.5).to_pandas()
    assert table[["x_um", "y_um"]].iloc[0].tolist() == [1, 2]


def test_to_pandas__several_channels__has_the_light_of_each() -> None:
    one = found()
    whole = np.full((2, 40, 50), 7, np.uint8)
    one.image[0, 2:6, 1:3] = 100
    table = replace(one, whole=whole, channels=("Cx43", "")).to_pandas()
    assert table[["background_Cx43", "background_2"]].iloc[0].tolist() == [7, 7]


def test_plot__boxes_and_bar__lie_where_they_belong() -> None:
    axes = found(0.5).plot()
    (boxes,) = axes.collections
    assert boxes.get_paths()[0].get_extents().bounds == pytest.approx((-0.5, -0.5, 4, 8))
    bar = axes.lines[0]
    assert np.ptp(bar.get_xdata()) * 0.5 == pytest.approx(5)  # um, of 25
    assert [text.get_text() for text in axes.texts] == ["5 µm"]
    assert "2 a" in axes.get_title()


def test_plot__several_classes__have_the_colors_of_overlays_and_a_legend() -> None:
    axes = found().plot()
    (boxes,) = axes.collections
    expected = [CLASS_COLORS[0], CLASS_COLORS[0], CLASS_COLORS[1]]
    assert np.array_equal(boxes.get_edgecolor(), to_rgba_array(expected))
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]
    assert [line.get_color() for line in legend.get_lines()] == list(CLASS_COLORS[:2])


@pytest.mark.parametrize("threshold", [0.5, 1.0])
def test_plot__one_class__has_the_colors_of_scores_and_their_scale(threshold: float) -> None:
    config = DetectorConfig(class_names=("a",), class_colors=("#00FFFF",))
    boxes = as_boxes([[0, 0, 4, 8], [10, 10, 14, 14]])
    seen = Detections(boxes, np.array([1.0, 0.7], np.float32), np.array([0, 0]))
    rule = CountingRule.of(config, threshold, None)
    axes = Found(np.zeros((1, 40, 50), np.uint8), seen, rule, None, 1.0).plot()
    (drawn,) = axes.collections
    colors = score_colors(rule.counted(seen).scores, threshold)
    assert np.array_equal(drawn.get_edgecolor(), to_rgba_array(colors))
    scale = axes.figure.axes[1]
    assert scale.get_ylabel() == "score"
    axes.figure.canvas.draw()


def test_plot__image__is_as_bright_as_in_overlays() -> None:
    image = np.arange(2000, dtype=np.uint16).reshape(1, 40, 50)
    (shown,) = replace(found(), image=image).plot().images
    assert np.array_equal(np.asarray(shown.get_array()), brightened_rgb(image))


def test_plot__axes_given_and_no_pixel_size__draws_there_without_a_bar() -> None:
    axes = found().plot()
    assert found().plot(axes) is axes
    assert not axes.texts


def test_count_regions__excluded__are_taken_out_of_others() -> None:
    labels = np.ones((40, 50), int)
    labels[:9, :9] = 2
    table = found(0.5).count_regions(labels, exclude=("2",))
    assert table["region"].tolist() == ["1", "1"]
    assert table["count"].tolist() == [1, 1]
    assert table["area_px"].tolist() == [1919, 1919]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.ones((4, 5), int), "the image's size, 50 x 40 px, found 5 x 4 px"),
        (np.ones((40, 50)), "a label image: one plane of whole numbers, found float64"),
        (np.ones((1, 40, 50), int), r"found \(1, 40, 50\) of int64"),
        (np.full((40, 50), -1), "found the number -1"),
    ],
)
def test_count_regions__array_that_is_no_label_image__is_refused(
    labels: np.ndarray, message: str
) -> None:
    with pytest.raises(GapJunctionError, match=message):
        found().count_regions(labels)


def test_count_cells__pixel_size_unknown__is_refused() -> None:
    with pytest.raises(ConfigError, match="um_per_px: expected a known pixel size"):
        found().count_cells(np.ones((40, 50), int))


def test_count_cells__border_below_zero__is_refused() -> None:
    with pytest.raises(ConfigError, match="border_um"):
        found(0.5).count_cells(np.ones((40, 50), int), border_um=-1)


def two_channels() -> Found:
    """Return objects of which the first lies on a square in the second channel."""
    one = found()
    whole = np.full((2, 40, 50), 7, np.uint8)
    whole[0] = one.image[0]
    whole[1, 1:7, 1:4] = 90
    return replace(one, whole=whole, channels=("Cx43", "GFAP"))


def test_compare_channel__another__tells_what_lies_on_it() -> None:
    table = two_channels().compare_channel("GFAP")
    assert table["region"].tolist() == ["image", "image"]
    assert table["plaques"].tolist() == [2, 1]
    assert table["on_second"].tolist() == [1, 0]


def test_compare_channel__shifted__is_moved_back() -> None:
    table = two_channels().compare_channel(2, shift_px=(-10.0, -8.0))
    assert table["on_second"].tolist() == [1, 0]
    beside = two_channels().compare_channel(2, shift_px=(-30.0, 0.0))
    assert beside["on_second"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("channel", "message"), [("Cx43", "which is the same"), ("DAPI", "2 GFAP.*none of that name")]
)
def test_compare_channel__no_second_one__is_refused(channel: str, message: str) -> None:
    with pytest.raises(ImageError, match=message):
        two_channels().compare_channel(channel)
