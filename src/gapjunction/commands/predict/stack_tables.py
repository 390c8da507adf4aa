"""What the tables of stacks and of their plaques say, a row for each."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from gapjunction.count_intervals import CountEstimate
from gapjunction.detections import Detections
from gapjunction.plaque_table import TabledPlaque
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.seen_plaques import SeenPlaques
from gapjunction.stacks.linking import Plaque

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

T = TypeVar("T")
SizeOf = Callable[[ListedImage], float | None]
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


@dataclass(frozen=True, slots=True)
class StackScales:
    """Where the scales of stacks come from.

    Attributes:
        um_of: the side of an image's pixels in um, None where it is not known.
        z_step_um: that the user states for all stacks.
    """

    um_of: SizeOf
    z_step_um: float | None

    def of(self, images: Sequence[ListedImage], sizes: Sequence[tuple[int, int]]) -> StackExtent:
        """Return the extent of a stack from its slices and their sizes (height, width) in px."""
        um_per_px = _only({self.um_of(image) for image in images})
        step = self.z_step_um or _only({image.z_step_um for image in images})
        return StackExtent(um_per_px, step, _only(set(sizes)))


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


def _only(values: set[T]) -> T | None:
    """Return the one value that there is, None where there are several."""
    return values.pop() if len(values) == 1 else None


def _density(number: int, whole: float | None) -> str:
    return "" if whole is None else _shown(number / whole)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.{DIGITS}g}"
