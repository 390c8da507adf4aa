"""Tests for `gapjunction.benchmark.doubtful_sizes`."""

from pathlib import Path

import pytest

from detection_cases import boxes_with_scores
from gapjunction.benchmark.doubtful_sizes import warn_of_doubtful_sizes
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.dataset.records import AssetMetadata

EMPTY = boxes_with_scores()


@pytest.mark.parametrize(("um_per_px", "num_warnings"), [(1.0, 1), (0.2, 0), (None, 0)])
def test_warn_of_doubtful_sizes__placeholder__warns_once_a_dataset(
    um_per_px: float | None, num_warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    image = MeasuredImage(
        "a", "rats", "a", AssetMetadata(), Path("a"), 9, 9, um_per_px, EMPTY, None, EMPTY
    )
    warn_of_doubtful_sizes([image, image])
    assert len(caplog.records) == num_warnings
