"""Tests for `gapjunction.benchmark.threshold`."""

from pathlib import Path

import pytest

from gapjunction.benchmark.threshold import threshold_to_use
from gapjunction.errors import BenchmarkError
from gapjunction.prediction_folder import Manifest

FOLDER = Path("predictions")


@pytest.mark.parametrize(("asked_for", "used"), [(None, 0.5), (0.3, 0.3), (0.9, 0.9)])
def test_threshold_to_use__asked_for_or_not__goes_before_the_manifest(
    asked_for: float | None, used: float
) -> None:
    assert threshold_to_use(Manifest(threshold=0.5), asked_for, FOLDER) == used


def test_threshold_to_use__nothing_known__counts_every_box() -> None:
    assert threshold_to_use(Manifest(), None, FOLDER) is None


def test_threshold_to_use__lower_scores_not_written__is_an_error() -> None:
    with pytest.raises(BenchmarkError, match=r"expected at least 0\.4, .* found 0\.3"):
        threshold_to_use(Manifest(lowest_score=0.4), 0.3, FOLDER)
