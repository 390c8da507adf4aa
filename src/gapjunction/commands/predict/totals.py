"""The table of totals: of assets, of datasets and of all, with intervals.

Errors within an asset are alike, so that low and high of its images do not add up to those of its
total. What is counted of an asset that is a stack is its plaques, each once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from gapjunction.calibration import Calibration
from gapjunction.commands.predict.files import IntervalFile
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.count_intervals import CountEstimate
from gapjunction.csv_tables import write_csv
from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.linked_stack import LinkedStack
from gapjunction.prediction_folder import TOTALS_NAME

TOTAL_COLUMNS = (
    *("level", "dataset", "asset", "class", "counted"),
    *("assets", "images", "count", "low", "high"),
)

Row = tuple[str | int, ...]
Counted = Literal["objects", "plaques"]
Level = Literal["asset", "dataset", "all"]


@dataclass(frozen=True, slots=True)
class Total:
    """What was counted of a class in an image, or in more.

    Attributes:
        dataset, asset: "" where they are none, or several.
        counted: objects of images, or plaques of stacks, each once.
        num_assets: images of no dataset are taken to be of one.
    """

    dataset: str
    asset: str
    class_name: str
    counted: Counted
    num_assets: int
    num_images: int
    estimate: CountEstimate

    @classmethod
    def of_image(cls, dataset: str, asset: str, name: str, estimate: CountEstimate) -> Self:
        """Return it of one image, with the name of a class."""
        return cls(dataset, asset, name, "objects", 1, 1, estimate)

    @classmethod
    def of_stack(cls, stack: LinkedStack, name: str) -> Self:
        """Return the plaques of a stack, with the name of a class."""
        images = len(stack.found)
        return cls(stack.dataset, stack.asset, name, "plaques", 1, images, stack.estimates[name])

    def row(self, level: Level) -> Row:
        """Return it as a row of the table."""
        return (
            *(level, self.dataset, self.asset, self.class_name, self.counted),
            *(self.num_assets, self.num_images, self.estimate.count, *self.estimate.interval),
        )


@dataclass(frozen=True, slots=True)
class CountedTotals:
    """What was counted in images that are no slices of stacks, and in stacks."""

    images: list[Total]
    stacks: list[Total]

    @classmethod
    def of(cls, done: Sequence[ImageWithFiles], stacks: Sequence[LinkedStack]) -> Self:
        """Return what the files of images, and stacks, say."""
        slices = {name for stack in stacks for name in stack.images}
        of_images = [
            Total.of_image(image.origin.dataset, image.origin.asset, name, estimate)
            for image, files in done
            if image.output_name not in slices
            for name, estimate in IntervalFile.read(files.intervals).estimates.items()
        ]
        of_stacks = [Total.of_stack(stack, name) for stack in stacks for name in stack.estimates]
        return cls(of_images, of_stacks)


def write_totals(output: Path, counted: CountedTotals, config: DetectorConfig) -> None:
    """Write the totals of images, and of stacks."""
    plaques = config.calibration if config.plaques is None else config.plaques.calibration
    rows = [
        *total_rows(of_assets(counted.images, config.calibration), config.calibration),
        *total_rows(counted.stacks, plaques),
    ]
    write_csv(output / TOTALS_NAME, [TOTAL_COLUMNS, *rows])


def of_assets(images: Sequence[Total], calibration: Calibration) -> list[Total]:
    """Return the total of each asset and class, in the order of their first images."""
    groups = _grouped(images, lambda own: (own.dataset, own.asset, own.class_name))
    total_of = calibration.known_reach.total_of_animal
    return [
        Total(
            *(own[0].dataset, own[0].asset, own[0].class_name, own[0].counted),
            num_assets=1,
            num_images=len(own),
            estimate=total_of([each.estimate for each in own]),
        )
        for own in groups
    ]


def total_rows(assets: Sequence[Total], calibration: Calibration) -> Iterator[Row]:
    """Yield a row of each asset, then of each dataset, then of all, class by class."""
    total_of = calibration.known_reach.total_of_animals
    yield from (own.row("asset") for own in assets)
    of_datasets = [own for own in assets if own.dataset]
    for own in _grouped(of_datasets, lambda each: (each.dataset, each.class_name)):
        yield _sum(own, own[0].dataset, total_of).row("dataset")
    for own in _grouped(assets, lambda each: (each.class_name,)):
        yield _sum(own, "", total_of).row("all")


def _sum(
    assets: Sequence[Total],
    dataset: str,
    total_of: Callable[[Sequence[CountEstimate]], CountEstimate],
) -> Total:
    return Total(
        *(dataset, "", assets[0].class_name, assets[0].counted),
        num_assets=len(assets),
        num_images=sum(each.num_images for each in assets),
        estimate=total_of([each.estimate for each in assets]),
    )


def _grouped(
    totals: Sequence[Total], key_of: Callable[[Total], tuple[str, ...]]
) -> list[list[Total]]:
    groups: dict[tuple[str, ...], list[Total]] = {}
    for own in totals:
        groups.setdefault(key_of(own), []).append(own)
    return list(groups.values())
