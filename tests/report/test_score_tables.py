"""Tests for `gapjunction.report.score_tables`."""

import numpy as np
import pytest

from detection_study import groups_of, paired_images, study
from gapjunction.report.score_tables import froc_table, reliability_table, tide_table

RESULT = study(paired_images(num_classes=2), groups_of(0, 0, 1, 1, 2, 2))
VALUES = RESULT.suite["all"]


def test_froc_table__mean_of_the_rows__is_the_metric() -> None:
    table = froc_table(RESULT.table)
    assert table["false_per_image"].tolist() == [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8]
    for criterion in ("iou50", "center"):
        mean = table[f"sensitivity_{criterion}"].mean()
        assert mean == pytest.approx(VALUES[f"froc_{criterion}"])


def test_reliability_table__bins__add_up_to_all_detections() -> None:
    table = reliability_table(RESULT.table)
    assert table["detections"].sum() == len(RESULT.table.found)
    right = np.nansum(table["detections"] * table["share_right_iou50"])
    assert right == pytest.approx(RESULT.table.is_right_mainly.sum())
    assert table["score_to"].tolist()[-1] == 1


def test_tide_table__kinds__have_number_and_cost() -> None:
    lines = tide_table(VALUES).splitlines()
    [line] = [each for each in lines if each.startswith("wrong class  ")]
    assert line.split()[2:] == [str(VALUES["tide_cls"]), f"{VALUES['tide_cls_dap']:.3f}"]
    assert len(lines) == 2 + 6 + 2


def test_tide_table__nothing_annotated__has_no_cost() -> None:
    nothing = VALUES | {name: None for name in VALUES if name.endswith("_dap")}
    assert all(line.endswith("  -") for line in tide_table(nothing).splitlines()[2:])
