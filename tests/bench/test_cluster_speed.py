"""Tests for `bench.cluster_speed`."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from bench.cluster_speed import FEW, seconds_an_image, small_images, write_images

from bench import cluster_speed


def test_write_images__ten__also_writes_the_first_few_beside(tmp_path: Path) -> None:
    inputs = write_images(tmp_path, small_images(10))

    assert inputs.number == len(list(inputs.all.iterdir())) == 10
    few = [path.name for path in sorted(inputs.few.iterdir())]
    assert few == [path.name for path in sorted(inputs.all.iterdir())[:FEW]]


def test_seconds_an_image__slow_start__is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def predict_s(folder: Path, options: Sequence[str]) -> float:
        each_s, start_s = (0.5, 30.0) if options else (0.25, 2.0)
        return start_s + each_s * len(list(folder.iterdir()))

    monkeypatch.setattr(cluster_speed, "predict_s", predict_s)
    inputs = write_images(tmp_path, small_images(20))

    took = seconds_an_image(inputs, ([], ["--cluster", "local:1"]), turns=3)

    assert took == pytest.approx((0.25, 0.5))
