"""Measure how often the intervals of regions hold the truth: of whole images, halves, quarters.

Run it with `python -m bench.region_intervals`: the weights that come with the package look at every
second image of `data/`, which is simulated. Some minutes of two cores.
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

import gapjunction as gj
from bench.tables import markdown_table
from gapjunction.boxes import BoxArray, centers
from gapjunction.dataset.reader import read_datasets
from gapjunction.measurement.region_counts import lies_within
from gapjunction.measurement.regions import Region

SPLITS = {"whole images": (1, 1), "halves": (1, 2), "quarters": (2, 2)}
EVERY = 2  # images
GAP_JUNCTION = "gap_junction"


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


def main() -> None:
    """Print how often intervals hold the truth, and how wide they are."""
    model = gj.Model.load()
    rows: dict[str, list[tuple[bool, int, int]]] = {name: [] for name in SPLITS}
    images = [image for each in read_datasets(Path("data")) for image in each.images()]
    for image in images[::EVERY]:
        found = model.find(gj.read_image(image.path))
        for name, split in SPLITS.items():
            for region in parts(image.height, image.width, *split):
                within = lies_within(region, found.seen, (image.height, image.width))
                low, high = found.rule.intervals(found.seen, found.num_spots, within)[GAP_JUNCTION]
                true = true_count(region, image.boxes)
                rows[name].append((low <= true <= high, high - low, true))
    header = ("regions", "number", "plaques", "interval, width", "holds the truth, %")
    table = []
    for name, own in rows.items():
        held, width, true = np.array(own, float).mean(axis=0)
        table.append([name, str(len(own)), f"{true:.1f}", f"{width:.1f}", f"{100 * held:.1f}"])
    sys.stdout.write(markdown_table(header, table) + "\n")


if __name__ == "__main__":
    main()
