"""Tests for `gapjunction.report.segmentation_figures`."""

import io

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure

from gapjunction.metrics.segmentation import PixelCounts, stacked
from gapjunction.report.segmentation_figures import iou_per_class_figure

MATRICES = np.array([[[0, 1], [0, 1]], [[4, 0], [0, 0]], [[5, 0], [1, 3]]])


def drawn(matrices: np.ndarray, class_names: tuple[str, ...] = ("puncta",)) -> Figure:
    stems = tuple(map(str, range(len(matrices))))
    return iou_per_class_figure(PixelCounts(stems, class_names, matrices))


def heights(figure: Figure, label: str) -> list[float]:
    [points] = [
        each
        for each in figure.axes[0].collections
        if isinstance(each, PathCollection) and each.get_label() == label
    ]
    offsets: list[list[float]] = np.ma.asarray(points.get_offsets()).filled(np.nan).tolist()
    return sorted(y for _, y in offsets if not np.isnan(y))


def test_iou_per_class_figure__dots__are_the_images_that_have_the_class() -> None:
    figure = drawn(MATRICES)
    assert heights(figure, "one image") == [0, 0.5, 0.75, 5 / 6, 1]


def test_iou_per_class_figure__bars_and_diamonds__are_pooled_values_and_means() -> None:
    figure = drawn(MATRICES)
    [bars] = [each for each in figure.axes[0].collections if isinstance(each, LineCollection)]
    assert [float(segment[0, 1]) for segment in bars.get_segments()] == [4 / 6, 9 / 11]
    assert heights(figure, "mean of images") == pytest.approx([(0 + 1 + 5 / 6) / 3, 0.625])


def test_iou_per_class_figure__class_in_no_image__is_called_absent() -> None:
    figure = drawn(stacked([np.diag([3, 2, 0])], 2), ("puncta", "nucleus"))
    assert [text.get_text() for text in figure.axes[0].texts] == ["1.000", "absent", "1.000"]
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert labels == ["puncta", "nucleus", "background"]


@pytest.mark.long
@pytest.mark.parametrize("num_classes", [1, 12])
@pytest.mark.parametrize("num_images", [0, 1, 30])
def test_iou_per_class_figure__any_numbers__can_be_saved(num_classes: int, num_images: int) -> None:
    size = num_classes + 1
    matrices = np.random.default_rng(0).integers(0, 9, (num_images, size, size))
    names = tuple(f"class {number}" for number in range(num_classes))
    drawn(matrices, names).savefig(io.BytesIO(), format="png")
