"""Tests for `gapjunction.metrics.metric_field`, and of what docs/metrics.md says of metrics."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from gapjunction.metrics.counts import CountMetrics
from gapjunction.metrics.detection_values import BEGINNINGS, DetectionMetrics
from gapjunction.metrics.metric_field import (
    NUM_ASSETS,
    metric,
    metrics_of,
    names_with_interval,
    with_num_assets,
)
from gapjunction.metrics.segmentation import PER_IMAGE, ClassMetrics, SegmentationMetrics

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
HEADINGS = {
    CountMetrics: "Object counts",
    DetectionMetrics: "Detections",
    SegmentationMetrics: "Segmentation",
    ClassMetrics: "Segmentation",
}


@dataclass(frozen=True)
class Measured:
    num_images: int = metric("images", "d", column="images")
    error: float | None = metric("error, %", "+.1f", scale="log")
    note: str = ""


def test_metrics_of__fields__say_how_they_are_shown() -> None:
    num_images, error = metrics_of(Measured)
    assert (num_images.name, num_images.title, num_images.column) == ("num_images",) + (
        "images",
    ) * 2
    assert (error.title, error.form, error.scale) == ("error, %", "+.1f", "log")


def test_names_with_interval__is_told_at_the_field() -> None:
    assert names_with_interval(Measured) == ("error",)


def test_text__value__has_the_form_of_the_field() -> None:
    _, error = metrics_of(Measured)
    assert error.text({"error": 2}, missing="-") == "+2.0"
    assert error.text({"error": None}, missing="-") == error.text({}, missing="-") == "-"


def test_with_num_assets__stands_behind_the_number_of_images() -> None:
    names = [each.name for each in with_num_assets(metrics_of(Measured))]
    assert names == ["num_images", NUM_ASSETS.name, "error"]


def section_of(kind: type) -> str:
    """Return the section of docs/metrics.md about the benchmark with these metrics."""
    _, _, rest = DOCS.read_text().partition(f"## {HEADINGS[kind]}: `gapjunction benchmark")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("kind", HEADINGS)
def test_docs__every_metric__is_explained_by_name(kind: type) -> None:
    section = section_of(kind)
    names = {each.name.removesuffix(PER_IMAGE) for each in metrics_of(kind)} - BEGINNINGS.keys()
    assert not [name for name in names if not re.search(rf"`(<class>\.)?{name}`", section)]


def test_docs__object_counts__list_the_metrics_with_an_interval() -> None:
    (listed,) = re.findall(r"^(`.*) have 95 % intervals", section_of(CountMetrics), re.MULTILINE)
    assert tuple(re.findall(r"`(\w+)`", listed)) == names_with_interval(CountMetrics)


@pytest.mark.parametrize("kind", [SegmentationMetrics, ClassMetrics])
def test_docs__segmentation__all_but_the_background_have_an_interval(kind: type) -> None:
    without = {each.name for each in metrics_of(kind)} - set(names_with_interval(kind))
    assert {name.removesuffix(PER_IMAGE) for name in without} <= {"background_iou"}
