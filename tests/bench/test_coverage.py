"""Tests for `bench.coverage` and the studies that it simulates."""

from pathlib import Path

import numpy as np
import pytest
from bench.coverage import COMPARED_DESIGN, DESIGNS, METRICS, benchmark_study, pixels_of
from bench.coverage_designs import Design, Fields, detect, draw_fields

from bench import coverage
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE
from gapjunction.metrics.match_table import MatchTable

DESIGN = DESIGNS[1]


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def study(num_animals: int, design: Design = DESIGN) -> tuple[Fields, MatchTable]:
    generator = rng()
    fields = draw_fields(design, num_animals, generator)
    return fields, detect(design, fields, generator)


@pytest.mark.parametrize("design", DESIGNS[:4], ids=lambda each: each.name)
def test_draw_fields__many_animals__have_the_mean_and_icc_of_the_design(design: Design) -> None:
    """The ICC of one-way analysis of variance, from two fields of each animal."""
    fields = draw_fields(design, 40_000, rng())
    first = np.flatnonzero(np.diff(fields.animals, prepend=-1))
    pairs = fields.num_truth[np.stack([first, first + 1])]
    assert pairs.mean() == pytest.approx(design.objects, rel=0.02)
    covariance = np.mean((pairs[0] - pairs.mean()) * (pairs[1] - pairs.mean()))
    assert covariance / pairs.var() == pytest.approx(design.icc, abs=0.03)


def test_detect__average_animal__has_the_recall_of_the_design() -> None:
    fields, table = study(4000)
    found = np.bincount(table.found.images[table.iou > 0], minlength=len(fields.num_truth))
    recall = [
        found[fields.animals == animal].sum() / fields.num_truth[fields.animals == animal].sum()
        for animal in range(4000)
    ]
    assert np.median(recall) == pytest.approx(DESIGN.recall, abs=0.01)


def test_benchmark_study__animals_known__has_every_interval_but_that_of_rmse() -> None:
    fields, table = study(6)
    values = benchmark_study(fields, table, fields.groups())
    for name in METRICS.keys() - {"rmse"}:
        assert values[f"{name}_low"] < values[name] < values[f"{name}_high"]
    assert values["rmse_low"] is None


def test_benchmark_study__animals_unknown__has_values_alone() -> None:
    fields, table = study(6)
    values = benchmark_study(fields, table, fields.groups(UNKNOWN_SOURCE))
    assert values.keys() >= METRICS.keys()
    assert not [name for name in values if name.endswith("iou50_low")]


def test_pixels_of__masks__have_the_pixels_of_all_objects() -> None:
    fields, table = study(3)
    matrices = pixels_of(fields, table)
    assert matrices.min() >= 0
    assert (matrices[:, 1].sum(axis=1) == coverage.OBJECT_PX * fields.num_truth).all()
    assert set(matrices.sum(axis=(1, 2))) == {coverage.FIELD_PX}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(coverage, "FOLDER", tmp_path)
    monkeypatch.setattr(coverage, "NUM_IN_ALL", 300)
    coverage.truth_of.cache_clear()
    return tmp_path


@pytest.mark.long
@pytest.mark.usefixtures("small")
def test_count_held__wide_intervals__hold_the_truth_in_most_studies() -> None:
    held = coverage.count_held(DESIGN, 4, 20)
    assert held["rmse"] == [0, 0]
    assert held["bias"][1] == 20
    assert held["bias"][0] >= 15  # of 20; fewer have a chance of 0.03 % if each holds in 95 %


@pytest.mark.usefixtures("small")
def test_count_called_different__four_animals__is_never() -> None:
    """The smallest p of four animals is 0.125."""
    counts = coverage.count_called_different(COMPARED_DESIGN, 4, 5)
    assert counts["any"] == counts["f1_iou50"] == [0, 5]
    assert counts["f1_iou50 interval"][0] >= 3


def test_recorded__counted_before__is_not_counted_again(small: Path) -> None:
    calls = []

    def counted(design: Design, num_animals: int, num_studies: int) -> coverage.Counts:
        calls.append((design, num_animals, num_studies))
        return {"f1": [19, 20]}

    first, second = (coverage.recorded(counted, DESIGN, 4, 20) for _ in range(2))
    assert first == second == {"f1": [19, 20]}
    assert calls == [(DESIGN, 4, 20)]
    assert len(list(small.iterdir())) == 1


@pytest.mark.parametrize(("count", "expected"), [([19, 20], "95.0"), ([0, 0], "-")])
def test_percent__share__is_shown_where_there_is_one(count: list[int], expected: str) -> None:
    assert coverage.percent(count) == expected


def test_monte_carlo_error__studies__is_that_of_a_share() -> None:
    """1.96 * sqrt(0.95 * 0.05 / 400) = 0.0214."""
    assert "400 studies each; half width of the Monte-Carlo error 2.1 at 95%, 2.9 at 90%" in (
        coverage.monte_carlo_error(400)
    )
