"""Counts plaques by region, where regions are asked for."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.seen_file import SeenInImage, read_seen
from gapjunction.commands.predict.stack_tables import SizeOf
from gapjunction.csv_tables import write_csv
from gapjunction.files import written_whole
from gapjunction.measurement.region_counts import (
    REGION_COLUMNS,
    CountedImage,
    Interval,
    Row,
    lies_within,
    region_rows,
)
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.measurement.regions import Region
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import REGION_OVERLAYS, REGIONS_NAME, ImageRow
from gapjunction.report.region_overlays import region_overlay
from gapjunction.terminal import tracked
from gapjunction.text import counted

logger = logging.getLogger(__name__)

MOST_NAMED = 3  # images


def write_regions(
    output: Path,
    done: Sequence[ImageWithFiles],
    rule: CountingRule,
    plan: RegionPlan,
    um_of: SizeOf,
) -> str:
    """Write the table of regions and their pictures; return a line on them, "" without regions.

    Raises:
        GapJunctionError: if regions do not fit their image.
    """
    (output / REGIONS_NAME).unlink(missing_ok=True)
    shutil.rmtree(output / REGION_OVERLAYS, ignore_errors=True)
    if plan.is_empty:
        return ""
    rows: list[Row] = []
    without: list[str] = []
    num_regions = 0
    for image, files in tracked(done, "Regions", len(done)):
        seen = read_seen(files.seen, files.image_state)
        if seen is None:  # the image is another since
            continue
        regions = plan.regions_of(image.output_name, (seen.height, seen.width), image.picture.read)
        own = counted_image(image, seen, rule, um_of(image))
        rows += region_rows(own, regions, _intervals(seen, regions, rule))
        num_regions += len(regions)
        if not regions:
            without.append(image.output_name)
        elif files.has_overlay:
            pixels, colors = image.picture.read(), rule.config.class_colors
            picture = region_overlay(pixels, own.found, colors, regions)
            with written_whole(output / REGION_OVERLAYS / files.overlays.name) as partial:
                picture.save(partial)
    write_csv(output / REGIONS_NAME, [REGION_COLUMNS, *rows])
    _tell_of_images_without(without)
    num_images = len(done) - len(without)
    where = f"{counted(num_regions, 'region')} of {counted(num_images, 'image')}"
    return f"Counts and densities of {where} in {output / REGIONS_NAME}"


def counted_image(
    image: ListedImage, seen: SeenInImage, rule: CountingRule, um_per_px: float | None
) -> CountedImage:
    """Return an image with the plaques that count of what was seen in it."""
    return CountedImage(
        ImageRow(image.origin.dataset, image.origin.asset, image.output_name),
        (seen.height, seen.width),
        um_per_px,
        rule.counted(seen.detections),
        rule.config.class_names,
    )


def _intervals(
    seen: SeenInImage, regions: Sequence[Region], rule: CountingRule
) -> list[dict[str, Interval]]:
    size_px = (seen.height, seen.width)
    return [
        rule.intervals(
            seen.detections, seen.num_spots, lies_within(region, seen.detections, size_px)
        )
        for region in regions
    ]


def _tell_of_images_without(names: Sequence[str]) -> None:
    if names:
        shown = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
        logger.info("%s without regions: %s", counted(len(names), "image"), shown)
