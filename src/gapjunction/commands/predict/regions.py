"""Counts plaques by region, where regions are asked for."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gapjunction.commands.predict.files import PredictionFiles
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.seen_file import SeenInImage, read_seen
from gapjunction.commands.predict.stack_regions import (
    STACK_REGION_COLUMNS,
    SliceOfRegion,
    slices_of_regions,
    stack_region_rows,
)
from gapjunction.commands.predict.stack_scales import SizeOf
from gapjunction.commands.predict.stacks import FoundStack
from gapjunction.csv_tables import csv_written_whole, write_csv
from gapjunction.files import written_whole
from gapjunction.measurement.region_counts import (
    REGION_COLUMNS,
    CountedImage,
    Row,
)
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.measurement.regions import Region
from gapjunction.overlays.counted_image import Counted, ShownImage
from gapjunction.prediction.counted_regions import counted_regions
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import ImageRow
from gapjunction.report.region_overlays import region_overlay
from gapjunction.terminal import tracked
from gapjunction.text import counted

logger = logging.getLogger(__name__)

REGIONS_NAME, STACK_REGIONS_NAME = "regions.csv", "stack_regions.csv"
REGION_TABLES = (REGIONS_NAME, STACK_REGIONS_NAME)
REGION_OVERLAYS = "region_overlays"  # a folder
MOST_NAMED = 3  # images


@dataclass(frozen=True, slots=True, eq=False)
class ImageRegions:
    """What was seen in an image, and its regions; none where none are given for it."""

    image: ListedImage
    files: PredictionFiles
    seen: SeenInImage
    regions: list[Region]


def write_regions(
    output: Path,
    done: Sequence[ImageWithFiles],
    stacks: Sequence[FoundStack],
    rule: CountingRule,
    plan: RegionPlan,
    um_of: SizeOf,
) -> str:
    """Write the tables of regions and their pictures; return a line on them, "" without regions.

    Raises:
        GapJunctionError: if regions do not fit their image.
    """
    if plan.is_empty:
        return ""
    numbers: list[int] = []  # of the regions of each image
    of_slices: dict[str, list[SliceOfRegion]] = {}
    slices = {name: (stack, number) for stack in stacks for name, number in stack.slice_numbers()}
    with csv_written_whole(output / REGIONS_NAME) as write:
        write([REGION_COLUMNS])
        for each in _with_regions(done, plan):
            own, seen = _counted_image(each, rule, um_of(each.image)), each.seen
            write(counted_regions(own, seen.detections, seen.num_spots, rule, each.regions))
            numbers.append(len(each.regions))
            name = each.image.output_name
            if name in slices:
                own_slices = slices_of_regions(*slices[name], each.regions, each.seen, rule)
                of_slices[name] = list(own_slices)
            if each.files.has_overlay and each.regions:
                _write_overlay(each, rule, um_of(each.image), output / REGION_OVERLAYS)
    _write_stack_regions(output, stacks, of_slices, rule)
    num_images = sum(number > 0 for number in numbers)
    where = f"{counted(sum(numbers), 'region')} of {counted(num_images, 'image')}"
    of_stacks = f", by stack in {STACK_REGIONS_NAME}" if of_slices else ""
    return f"Counts and densities of {where} in {output / REGIONS_NAME}{of_stacks}"


def _with_regions(done: Sequence[ImageWithFiles], plan: RegionPlan) -> Iterator[ImageRegions]:
    """Yield each image with its regions; name those without any in the end."""
    without: list[str] = []
    for image, files in tracked(done, "Regions", len(done)):
        seen = read_seen(files.seen, files.image_state)
        if seen is None:  # the image is another since
            continue
        size_px = (seen.height, seen.width)
        regions = plan.regions_of(image.output_name, size_px, image.picture.read)
        if not regions:
            without.append(image.output_name)
        yield ImageRegions(image, files, seen, regions)
    if without:
        shown = ", ".join(without[:MOST_NAMED]) + (", ..." if len(without) > MOST_NAMED else "")
        logger.info("%s without regions: %s", counted(len(without), "image"), shown)


def _write_overlay(
    each: ImageRegions, rule: CountingRule, um_per_px: float | None, folder: Path
) -> None:
    shown = ShownImage(each.image.picture.read(), um_per_px, each.image.annotations)
    found = rule.counted(each.seen.detections)
    objects = Counted(found, rule.config.class_names, rule.threshold)
    picture = region_overlay(shown, objects, each.regions)
    with written_whole(folder / each.files.overlays.name) as partial:
        picture.save(partial)


def _write_stack_regions(
    output: Path,
    stacks: Sequence[FoundStack],
    of_slices: Mapping[str, Sequence[SliceOfRegion]],
    rule: CountingRule,
) -> None:
    """Write the table of stacks by region, if there are stacks; slices are given by their names."""
    rows: list[Row] = []
    for stack in stacks:
        names = (name for name, _ in stack.slice_numbers())
        own = [each for name in names for each in of_slices.get(name, ())]
        rows += stack_region_rows(stack, own, rule)
    if of_slices:
        write_csv(output / STACK_REGIONS_NAME, [STACK_REGION_COLUMNS, *rows])


def _counted_image(each: ImageRegions, rule: CountingRule, um_per_px: float | None) -> CountedImage:
    """Return an image with the plaques that count of what was seen in it."""
    origin, seen = each.image.origin, each.seen
    return CountedImage(
        ImageRow(origin.dataset, origin.asset, each.image.output_name),
        (seen.height, seen.width),
        um_per_px,
        rule.counted(seen.detections),
        rule.config.class_names,
    )
