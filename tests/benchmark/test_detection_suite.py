"""Tests for `gapjunction.benchmark.detection_suite`."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from detection_cases import boxes_with_scores
from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import score_detections

HEADLINES = ("ap", "ap50", "ap75", "f1_iou30", "f1_iou50", "f1_center", "count_mae")


def test_study_detections__every_headline__lies_in_an_interval() -> None:
    values = study(paired_images(), groups_of(0, 0, 1, 1, 2, 2)).suite["all"]
    assert (values["num_images"], values["num_assets"]) == (6, 3)
    for name in (*HEADLINES, "mean_matched_iou", "precision_iou50", "recall_center"):
        assert values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]


def test_study_detections__average_precision__is_jackknifed_by_the_library() -> None:
    """Each asset is left out of the study itself, whose AP is that of a COCO library."""
    paired, assets = paired_images(), np.array([0, 0, 1, 1, 2, 2])
    values = study(paired, groups_of(*assets.tolist())).suite["all"]
    left = [np.flatnonzero(assets != asset).tolist() for asset in range(3)]
    without = [
        study(
            replace(
                paired,
                stems=tuple(paired.stems[i] for i in rows),
                truth=tuple(paired.truth[i] for i in rows),
                found=tuple(paired.found[i] for i in rows),
            ),
            groups_of(*range(len(rows))),
        ).suite["all"]["ap"]
        for rows in left
    ]
    logits = np.log(without) - np.log1p(-np.array(without))
    half = stats.t.ppf(0.975, 2) * np.sqrt(2 / 3 * np.sum((logits - logits.mean()) ** 2))
    middle = np.log(values["ap"] / (1 - values["ap"]))
    low, high = (1 / (1 + np.exp(-middle - sign * half)) for sign in (-1, 1))
    assert (values["ap_low"], values["ap_high"]) == pytest.approx((low, high))


def test_study_detections__all_right__is_less_than_certain() -> None:
    """71 of 71 objects of four assets, worth 26.5 that are independent: 0.025 ** (1 / 26.5)."""
    boxes = [(20 * n, 0, 20 * n + 9, 9) for n in range(18)]
    images = tuple(boxes_with_scores(*boxes[: 18 - (n == 3)]) for n in range(4))
    perfect = PairedDetections(("a", "b", "c", "d"), ("x",), images, images)
    values = study(perfect, groups_of(0, 1, 2, 3)).suite["all"]
    for name in ("ap", "ap50", "precision_iou50", "recall_iou30", "f1_center"):
        assert values[name] == values[f"{name}_high"] == 1
        assert values[f"{name}_low"] == pytest.approx(0.025 ** (2.675 / 71))
    assert values["count_mae_low"] is None


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
    assert (values["ap_low"], values["f1_iou50_low"], values["count_bias"]) == (None, None, 0)


def test_study_detections__distances_in_micrometers__are_those_of_pixels() -> None:
    """Centers 4 px apart: 0.8 um at 0.2 um a pixel."""
    truth, found = boxes_with_scores((0, 0, 40, 40)), boxes_with_scores((4, 0, 44, 40))
    paired = PairedDetections(("a",), ("x",), (truth,), (found,))
    in_px = study(paired, groups_of(0)).suite["all"]
    in_um = study(paired, groups_of(0), um_per_px=0.2).suite["all"]
    for beginning in ("ap_within", "f1_within"):
        assert [in_px[f"{beginning}_px_{d}"] for d in ("2.5", "5", "10")] == [0, 1, 1]
        assert [in_um[f"{beginning}_um_{d}"] for d in ("0.25", "0.5", "1")] == [0, 0, 1]


def test_study_detections__distances_and_scores__have_intervals() -> None:
    values = study(paired_images(), groups_of(0, 0, 1, 1, 2, 2), um_per_px=0.5).suite["all"]
    for name in ("ap_within_um_1", "f1_within_um_1", "froc_iou50", "froc_center", "brier_iou50"):
        assert values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]


@pytest.mark.parametrize("seed", range(3))
def test_study_detections__tide__costs_no_more_than_is_missing_to_one(seed: int) -> None:
    values = study(paired_images(seed), groups_of(0, 1, 2, 3, 4, 5)).suite["all"]
    assert 0 <= values["tide_false_dap"] <= 1 - values["ap50"]
    assert 0 <= values["tide_missed_dap"] <= 1 - values["ap50"]
    assert (values["tide_cls"], values["tide_both"]) == (0, 0)
