"""Tests for `gapjunction.prediction.counted_regions`."""

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.measurement.regions import Region, whole_image
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.counted_regions import counted_regions
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction_folder import ImageRow

CONFIG = DetectorConfig(class_names=("a",), class_colors=("#FF0000",))
RULE = CountingRule.of(CONFIG, 0.5, None)
SIZE_PX = (20, 20)
# The second box reaches beyond the image, where no pixel of a region is.
SEEN = Detections(
    as_boxes([[2, 2, 6, 6], [18, 8, 40, 12], [8, 12, 12, 16]]),
    np.array([0.9, 0.8, 0.3], np.float32),
    np.zeros(3, np.int64),
)


def rows_of(region: Region) -> list[tuple[str | float | None, ...]]:
    image = CountedImage(ImageRow("", "", "i"), SIZE_PX, None, RULE.counted(SEEN), ("a",))
    return list(counted_regions(image, SEEN, 7, RULE, [region]))


def test_counted_regions__all_of_the_image__has_its_count_and_interval() -> None:
    [row] = rows_of(whole_image("all", *SIZE_PX))
    (low, high) = RULE.intervals(SEEN, 7)["a"]
    assert row[3:8] == ("all", "a", 2, low, high)


def test_counted_regions__part__has_the_interval_of_what_is_seen_there() -> None:
    [row] = rows_of(Region("left", 0, 0, np.ones((20, 10), bool)))
    within = np.array([True, False, False])  # the center of the last, at 10, is the next pixel's
    assert row[5:8] == (1, *RULE.intervals(SEEN, 7, within)["a"])
