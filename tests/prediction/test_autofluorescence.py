"""Tests for `gapjunction.prediction.autofluorescence`."""

import logging
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from channel_pictures import noise, spots, with_spots
from gapjunction.dataset.names import ImageOrigin
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.autofluorescence import Autofluorescence
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage

CONFIG = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
IMAGE = ListedImage(
    ImageOrigin("", "", Path("a.png")), "a", is_color=True, channel=1, stain=(0.0, 1.0, 0.0)
)


def picture() -> NDArray[np.uint8]:
    """Return five spots in green, of which the last two are in red as well."""
    return with_spots(with_spots(noise(), spots(5), 1), spots(2, first=3), 0)


def seen(*scores: float) -> Detections:
    return Detections(spots(5), np.array(scores, np.float32), np.zeros(5, np.int64))


def test_left_out__some_shine_in_red_too__are_not_kept_and_those_counted_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    shining = Autofluorescence(CountingRule.of(CONFIG, 0.5, None))
    kept = shining.left_out(seen(0.9, 0.8, 0.2, 0.9, 0.3), picture(), IMAGE)
    assert kept.scores.tolist() == pytest.approx([0.9, 0.8, 0.2])
    shining.tell()
    assert "left out 1 object in 1 image" in caplog.text


@pytest.mark.parametrize("stain", [None, (1.0, 1.0, 0.0)])
def test_left_out__stain_unknown_or_of_that_color__keeps_all(
    stain: tuple[float, ...] | None,
) -> None:
    shining = Autofluorescence(CountingRule.of(CONFIG, 0.5, None))
    image = ListedImage(IMAGE.origin, "a", is_color=True, channel=1, stain=stain)
    assert len(shining.left_out(seen(*[0.9] * 5), picture(), image)) == 5


def test_left_out__grey_picture__keeps_all(caplog: pytest.LogCaptureFixture) -> None:
    shining = Autofluorescence(CountingRule.of(CONFIG, 0.5, None))
    grey = np.repeat(picture()[1:2], 3, axis=0)
    assert len(shining.left_out(seen(*[0.9] * 5), grey, IMAGE)) == 5
    shining.tell()
    assert not caplog.text
