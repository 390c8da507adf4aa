"""Tests for `gapjunction.benchmark.detection_suite`."""

import pytest

from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.detection_suite import sides_px
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import score_detections

HEADLINES = ("ap", "ap50", "ap75", "f1_iou30", "f1_iou50", "f1_center", "count_mae")


def test_study_detections__every_headline__lies_in_an_interval() -> None:
    values = study(paired_images(), groups_of(0, 0, 1, 1, 2, 2)).suite["all"]
    assert (values["num_images"], values["num_assets"]) == (6, 3)
    for name in (*HEADLINES, "mean_matched_iou", "precision_iou50", "recall_center"):
        assert values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]


def test_study_detections__same_seed__gives_the_same_intervals() -> None:
    groups = groups_of(0, 0, 1, 1, 2, 2)
    assert study(paired_images(), groups).suite == study(paired_images(), groups).suite


def test_study_detections__one_asset__has_no_intervals() -> None:
    values = study(paired_images(), groups_of(0, 0, 0, 0, 0, 0)).suite["all"]
    assert values["f1_iou50"] is not None
    assert not [name for name in values if name.endswith("_low")]


def test_study_detections__two_classes__each_has_its_own_values() -> None:
    paired = paired_images(num_classes=2)
    suite = study(paired, groups_of(0, 1, 2, 3, 4, 5)).suite
    assert list(suite["classes"]) == ["class_0", "class_1"]
    for label, name in enumerate(suite["classes"]):
        truth = [each[each.labels == label] for each in paired.truth]
        found = [each[each.labels == label].scored_at_least(0.3) for each in paired.found]
        assert suite["classes"][name]["f1_iou50"] == pytest.approx(
            score_detections(truth, found).f1
        )
    both = [suite["classes"][name]["ap"] for name in suite["classes"]]
    assert suite["all"]["ap"] == pytest.approx(sum(both) / 2)


def test_study_detections__best_threshold__has_the_f1_that_it_is_said_to() -> None:
    paired = paired_images()
    values = study(paired, groups_of(0, 1, 2, 3, 4, 5)).suite["all"]
    kept = [each.scored_at_least(values["best_threshold_iou50"]) for each in paired.found]
    assert values["best_f1_iou50"] == pytest.approx(score_detections(paired.truth, kept).f1)
    assert values["best_f1_iou50"] >= values["f1_iou50"]


def test_study_detections__nothing_anywhere__has_values_or_none() -> None:
    empty = (Detections.none(), Detections.none())
    values = study(PairedDetections(("a", "b"), (), empty, empty), groups_of(0, 1)).suite["all"]
    assert (values["ap"], values["mean_matched_iou"], values["f1_iou50"]) == (None, None, 1)
    assert (values["ap_low"], values["f1_iou50_low"], values["count_bias"]) == (None, 1, 0)


def test_sides_px__scale_known__adds_ranges_in_micrometres() -> None:
    ranges = sides_px(0.1)
    assert ranges["px_8_to_16"] == (8, 16)
    assert ranges["um_0.5_to_1"] == pytest.approx((5, 10))
    assert len(ranges) == 2 * len(sides_px(None)) == 8
