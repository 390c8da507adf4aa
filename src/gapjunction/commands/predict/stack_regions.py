"""Counts the plaques of stacks by region, each once: in that which its best slice shows it in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.commands.predict.seen_file import SeenInImage
from gapjunction.commands.predict.stacks import FoundStack
from gapjunction.detections import Detections
from gapjunction.measurement.region_counts import Row, lies_within, shown
from gapjunction.measurement.regions import UM_PER_MM, Region
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.seen_plaques import SeenPlaques

STACK_REGION_COLUMNS = (
    *("dataset", "asset", "region", "class", "plaques", "low", "high", "slices"),
    *("um_per_px", "z_step_um", "area_mm2", "volume_mm3", "per_mm2", "per_mm3"),
)


@dataclass(frozen=True, slots=True, eq=False)
class SliceOfRegion:
    """What a region holds in one slice of a stack.

    Attributes:
        number: of the slice.
        num_px: the region's area there.
        seen: everything seen in it.
        widening: by what factor intervals of the slice are wider.
        plaques: the places, among all seen in the stack, of those whose best box is in it.
    """

    region: str
    number: int
    num_px: int
    seen: Detections
    widening: float
    plaques: tuple[int, ...]


def slices_of_regions(
    found: FoundStack,
    number: int,
    regions: Sequence[Region],
    seen: SeenInImage,
    rule: CountingRule,
) -> Iterator[SliceOfRegion]:
    """Yield what each region of a slice holds of the plaques that are seen in its stack."""
    size_px = (seen.height, seen.width)
    widening = rule.widening(seen.detections, seen.num_spots)
    plaques = found.seen.plaques
    places = [row for row, each in enumerate(plaques) if each.numbers[each.best] == number]
    best = [plaques[row].boxes[plaques[row].best] for row in places]
    boxes = np.array(best, np.float32).reshape(-1, 4)
    at_best = Detections(boxes, np.ones(len(boxes), np.float32), np.zeros(len(boxes), np.int64))
    for region in regions:
        within = seen.detections[lies_within(region, seen.detections, size_px)]
        is_held = lies_within(region, at_best, size_px).tolist()
        held = tuple(row for row, is_in in zip(places, is_held, strict=True) if is_in)
        yield SliceOfRegion(region.name, number, region.num_px, within, widening, held)


def stack_region_rows(
    found: FoundStack, slices: Sequence[SliceOfRegion], rule: CountingRule
) -> Iterator[Row]:
    """Yield a row for each region of a stack and class, as in `STACK_REGION_COLUMNS`.

    The area is the mean over the slices that show the region.
    """
    stack, extent = found.linked, found.linked.extent
    for region in dict.fromkeys(each.region for each in slices):
        own = [each for each in slices if each.region == region]
        rows = sorted(row for each in own for row in each.plaques)
        plaques = SeenPlaques(
            [found.seen.plaques[row] for row in rows], found.seen.probabilities[rows]
        )
        estimates = plaques.estimates(
            {each.number: (each.seen, 0) for each in own},
            rule,
            widened=float(np.mean([each.widening for each in own])),
        )
        area_mm2, volume_mm3 = None, None
        if extent.um_per_px is not None:
            of_slices = sum(each.num_px for each in own) * (extent.um_per_px / UM_PER_MM) ** 2
            area_mm2 = of_slices / len(own)
            if extent.z_step_um is not None:
                volume_mm3 = of_slices * extent.z_step_um / UM_PER_MM
        for name in stack.class_names:
            num = estimates[name].count
            interval = estimates[name].interval
            yield (
                *(stack.dataset, stack.asset, region, name, num, *interval, len(own)),
                *(extent.um_per_px, extent.z_step_um, shown(area_mm2), shown(volume_mm3)),
                *(shown(num / whole) if whole else None for whole in (area_mm2, volume_mm3)),
            )
