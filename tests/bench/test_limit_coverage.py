"""Tests for `bench.limit_coverage`."""

import numpy as np
import pytest
from bench.coverage_designs import Design
from bench.limit_coverage import SCALES, Counts, count_held

from bench import limit_coverage
from gapjunction.metrics.limits_of_agreement import AgreementLimits

DESIGN = Design("", 40, 0.4)


def test_count_held__truth_is_far_off__no_interval_holds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limit_coverage, "generators", lambda *_: [np.random.default_rng(0)] * 2)
    study = Counts.of(DESIGN, 6, np.random.default_rng(0))
    own = {scale: study.limits(scale, has_animals=False) for scale in SCALES}
    beside = dict.fromkeys(SCALES, AgreementLimits(-1e3, 1e3))
    assert count_held(DESIGN, own, 6, 2).percent("objects", "low") == "100.0"
    assert count_held(DESIGN, beside, 6, 2).percent("objects", "low") == "0.0"
    assert count_held(DESIGN, own, 6, 2).chosen.total() == 2
