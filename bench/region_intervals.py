"""Measure how often the intervals of regions hold the truth: of whole images, halves, quarters.

Run it with `python -m bench.region_intervals`: the weights that come with the package look at every
image of `data/`, which is simulated, in its pixel size. Some minutes of two cores. Its images are
slices of twelve stacks, which err alike: the error by chance is that of a mean over stacks.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.stats import t as student

import gapjunction as gj
from bench.tables import markdown_table
from gapjunction.boxes import BoxArray, centers
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.records import Dataset
from gapjunction.measurement.region_counts import lies_within
from gapjunction.measurement.regions import Region

WHOLE = "whole images"
SPLITS = {WHOLE: (1, 1), "halves": (1, 2), "quarters": (2, 2)}
GAP_JUNCTION = "gap_junction"


@dataclass(frozen=True, slots=True)
class ToldRegion:
    """The interval of a region, how many plaques are counted, and how many there truly are.

    Attributes:
        split: into what images were cut.
    """

    split: str
    stack: str
    low: int
    high: int
    counted: int
    true: int

    @property
    def is_held(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.true <= self.high


def parts(height: int, width: int, rows: int, columns: int) -> Iterator[Region]:
    """Yield the parts of an image that is cut into so many rows and columns."""
    y = np.linspace(0, height, rows + 1).astype(int)
    x = np.linspace(0, width, columns + 1).astype(int)
    for top, bottom in pairwise(y.tolist()):
        for left, right in pairwise(x.tolist()):
            yield Region("", left, top, np.ones((bottom - top, right - left), bool))


def true_count(region: Region, boxes: BoxArray) -> int:
    """Return how many annotated boxes (N, 4) lie in a region."""
    return int(region.holds(centers(boxes)).sum())


def half_width(stacks: Sequence[str], held: Sequence[bool]) -> float:
    """Return the half width of the 95 % interval of a share, 0 to 1, over stacks of one size."""
    names, numbers = np.unique(stacks, return_inverse=True)
    shares = np.bincount(numbers, held) / np.bincount(numbers)
    usual = student.ppf(0.975, len(names) - 1)
    return float(usual * shares.std(ddof=1) / np.sqrt(len(names)))


def told_regions(dataset: Dataset, model: gj.Model) -> Iterator[ToldRegion]:
    """Yield what intervals tell of all parts of all images of a dataset."""
    for asset in dataset.assets:
        for image in asset.images:
            found = model.find(gj.read_image(image.path), um_per_px=dataset.um_per_px)
            size_px = image.height, image.width
            for name, split in SPLITS.items():
                for region in parts(*size_px, *split):
                    within = lies_within(region, found.seen, size_px)
                    own = found.rule.estimates(found.seen, found.num_spots, within)[GAP_JUNCTION]
                    true = true_count(region, image.boxes)
                    yield ToldRegion(name, asset.name, *own.interval, own.count, true)


def region_table(told: Sequence[ToldRegion]) -> str:
    """Return how often intervals hold the truth, and how wide they are, by the size of regions."""
    rows = []
    for name in SPLITS:
        own = [each for each in told if each.split == name]
        held = [each.is_held for each in own]
        error = half_width([each.stack for each in own], held)
        plaques, width = np.mean([(each.true, each.high - each.low) for each in own], axis=0)
        above = np.mean([each.true > each.high for each in own])
        shares = (f"{100 * share:.1f}" for share in (np.mean(held), error, above))
        rows.append([name, str(len(own)), f"{plaques:.1f}", f"{width:.1f}", *shares])
    header = ("plaques", "interval, width", "holds the truth, %", "+-", "truth above it, %")
    return markdown_table(("regions", "number", *header), rows)


def stack_table(told: Sequence[ToldRegion]) -> str:
    """Return the same of the whole images of each stack, beside what is counted in them."""
    rows = []
    for stack in dict.fromkeys(each.stack for each in told):
        own = [each for each in told if each.split == WHOLE and each.stack == stack]
        true, counted = np.mean([(each.true, each.counted) for each in own], axis=0)
        sides = [each.is_held for each in own], [each.true > each.high for each in own]
        rows.append([stack, f"{true:.1f}", f"{counted:.1f}", *(str(sum(side)) for side in sides)])
    return markdown_table(("stack", "plaques", "counted", "images held", "truth above"), rows)


def main() -> None:
    """Print both tables."""
    model = gj.Model.load()
    told = [each for own in read_datasets(Path("data")) for each in told_regions(own, model)]
    sys.stdout.write(f"{region_table(told)}\n\n{stack_table(told)}\n")


if __name__ == "__main__":
    main()
