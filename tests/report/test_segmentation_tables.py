"""Tests for `gapjunction.report.segmentation_tables`."""

import re

import numpy as np

from detection_study import groups_of
from gapjunction.benchmark.suite import segmentation_suite
from gapjunction.metrics.segmentation import PixelCounts
from gapjunction.report.segmentation_tables import (
    per_image_segmentation_table,
    segmentation_table,
)

# IoU of the class is 1/2 in the first image, not defined in the second, 4/6 pooled with the third.
MATRICES = np.array([[[0, 1], [0, 1]], [[4, 0], [0, 0]], [[5, 0], [1, 3]]])
GROUPS = groups_of(0, 1, 1)
PIXELS = PixelCounts(("a", "b", "c"), ("puncta",), MATRICES)


def test_segmentation_table__rows__name_pooled_and_per_image_values() -> None:
    lines = segmentation_table(segmentation_suite(PIXELS, GROUPS)).splitlines()
    assert lines[0].split("  ")[0] == "3 images, 15 pixels"
    assert re.search(r"mean of images +95 % interval, 2 assets$", lines[0])
    cells = {line[:25].strip(): line[25:].split() for line in lines[2:]}
    assert cells["mean IoU"] == cells["IoU of puncta"]
    assert [cells["mean IoU"][0], cells["mean IoU"][4]] == ["0.667", "0.625"]
    assert [cells["pixel accuracy"][0], cells["pixel accuracy"][4]] == ["0.867", "0.796"]


def test_segmentation_table__no_value__is_a_dash() -> None:
    empty = PixelCounts(("b",), ("puncta",), MATRICES[1:2])
    lines = segmentation_table(segmentation_suite(empty, groups_of(0))).splitlines()
    assert lines[0].startswith("1 image, 4 pixels")
    assert "no interval, 1 asset" in lines[0]
    assert lines[2].split() == ["mean", "IoU", "-", "-"]


def test_per_image_segmentation_table__rows__are_the_values_of_each_image() -> None:
    table = per_image_segmentation_table(PIXELS, GROUPS)
    assert table["image"].tolist() == ["a", "b", "c"]
    assert table["asset"].tolist() == ["rats/rat 0", "rats/rat 1", "rats/rat 1"]
    assert table["puncta.iou"].fillna(-1).tolist() == [0.5, -1, 0.75]
    assert table["mean_iou"].fillna(-1).tolist() == [0.5, -1, 0.75]
    assert table["puncta.truth_px"].tolist() == [1, 0, 4]
    assert table["puncta.predicted_px"].tolist() == [2, 0, 3]
    assert table["pixel_accuracy"].tolist() == [0.5, 1, 8 / 9]


def test_per_image_segmentation_table__csv__leaves_cells_without_a_value_empty() -> None:
    text = per_image_segmentation_table(PIXELS, GROUPS).to_csv(index=False)
    assert text.splitlines()[2].startswith("b,rats/rat 1,,1.0,,1.0,1.0,,,0,0")
