"""Tests for `gapjunction.metrics.metric_intervals`."""

from dataclasses import dataclass

import numpy as np
import pytest

from gapjunction.metrics.metric_field import metric, metrics_of
from gapjunction.metrics.metric_intervals import metric_intervals


@dataclass(frozen=True)
class Measured:
    num_truth: int = metric("objects", "d")
    bias: float | None = metric("bias", "+.1f", scale="plain")
    recall: float | None = metric("recall", ".3f", scale="logit", share_of="num_truth")
    iou: float | None = metric("IoU", ".3f", scale="logit")
    worst: float | None = metric("worst", ".1f", scale="log", min_assets=4)


VALUES = {"num_truth": 6, "bias": 0.5, "recall": 0.8, "iou": 0.7, "worst": 3.0}
WITHOUT = {
    "bias": np.array([0.4, 0.5, 0.6]),
    "recall": np.array([0.7, 0.8, 0.9]),
    "iou": np.array([0.6, 0.7, 0.8]),
    "worst": np.array([2.0, 3.0, 4.0]),
}


def intervals(**changes: float | None) -> dict[str, float | None]:
    return metric_intervals(metrics_of(Measured), VALUES | changes, WITHOUT)


def test_metric_intervals__metrics_with_a_scale__have_bounds() -> None:
    found = intervals()
    assert {name.rpartition("_")[0] for name in found} == {"bias", "recall", "iou", "worst"}
    # A standard error of 0.1 * sqrt(4 / 3), and t(2) is 4.3027.
    assert found["bias_high"] == pytest.approx(0.5 + 4.3027 * 0.1 * np.sqrt(4 / 3), abs=1e-4)


def test_metric_intervals__fewer_assets_than_it_takes__have_none() -> None:
    assert (intervals()["worst_low"], intervals()["worst_high"]) == (None, None)


def test_metric_intervals__no_value__has_none() -> None:
    assert intervals(bias=None)["bias_low"] is None


def test_metric_intervals__all_right__counts_objects_or_else_assets() -> None:
    """Six objects of three assets, two each, are worth 6 / 1.1."""
    found = intervals(recall=1.0, iou=1.0)
    assert (found["recall_high"], found["iou_high"]) == (1, 1)
    assert found["recall_low"] == pytest.approx(0.025 ** (1.1 / 6))
    assert found["iou_low"] == pytest.approx(0.025 ** (1 / 3))


def test_metric_intervals__share_of_nothing__has_none() -> None:
    assert intervals(recall=1.0, num_truth=0)["recall_low"] is None
