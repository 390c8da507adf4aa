"""Counts what was seen in an image by region, with intervals."""

from collections.abc import Iterator, Sequence

from gapjunction.detections import Detections
from gapjunction.measurement.region_counts import CountedImage, Row, lies_within, region_rows
from gapjunction.measurement.regions import Region
from gapjunction.prediction.counting_rule import CountingRule


def counted_regions(
    image: CountedImage,
    seen: Detections,
    num_spots: int,
    rule: CountingRule,
    regions: Sequence[Region],
) -> Iterator[Row]:
    """Yield a row for each region and class, as in `REGION_COLUMNS`.

    `seen` is everything that is seen in the image, counted or not, and `num_spots` how many spots
    stand out there: its intervals come from both, as those of the whole image do.
    """
    intervals = [
        rule.intervals(seen, num_spots, lies_within(region, seen, image.size_px))
        for region in regions
    ]
    return region_rows(image, regions, intervals)
