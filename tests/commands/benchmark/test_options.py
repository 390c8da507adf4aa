"""Tests for `gapjunction.commands.benchmark.options`."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gapjunction.commands.benchmark.config import (
    BenchmarkCompareConfig,
    BenchmarkCountsConfig,
    BenchmarkDetectionConfig,
    BenchmarkSegmentationConfig,
)
from gapjunction.commands.benchmark.options import BenchmarkConfig

CONFIGS = (
    BenchmarkCountsConfig,
    BenchmarkDetectionConfig,
    BenchmarkSegmentationConfig,
    BenchmarkCompareConfig,
)
# What people marked is boxes, counts or masks.
SHARED = [name for name in BenchmarkConfig.model_fields if name != "ground_truth_dir"]


@pytest.mark.parametrize("name", SHARED)
def test_options__every_benchmark__says_the_same_of_them(name: str) -> None:
    said = {config.model_fields[name].description for config in CONFIGS}
    assert len(said) == 1
    assert None not in said


@pytest.mark.parametrize("wrong", [{"threshold": 1.5}, {"experiment_name": ""}])
def test_options__out_of_range__are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        BenchmarkDetectionConfig.model_validate({"ground_truth_dir": Path("a")} | wrong)
