"""How far counts may be off: of an image, of all images of an animal, and of several animals.

Counts err as their square root does: by as much more above as a small count has less room below.
An interval is therefore made on that scale (Bartlett 1936). The images of an animal err alike, so
that an error of their total is more than if each erred by itself, and less than their sum.
"""

import math
from collections.abc import Sequence
from typing import Self

from pydantic import Field

from gapjunction.config import StrictConfig

ROUNDING = 1e-9  # an end that misses a whole number by less is on it
OFFSET = 3 / 8  # added to a count before its root is taken, as Anscombe (1948) has it


class Reach(StrictConfig):
    """How far counts err, in the standard deviations that their images' doubts tell.

    Attributes:
        image: 95 % of the images of animals not seen yet err by less.
        animal: so do the totals of 95 % of such animals.
        within_animals: the correlation of the errors of two images of an animal.
        between_animals: that of the totals of two animals.
        num_animals: that it was fitted to.
        is_simulated: none of them was a real one.
    """

    image: float = Field(gt=0)
    animal: float = Field(gt=0)
    within_animals: float = Field(ge=0, le=1)
    between_animals: float = Field(ge=0, le=1)
    num_animals: int = Field(ge=1)
    is_simulated: bool = False

    def total_of_animal(self, images: Sequence["CountEstimate"]) -> "CountEstimate":
        """Return the total of the images of one animal, of which there is one at least."""
        return images[0] if len(images) == 1 else self.total_of_sums(EstimateSums.of(images))

    def total_of_sums(self, images: "EstimateSums") -> "CountEstimate":
        """Return the total of the images of one animal, of which there are two at least."""
        total = images.total(self.within_animals)
        return total.but(half_width=total.half_width * self.animal / self.image)

    def total_of_animals(self, animals: Sequence["CountEstimate"]) -> "CountEstimate":
        """Return the total of animals, of which there is one at least."""
        return CountEstimate.sum_of(animals, self.between_animals)


class CountEstimate(StrictConfig):
    """A count, and how far it may be off.

    Attributes:
        count: from the threshold on that was asked for.
        fitted_count: from the one on that was fitted to count right: the same unless another
            was asked for.
        half_width: how far the true count may lie above the fitted one.
        passed_by: how much more may be there than is counted, whatever the half width.
    """

    count: int = Field(ge=0)
    fitted_count: int = Field(ge=0)
    half_width: float = Field(ge=0)
    passed_by: int = Field(default=0, ge=0)

    @classmethod
    def sum_of(cls, parts: Sequence["CountEstimate"], correlation: float) -> "CountEstimate":
        """Return the sum of counts whose errors have this correlation (0 to 1), two by two."""
        return EstimateSums.of(parts).total(correlation)

    def scaled(self, count: int) -> Self:
        """Return another count that is as unsure, relative to its size, as this one, above 0."""
        factor = count / self.count
        return self.but(
            count=count,
            fitted_count=round(factor * self.fitted_count),
            half_width=factor * self.half_width,
            passed_by=round(factor * self.passed_by),
        )

    @property
    def interval(self) -> tuple[int, int]:
        """The lowest and the highest true count.

        Only the fitted threshold is known to err in both directions alike: under another one the
        interval holds that of the fitted one as well.
        """
        lows, highs = zip(
            *(interval_about(each, self.half_width) for each in (self.count, self.fitted_count)),
            strict=True,
        )
        return min(lows), max(*highs, self.count + self.passed_by)


class EstimateSums(StrictConfig):
    """What the total of counts is made of, so that more can be added later.

    Attributes:
        num: counts that were added.
        half_widths, squares: the sums of their half widths, and of the squares of these.
    """

    num: int = 0
    count: int = 0
    fitted_count: int = 0
    passed_by: int = 0
    half_widths: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, parts: Sequence[CountEstimate]) -> Self:
        """Return the sums of counts."""
        return cls(
            num=len(parts),
            count=sum(each.count for each in parts),
            fitted_count=sum(each.fitted_count for each in parts),
            passed_by=sum(each.passed_by for each in parts),
            half_widths=sum(each.half_width for each in parts),
            squares=sum(each.half_width**2 for each in parts),
        )

    def plus(self, other: "EstimateSums") -> Self:
        """Return the sums of the counts of both."""
        mine, theirs = self.model_dump(), other.model_dump()
        return type(self)(**{name: mine[name] + theirs[name] for name in mine})

    def total(self, correlation: float) -> CountEstimate:
        """Return the total, where errors have this correlation (0 to 1), two by two."""
        alike, apart = self.half_widths**2, self.squares
        return CountEstimate(
            count=self.count,
            fitted_count=self.fitted_count,
            half_width=math.sqrt(correlation * alike + (1 - correlation) * apart),
            passed_by=self.passed_by,
        )


def interval_about(count: int, half_width: float) -> tuple[int, int]:
    """Return the lowest and the highest whole number within an interval about a count.

    It reaches up by the half width, and down by as much on the scale of square roots.
    """
    root = math.sqrt(count + OFFSET)
    down = max(root - _step(count, half_width), 0) ** 2 - OFFSET
    return max(math.ceil(down - ROUNDING), 0), math.floor(count + half_width + ROUNDING)


def half_width_to(true_count: int, count: int) -> float:
    """Return the half width of the interval about a count that just reaches a true count."""
    if true_count >= count:
        return float(true_count - count)
    root = math.sqrt(count + OFFSET)
    step = root - math.sqrt(true_count + OFFSET)
    return (root + step) ** 2 - root**2


def _step(count: int, half_width: float) -> float:
    """Return how far the upper end lies above a count on the scale of square roots."""
    return math.sqrt(count + OFFSET + half_width) - math.sqrt(count + OFFSET)
