"""How plaques lie to each other in a region, against plaques that lie anywhere in it by chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.measurement.region_counts import (
    CountedImage,
    Row,
    lies_within,
    plaque_centers,
    shown,
)
from gapjunction.measurement.regions import Region
from gapjunction.measurement.ripley import (
    FloatArray,
    ShiftedArea,
    nearest_px,
    random_points,
    ripleys_l,
)

SPACE_NAME, RIPLEY_NAME = "space.csv", "ripley.csv"
SPACE_TABLES = (SPACE_NAME, RIPLEY_NAME)
DENSITY = "density"  # a folder
NUM_SIMULATED = 199
LEAST_PLAQUES = 5  # with less, every pattern looks like chance
ENVELOPE = (0.025, 0.975)
SPACE_COLUMNS = (
    *("dataset", "asset", "image", "region", "class", "plaques", "area_px", "um_per_px"),
    *("nearest_um", "nearest_px", "nearest_by_chance_px", "nearest_ratio", "nearest_p"),
    "ripley_p",
)
RIPLEY_COLUMNS = (
    *("dataset", "asset", "image", "region", "class", "radius_um", "radius_px"),
    *("l_px", "by_chance_px", "low_px", "high_px"),
)


@dataclass(frozen=True, slots=True, eq=False)
class AgainstChance:
    """The pattern of some plaques, and what chance gives.

    Attributes:
        radii_px, l_px: Ripley's L (R,) at these distances.
        by_chance_px: its mean in simulated patterns.
        low_px, high_px: what 95 % of these have at each distance.
        ripley_p: of the largest distance of L from its mean by chance, at any radius.
        nearest_px, nearest_by_chance_px: mean distance to the nearest other plaque.
        nearest_p: two-sided.
    """

    radii_px: FloatArray
    l_px: FloatArray
    by_chance_px: FloatArray
    low_px: FloatArray
    high_px: FloatArray
    ripley_p: float
    nearest_px: float
    nearest_by_chance_px: float
    nearest_p: float


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """The plaques of a class in a region; `against` is None where they are fewer than five."""

    region: Region
    class_name: str
    num_plaques: int
    against: AgainstChance | None


def against_chance(
    points: FloatArray, area: ShiftedArea, rng: np.random.Generator
) -> AgainstChance:
    """Compare points (N, 2), as x, y, with as many that lie anywhere in their region."""
    l_px, nearest = ripleys_l(points, area), nearest_px(points)
    drawn = [random_points(area.region, len(points), rng) for _ in range(NUM_SIMULATED)]
    of_drawn = np.array([ripleys_l(each, area) for each in drawn])
    nearest_drawn = np.array([nearest_px(each) for each in drawn])
    mean = of_drawn.mean(axis=0)
    # The one that was measured is among those that its distance from the mean is compared with.
    everyone = np.vstack([l_px[None], of_drawn])
    farthest = np.abs(everyone - everyone.mean(axis=0)).max(axis=1)
    low, high = np.quantile(of_drawn, ENVELOPE, axis=0)
    as_low = float((nearest_drawn <= nearest).sum() + 1)
    as_high = float((nearest_drawn >= nearest).sum() + 1)
    return AgainstChance(
        radii_px=area.radii_px,
        l_px=l_px,
        by_chance_px=mean,
        low_px=low,
        high_px=high,
        ripley_p=float((farthest >= farthest[0]).mean()),
        nearest_px=nearest,
        nearest_by_chance_px=float(nearest_drawn.mean()),
        nearest_p=min(1.0, 2 * min(as_low, as_high) / (NUM_SIMULATED + 1)),
    )


def patterns_of(
    image: CountedImage, regions: Sequence[Region], rng: np.random.Generator
) -> Iterator[Pattern]:
    """Yield the pattern of each region and class of an image."""
    for region in regions:
        within = image.found[lies_within(region, image.found, image.size_px)]
        area: ShiftedArea | None = None
        for label, name in enumerate(image.class_names):
            own = within[within.labels == label]
            points = plaque_centers(own, image.size_px).astype(np.float64)
            against = None
            if len(points) >= LEAST_PLAQUES:
                area = area or ShiftedArea.of(region)
                against = against_chance(points, area, rng)
            yield Pattern(region, name, len(points), against)


def space_row(image: CountedImage, pattern: Pattern) -> Row:
    """Return the row of a pattern, as in `SPACE_COLUMNS`."""
    start = (
        *(*image.row, pattern.region.name, pattern.class_name, pattern.num_plaques),
        *(pattern.region.num_px, image.um_per_px),
    )
    if pattern.against is None:
        return (*start, None, None, None, None, None, None)
    told = pattern.against
    return (
        *start,
        shown(None if image.um_per_px is None else told.nearest_px * image.um_per_px),
        *(shown(told.nearest_px), shown(told.nearest_by_chance_px)),
        shown(told.nearest_px / told.nearest_by_chance_px),
        *(told.nearest_p, told.ripley_p),
    )


def ripley_rows(image: CountedImage, pattern: Pattern) -> Iterator[Row]:
    """Yield a row for each radius of a pattern, as in `RIPLEY_COLUMNS`."""
    told = pattern.against
    if told is None:
        return
    columns = (told.radii_px, told.l_px, told.by_chance_px, told.low_px, told.high_px)
    for radius, *others in zip(*(each.tolist() for each in columns), strict=True):
        radius_um = None if image.um_per_px is None else radius * image.um_per_px
        yield (
            *(*image.row, pattern.region.name, pattern.class_name),
            *(shown(radius_um), shown(radius), *map(shown, others)),
        )
