"""Tests for `gapjunction.benchmark.asset_detections`."""

from dataclasses import replace

import pytest

from detection_cases import boxes_with_scores
from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE, AssetGroups
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.detections import Detections

GROUPS = groups_of(0, 0, 1, 1, 2, 2)


def of_assets(groups: AssetGroups, num_classes: int = 1) -> dict[str, dict[str, float | None]]:
    assets: dict[str, dict[str, float | None]] = study(
        paired_images(num_classes=num_classes), groups
    ).suite["assets"]
    return assets


@pytest.mark.parametrize("num_classes", [1, 2])
def test_asset_detections__each_asset__has_the_values_of_a_study_of_its_own(
    num_classes: int,
) -> None:
    paired = paired_images(num_classes=num_classes)
    own = replace(paired, stems=paired.stems[2:4], truth=paired.truth[2:4], found=paired.found[2:4])
    expected = study(own, groups_of(0, 0)).suite["all"]
    row = of_assets(GROUPS, num_classes)["rats/rat 1"]
    assert {"ap50", "f1_within_px_5", "brier_iou50", "num_truth"} <= row.keys()
    assert row == pytest.approx({name: expected.get(name, row[name]) for name in row})


def test_asset_detections__empty_asset__has_no_average_precision() -> None:
    box = boxes_with_scores((0, 0, 9, 9))
    paired = PairedDetections(("a", "b"), ("x",), (box, Detections.none()), (box, box))
    empty = study(paired, groups_of(0, 1)).suite["assets"]["rats/rat 1"]
    assert (empty["ap50"], empty["f1_iou50"], empty["num_found"]) == (None, 0, 1)


def test_asset_detections__assets_unknown__are_none() -> None:
    assert of_assets(replace(GROUPS, source=UNKNOWN_SOURCE)) == {}
