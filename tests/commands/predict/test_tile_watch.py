"""Tests for `gapjunction.commands.predict.tile_watch`."""

import logging

import numpy as np
import pytest

from gapjunction.commands.predict.tile_watch import TileWatch
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.terminal import progress_bar
from published_files import TINY_RESNET


def watch_of(config: DetectorConfig) -> TileWatch:
    bar = progress_bar()
    rule = CountingRule.of(config, None, None)
    return TileWatch(bar, bar.add_task("Predicting"), "a.png", rule, tile_size=256)


def objects(num: int) -> Detections:
    boxes = np.tile(np.array([[1, 1, 5, 5]], np.float32), (num, 1))
    return Detections(boxes, np.full(num, 0.9, np.float32), np.zeros(num, np.int64))


DINO = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",), network=TINY_RESNET)
COMPACT = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))


def test_warn_if_full__tile_nearly_as_full_as_it_can_be__is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limit = DINO.network.max_detections
    assert limit is not None
    watch = watch_of(DINO)
    watch.on_tiles(1, 2, [objects(1), objects(limit)])
    with caplog.at_level(logging.WARNING):
        watch.warn_if_full()
    assert f"a.png: {limit} objects in one tile of 256 px" in caplog.text


def test_warn_if_full__many_objects_over_many_tiles__is_silent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = watch_of(DINO)
    watch.on_tiles(4, 4, [objects(2)] * 100)
    watch.warn_if_full()
    assert not caplog.text


def test_warn_if_full__detector_without_a_limit__is_silent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = watch_of(COMPACT)
    watch.on_tiles(1, 1, [objects(5000)])
    watch.warn_if_full()
    assert not caplog.text
