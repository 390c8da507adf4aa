"""Groups of assets that a detector counted, corrected by annotated images drawn at random.

Boxes are compared, of stacks as well: what is found of all is told by single images.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gapjunction.benchmark.animals import join_animals
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.asset_measures import AssetMeasures, Measure, measure_assets
from gapjunction.benchmark.drawn_images import (
    assets_not_as_drawn,
    drawn_order,
    images_to_annotate,
)
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import group_of
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.metrics.group_effects import Estimate, TwoGroups, ratio_of_means
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.metrics.rectified_ratio import DoublySampled, rectified_ratio, share_found


@dataclass(frozen=True, slots=True)
class FoundShare:
    """What the detector finds in a group's annotated images, for each object annotated.

    Attributes:
        num_assets, num_images: with annotations.
        share: found / annotated; None where nothing is annotated.
    """

    num_assets: int
    num_images: int
    share: Estimate | None


@dataclass(frozen=True, slots=True)
class RectifiedComparison:
    """Two groups compared by what is there, and not by what is found.

    Attributes:
        ratio: of the counts, second / first.
        rectified: the corrected ratio; None where too little is annotated.
        found_first, found_second: what is found in the groups' annotated images.
    """

    factor: str
    measure: Measure
    first: str
    second: str
    ratio: Estimate | None
    rectified: Estimate | None
    found_first: FoundShare
    found_second: FoundShare


@dataclass(frozen=True, slots=True, eq=False)
class RectifiedStudy:
    """All groups compared by what is there, and what to annotate to know it.

    Attributes:
        to_annotate: images, in the order of assets; none where enough is annotated.
        not_as_drawn: assets whose annotated images are not those that were drawn first.
        seen: assets that the model was made with, whose annotations tell nothing.
    """

    comparisons: tuple[RectifiedComparison, ...]
    to_annotate: tuple[MeasuredImage, ...]
    not_as_drawn: tuple[AssetName, ...]
    seen: tuple[AssetName, ...]


def rectify_groups(
    images: Sequence[MeasuredImage],
    study: GroupStudy,
    seen: Sequence[AssetName],
    animal: str | None,
    seed: int,
) -> RectifiedStudy:
    """Compare the groups of a study anew, and draw images to annotate for each asset.

    Where a column tells the animal, it is what is drawn for and compared. Annotations of `seen`
    assets are not used.

    Raises:
        BenchmarkError: if the animal of an asset is not told.
    """
    known = {AssetName(each.dataset, each.asset) for each in images}.intersection(seen)
    told = [
        replace(each, truth=None) if AssetName(each.dataset, each.asset) in known else each
        for each in images
    ]
    unseen = [each for each in told if AssetName(each.dataset, each.asset) not in known]
    if animal is not None:
        told, unseen = list(join_animals(told, animal)), list(join_animals(unseen, animal))
    drawn = drawn_order(unseen, seed)
    assets = measure_assets(told)
    has_scale = all(each.plaques_per_mm2 is not None for each in assets)
    measure: Measure = "plaques_per_mm2" if has_scale else "plaques_per_image"
    pairs = dict.fromkeys((each.factor, each.first, each.second) for each in study.comparisons)
    return RectifiedStudy(
        tuple(
            _compare(assets, factor, measure, (first, second)) for factor, first, second in pairs
        ),
        tuple(images_to_annotate(drawn)),
        tuple(assets_not_as_drawn(drawn)),
        tuple(sorted(known)),
    )


def _compare(
    assets: Sequence[AssetMeasures], factor: str, measure: Measure, groups: tuple[str, str]
) -> RectifiedComparison:
    strata = list(_strata(assets, factor, groups))
    sampled = [(_sampled(first, measure), _sampled(second, measure)) for first, second in strata]
    return RectifiedComparison(
        factor,
        measure,
        *groups,
        ratio=ratio_of_means([TwoGroups(one.counted, other.counted) for one, other in sampled]),
        rectified=rectified_ratio(sampled),
        found_first=found_where_annotated([each for first, _ in strata for each in first]),
        found_second=found_where_annotated([each for _, second in strata for each in second]),
    )


def found_where_annotated(assets: Sequence[AssetMeasures]) -> FoundShare:
    """Return what was found in the annotated images of assets by what is annotated there."""
    known = [
        (each.num_found_there, each.num_truth)
        for each in assets
        if each.num_found_there is not None and each.num_truth is not None
    ]
    found, annotated = np.array(known, dtype=np.float64).reshape(-1, 2).T
    return FoundShare(
        len(known),
        sum(each.num_annotated_images for each in assets),
        share_found(found, annotated),
    )


def _strata(
    assets: Sequence[AssetMeasures], factor: str, groups: tuple[str, str]
) -> Iterator[tuple[list[AssetMeasures], list[AssetMeasures]]]:
    """Yield both groups in each dataset that has two assets of each, else those of all."""

    def members(names: set[str]) -> tuple[list[AssetMeasures], list[AssetMeasures]]:
        of_names = [each for each in assets if each.dataset in names]
        first, second = (
            [each for each in of_names if group_of(each, factor) == group] for group in groups
        )
        return first, second

    names = {each.dataset for each in assets}
    of_datasets = [members({name}) for name in sorted(names)]
    within = [both for both in of_datasets if min(map(len, both)) >= MIN_ASSETS]
    yield from within or [members(names)]


def _sampled(assets: Sequence[AssetMeasures], measure: Measure) -> DoublySampled:
    rows = [(each.value(measure), *_where_annotated(each, measure)) for each in assets]
    counted, annotated, found = np.array(rows, dtype=np.float64).T
    return DoublySampled(counted, annotated, found)


def _where_annotated(asset: AssetMeasures, measure: Measure) -> tuple[float, float]:
    """Return what was annotated and found in annotated images, by image or area; NaN without."""
    extent = asset.num_annotated_images if measure == "plaques_per_image" else asset.annotated_mm2
    if asset.num_truth is None or asset.num_found_there is None or not extent:
        return np.nan, np.nan
    return asset.num_truth / extent, asset.num_found_there / extent
