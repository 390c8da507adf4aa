"""Tests for `gapjunction.report.detection_tables`."""

from dataclasses import replace

import numpy as np

from detection_study import groups_of, paired_images, study
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE
from gapjunction.benchmark.compare import MetricDifference
from gapjunction.metrics.interval import Interval
from gapjunction.report.detection_tables import (
    comparison_text,
    detection_table,
    detections_per_image,
    threshold_table,
)

GROUPS = groups_of(0, 0, 1, 1, 2, 2)


def test_detection_table__lines__hold_value_and_interval() -> None:
    suite = study(paired_images(), GROUPS).suite
    values = suite["all"]
    [line] = [
        row for row in detection_table(suite, None).splitlines() if row.startswith("F1, IoU 0.5")
    ]
    low, high = values["f1_iou50_low"], values["f1_iou50_high"]
    assert line.split() == f"F1, IoU 0.5 {values['f1_iou50']:.3f} {low:.3f} to {high:.3f}".split()


def test_detection_table__two_classes__have_a_column_each() -> None:
    suite = study(paired_images(num_classes=2), GROUPS).suite
    assert detection_table(suite, None).splitlines()[0].split()[-2:] == ["class_0", "class_1"]


def test_detection_table__scale_known__shows_sizes_in_micrometers() -> None:
    text = detection_table(study(paired_images(), GROUPS, um_per_px=0.1).suite, 0.1)
    assert "AP, side 8 to 16 px" in text
    assert "AP, side 0.5 to 1 um" in text


def test_detection_table__rows__are_in_the_order_of_the_fields() -> None:
    lines = detection_table(study(paired_images(), GROUPS).suite, None).splitlines()
    titles = [line.partition("   ")[0] for line in lines[2:13]]
    assert titles[:2] == ["images", "assets"]
    assert titles[6:] == [
        "AP, IoU 0.75",
        "AP, side below 8 px",
        "AP, side 8 to 16 px",
        "AP, side 16 to 32 px",
        "AP, side from 32 px",
    ]


def test_detections_per_image__columns__add_up_to_the_suite() -> None:
    result = study(paired_images(), GROUPS)
    table = detections_per_image(result)
    values = result.suite["all"]
    assert table["truth"].sum() == values["num_truth"]
    assert table["found"].sum() == values["num_found"]
    assert table["annotations_missed"].sum() == values["annotations_missed"]
    assert table["image"].tolist() == list(result.paired.stems)


def test_detections_per_image__asset__is_the_one_that_intervals_are_of() -> None:
    table = detections_per_image(study(paired_images(), GROUPS))
    assert table["asset"].tolist()[1:4] == ["rats/rat 0", "rats/rat 1", "rats/rat 1"]
    unknown = replace(GROUPS, source=UNKNOWN_SOURCE)
    assert set(detections_per_image(study(paired_images(), unknown))["asset"]) == {""}


def test_threshold_table__own_threshold__has_the_values_of_the_suite() -> None:
    result = study(paired_images(), GROUPS)
    [row] = threshold_table(result.table, np.array([0.3])).to_dict("records")
    for name in ("precision_iou30", "recall_iou50", "f1_center"):
        assert abs(row[name] - result.suite["all"][name]) < 1e-12


def difference(**changes: object) -> MetricDifference:
    plain = MetricDifference("f1_iou50", 0.6, 0.8, 0.2, Interval(0.1, 0.3), 0.006, 0.012, "B")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_comparison_text__difference__is_told_in_words() -> None:
    text = comparison_text([difference()], groups_of(*range(12)))
    assert "F1 at IoU 0.5: B is better than A, 0.200 higher (p = 0.012)." in text
    assert "+0.100 to +0.300  0.006    0.012" in text
    assert "95 % interval, 12 assets      p  p, Holm" in text


def test_comparison_text__lower_count_error__is_better() -> None:
    lower = difference(metric="count_mae", difference=-1.5, p_holm=0.0005)
    text = comparison_text([lower], groups_of(*range(12)))
    assert "B is better than A, 1.500 lower (p < 0.001)" in text


def test_comparison_text__few_assets__are_given_as_a_reason() -> None:
    text = comparison_text([difference(p_holm=0.25, better="neither")], GROUPS)
    assert "no difference between A and B is shown (p = 0.250); 3 assets cannot show one" in text
    enough = comparison_text([difference(p_holm=0.25, better="neither")], groups_of(*range(6)))
    assert "is shown (p = 0.250)." in enough


def test_comparison_text__nothing_to_compare__says_so() -> None:
    unknown = MetricDifference("f1_iou50", None, 0.8, None)
    assert "too little to tell A and B apart" in comparison_text([unknown], groups_of(0, 0))


def test_comparison_text__margin__says_whether_they_are_equivalent() -> None:
    shown, not_shown = (
        difference(better="neither", margin=0.02, p_equivalent=p) for p in (0.01, 0.2)
    )
    text = comparison_text([shown, not_shown], groups_of(*range(12)))
    assert "A and B are equivalent, as they differ by less than 0.02 (p = 0.010)." in text
    assert "that A and B differ by less than 0.02 is not shown (p = 0.200)." in text
