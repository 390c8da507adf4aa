"""A stack with its linked plaques: how many there are, and what tables say of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from gapjunction.config import require_within
from gapjunction.count_intervals import CountEstimate
from gapjunction.detections import Detections
from gapjunction.errors import ConfigError
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.found import Found
from gapjunction.prediction.seen_plaques import SeenPlaques, SeenSlice
from gapjunction.stacks.linking import Plaque

if TYPE_CHECKING:
    import pandas as pd

STACK_COLUMNS = (
    *("dataset", "asset", "class", "plaques", "low", "high"),
    *("boxes", "slices", "first_slice", "last_slice"),
    *("um_per_px", "z_step_um", "area_mm2", "volume_mm3", "per_mm2", "per_mm3"),
)
PLAQUE_COLUMNS = (
    *("dataset", "asset", "plaque", "class", "x_px", "y_px", "z_slice", "x_um", "y_um", "z_um"),
    *("first_slice", "last_slice", "num_slices", "best_slice", "x0", "y0", "x1", "y1", "score"),
)
UM_PER_MM = 1000
PROBABILITY_DIGITS = 6
DIGITS = 6  # that matter, of areas, volumes and densities

Row = tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class StackExtent:
    """How large a stack is; None where it is not known.

    Attributes:
        um_per_px: the side of a pixel, one for all slices.
        z_step_um: from one slice to the next.
        size_px: height and width of the slices, if all have one.
    """

    um_per_px: float | None
    z_step_um: float | None
    size_px: tuple[int, int] | None

    @property
    def area_mm2(self) -> float | None:
        """The area of a slice."""
        if self.um_per_px is None or self.size_px is None:
            return None
        return math.prod(self.size_px) * (self.um_per_px / UM_PER_MM) ** 2

    def volume_mm3(self, num_slices: int) -> float | None:
        """Return the volume that so many slices stand for: each one is as thick as the step."""
        if self.area_mm2 is None or self.z_step_um is None:
            return None
        return self.area_mm2 * num_slices * self.z_step_um / UM_PER_MM


@dataclass(frozen=True, slots=True, eq=False)
class LinkedStack:
    """A stack with its plaques, which are numbered from 0 in the order of their first slices.

    Attributes:
        images: the names of its slices.
        found: what counts in each slice, by its number.
        estimates: the number of plaques of each class, and how far it may be off.
        counted: the plaques that count.
    """

    dataset: str
    asset: str
    images: tuple[str, ...]
    class_names: tuple[str, ...]
    found: Mapping[int, Detections]
    estimates: Mapping[str, CountEstimate]
    counted: SeenPlaques
    extent: StackExtent

    @classmethod
    def of(
        cls,
        names: tuple[str, str],
        images: tuple[str, ...],
        slices: Mapping[int, SeenSlice],
        rule: CountingRule,
        extent: StackExtent,
    ) -> tuple[Self, SeenPlaques]:
        """Link what is seen in slices, by their numbers; return all plaques seen as well.

        `names` are those of dataset and asset, `images` those of the slices.
        """
        everything = {number: seen for number, (seen, _) in slices.items()}
        plaques = SeenPlaques.of(everything, rule)
        linked = cls(
            *names,
            images,
            rule.config.class_names,
            {number: rule.counted(seen) for number, seen in everything.items()},
            plaques.estimates(slices, rule),
            plaques.counted(rule),
            extent,
        )
        return linked, plaques

    @property
    def counts(self) -> dict[str, int]:
        """Plaques of each class, each counted once."""
        return {name: each.count for name, each in self.estimates.items()}

    @property
    def intervals(self) -> dict[str, tuple[int, int]]:
        """For each class the interval that holds the true number in 95 % of stacks."""
        return {name: each.interval for name, each in self.estimates.items()}

    def to_pandas(self) -> "pd.DataFrame":
        """Return a row for each plaque: the columns of `plaques.csv`, see docs/stacks.md."""
        import pandas as pd  # noqa: PLC0415 - takes half a second

        return pd.DataFrame(list(self.plaque_rows()), columns=list(PLAQUE_COLUMNS))

    def plaques_of(self, label: int) -> list[int]:
        """Return the numbers of the plaques of a class."""
        return [row for row, each in enumerate(self.counted.plaques) if each.label == label]

    def stack_rows(self) -> Iterator[Row]:
        """Yield a row for each class, as in `STACK_COLUMNS`."""
        extent, num_slices = self.extent, len(self.found)
        volume = extent.volume_mm3(num_slices)
        for label, name in enumerate(self.class_names):
            num_plaques = len(self.plaques_of(label))
            num_boxes = sum(int((each.labels == label).sum()) for each in self.found.values())
            yield (
                *(self.dataset, self.asset, name, num_plaques),
                *self.estimates[name].interval,
                *(num_boxes, num_slices, min(self.found), max(self.found)),
                *map(_shown, (extent.um_per_px, extent.z_step_um, extent.area_mm2, volume)),
                *(_density(num_plaques, whole) for whole in (extent.area_mm2, volume)),
            )

    def plaque_rows(self) -> Iterator[Row]:
        """Yield a row for each plaque, as in `PLAQUE_COLUMNS`, class by class."""
        for label, name in enumerate(self.class_names):
            for row in self.plaques_of(label):
                facts = _facts(self.counted.plaques[row], self.extent)
                probability = _shown_probability(self.counted.probabilities[row])
                yield (self.dataset, self.asset, row, name, *facts, probability)

    def tabled_plaques(self) -> Iterator[TabledPlaque]:
        """Yield each plaque with its boxes, as in `PREDICTED_PLAQUES`."""
        pairs = zip(self.counted.plaques, self.counted.probabilities, strict=True)
        for number, (plaque, probability) in enumerate(pairs):
            yield TabledPlaque(
                number,
                self.class_names[plaque.label],
                plaque.numbers,
                plaque.boxes,
                (self.dataset, self.asset),
                (_shown_probability(probability),),
            )


def link_slices(slices: Sequence[Found], *, z_step_um: float | None = None) -> LinkedStack:
    """Return the plaques of a stack, each counted once, from what was found in its slices.

    Args:
        slices: of one model, in the order in which they lie; they are numbered from 1 on.
        z_step_um: from one slice to the next.

    Raises:
        ConfigError: if there is none, or they are of several sizes or counted by several rules.
    """
    sizes = {each.image.shape[1:] for each in slices}
    rules = {(id(each.rule.config), each.rule.threshold) for each in slices}
    if len(sizes) != 1 or len(rules) != 1:
        raise ConfigError(
            "slices",
            expected="what one model found in slices of one size, with one threshold",
            found=f"{len(slices)} slices of {len(sizes)} sizes, counted in {len(rules)} ways",
            fix="find them alike",
        )
    require_within("z_step_um", z_step_um, np.nextafter(0.0, 1.0), np.finfo(np.float64).max)
    scales = {each.um_per_px for each in slices}
    extent = StackExtent(scales.pop() if len(scales) == 1 else None, z_step_um, *sizes)
    seen = {number: (each.seen, each.num_spots) for number, each in enumerate(slices, 1)}
    names = tuple(each.name for each in slices)
    linked, _ = LinkedStack.of(("", ""), names, seen, slices[0].rule, extent)
    return linked


def _facts(plaque: Plaque, extent: StackExtent) -> Row:
    x, y, z = plaque.center
    um = (extent.um_per_px, extent.um_per_px, extent.z_step_um)
    in_um = ["" if s is None else round(at * s, 3) for at, s in zip((x, y, z), um, strict=True)]
    box = [round(float(side), 3) for side in plaque.boxes[plaque.best]]
    numbers = plaque.numbers.tolist()
    return (
        *(round(x, 3), round(y, 3), round(z, 3), *in_um),
        *(numbers[0], numbers[-1], len(numbers), numbers[plaque.best], *box),
    )


def _shown_probability(probability: np.float32) -> float:
    return round(float(probability), PROBABILITY_DIGITS)


def _density(number: int, whole: float | None) -> str:
    return "" if whole is None else _shown(number / whole)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.{DIGITS}g}"
