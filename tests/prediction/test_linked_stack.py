"""Tests for `gapjunction.prediction.linked_stack`; its tables are tested where they are written."""

from dataclasses import replace

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.found import Found
from gapjunction.prediction.linked_stack import link_slices

CONFIG = DetectorConfig(class_names=("a",), class_colors=("#FF0000",))


def found(*corners: tuple[float, float], size_px: int = 40) -> Found:
    """Return what was found in a slice: boxes of 6 px with these corners (x, y), 0.5 um a pixel."""
    boxes = as_boxes([[x, y, x + 6, y + 6] for x, y in corners])
    num = len(corners)
    seen = Detections(boxes, np.full(num, 0.9, np.float32), np.zeros(num, np.int64))
    image = np.zeros((1, size_px, size_px), np.uint8)
    return Found(image, seen, CountingRule.of(CONFIG, 0.5, None), 0.5, 1.0, name="plane")


def test_link_slices__plaque_in_three_slices__is_counted_once() -> None:
    stack = link_slices([found((5, 5)), found((5, 6), (20, 20)), found((6, 6))], z_step_um=0.3)
    assert stack.counts == {"a": 2}
    low, high = stack.intervals["a"]
    assert low <= 2 <= high
    table = stack.to_pandas()
    assert table["num_slices"].tolist() == [3, 1]
    assert table["z_um"].iloc[1] == pytest.approx(0.6)
    assert table[["first_slice", "last_slice"]].to_numpy().tolist() == [[1, 3], [2, 2]]


def test_link_slices__nothing_found__is_no_plaque() -> None:
    stack = link_slices([found(), found()])
    assert stack.counts == {"a": 0}
    assert len(stack.to_pandas()) == 0


@pytest.mark.parametrize(
    "slices",
    [
        [],
        [found(), found(size_px=50)],
        [found(), replace(found(), rule=CountingRule.of(CONFIG, 0.6, None))],
    ],
)
def test_link_slices__slices_that_do_not_go_together__are_refused(slices: list[Found]) -> None:
    with pytest.raises(ConfigError, match="slices: expected what one model found"):
        link_slices(slices)


def test_link_slices__step_of_nothing__is_refused() -> None:
    with pytest.raises(ConfigError, match="z_step_um"):
        link_slices([found()], z_step_um=0)
