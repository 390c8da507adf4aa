"""Which images to annotate, drawn at random for each asset: the same with the same seed.

What a detector finds of all is told by what it finds in annotated images only if nobody chose
them: in those that a person would pick, with many clear plaques, it finds more than in others.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from zlib import crc32

import numpy as np

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImage

# With so many plaques in the annotated images of each asset, rectified intervals were hardly wider
# than with all images annotated: docs/metrics.md, bench/rectified_ratios.py.
PLAQUES_TO_ANNOTATE = 20

ImagesOfAssets = dict[AssetName, list[MeasuredImage]]


def drawn_order(images: Sequence[MeasuredImage], seed: int) -> ImagesOfAssets:
    """Return the images of each asset in a random order, which other assets do not change."""
    of_asset: ImagesOfAssets = defaultdict(list)
    for image in sorted(images, key=lambda each: each.name):
        of_asset[AssetName(image.dataset, image.asset)].append(image)
    drawn = {}
    for asset, members in sorted(of_asset.items()):
        rng = np.random.default_rng([seed, crc32(str(asset).encode())])
        drawn[asset] = [members[place] for place in rng.permutation(len(members))]
    return drawn


def images_to_annotate(drawn: ImagesOfAssets) -> list[MeasuredImage]:
    """Return the first images of each asset that are not annotated yet, as many as are needed.

    That is until its annotated images hold about PLAQUES_TO_ANNOTATE plaques, if images of its
    dataset hold as many as was counted in them on average.
    """
    counts: dict[str, list[int]] = defaultdict(list)
    for asset, images in drawn.items():
        counts[asset.dataset] += [len(image.counted) for image in images]
    chosen = []
    for asset, images in drawn.items():
        mean = float(np.mean(counts[asset.dataset]))
        number = ceil(PLAQUES_TO_ANNOTATE / mean) if mean > 0 else len(images)
        chosen += [image for image in images[:number] if image.truth is None]
    return chosen


def assets_not_as_drawn(drawn: ImagesOfAssets) -> list[AssetName]:
    """Return the assets whose annotated images are not the first ones drawn, nor all there are."""
    return [
        asset
        for asset, images in drawn.items()
        if any(
            before.truth is None and after.truth is not None for before, after in pairwise(images)
        )
    ]
