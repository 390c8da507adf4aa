"""Compare several people's counts of the same images: all together, and two by two."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from gapjunction.benchmark.asset_groups import AssetGroups, group_images
from gapjunction.benchmark.chosen_images import ChosenImages
from gapjunction.benchmark.paired_counts import PairedCounts, read_paired_counts
from gapjunction.errors import BenchmarkError
from gapjunction.metrics.counts import CountMetrics, count_metrics
from gapjunction.metrics.raters import RaterAgreement, rater_agreement


@dataclass(frozen=True, slots=True)
class People:
    """How far people agree on the images that all of them counted, all classes together.

    Attributes:
        names: the folder of each, numbered where two are called alike.
        pairs: the counts of two, by their places in `names`; differences are second - first.
    """

    names: tuple[str, ...]
    together: RaterAgreement
    pairs: dict[tuple[int, int], CountMetrics]


def compare_people(
    first: Path,
    others: Sequence[Path],
    groups_file: Path | None,
    chosen: ChosenImages,
    label: str | None,
) -> People:
    """Read what each of the others counted in the images of the first, and compare them all.

    Raises:
        BenchmarkError: if a folder does not fit the first one, or no image is in all.
        DatasetError: if a dataset has errors.
        DetectionsFileError: if a file cannot be read.
    """
    sides = [read_paired_counts(first, other, None, chosen, label) for other in others]
    stems = sorted(set.intersection(*(set(side.stems) for side in sides)))
    if not stems:
        raise BenchmarkError(
            first,
            expected="images that all people annotated",
            found=f"none in all of {len(others) + 1} folders",
            fix="give folders of the same images",
        )
    rows = [[side.stems.index(stem) for stem in stems] for side in sides]
    columns = [sides[0].truth[rows[0]].sum(axis=1)]
    columns += [side.predicted[of].sum(axis=1) for side, of in zip(sides, rows, strict=True)]
    counts = np.stack(columns, axis=1)
    assets = _groups(sides[0], rows[0], groups_file, first).known_asset_of_image
    return People(
        _names([first, *others]),
        rater_agreement(counts.astype(np.float64), assets),
        {
            (one, other): count_metrics(counts[:, one], counts[:, other], assets)
            for one, other in combinations(range(counts.shape[1]), 2)
        },
    )


def _groups(
    side: PairedCounts, rows: Sequence[int], groups_file: Path | None, first: Path
) -> AssetGroups:
    assets = [side.assets[row] for row in rows] if side.assets else []
    return group_images([side.stems[row] for row in rows], groups_file, first, assets)


def _names(folders: Sequence[Path]) -> tuple[str, ...]:
    names = [folder.resolve().name for folder in folders]
    return tuple(
        f"{name} ({names[: place + 1].count(name)})" if names.count(name) > 1 else name
        for place, name in enumerate(names)
    )
