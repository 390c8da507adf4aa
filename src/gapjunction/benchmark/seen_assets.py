"""Warns where a model is judged by images of assets that it was made with."""

import logging
from collections.abc import Sequence
from pathlib import Path

from gapjunction.benchmark.asset_groups import AssetName, assets_of_predictions
from gapjunction.benchmark.manifest import PredictionManifest
from gapjunction.dataset.splits import read_assignment
from gapjunction.errors import DatasetError

logger = logging.getLogger(__name__)

UNKNOWN_ASSET = AssetName("", "")


def warn_of_seen_assets(
    manifest: PredictionManifest,
    predictions_dir: Path,
    stems: Sequence[str],
    assets_of_dataset: Sequence[AssetName],
) -> None:
    """Log how many images are of assets that the model was trained or validated on, if any.

    The assets are those of the dataset or, where that is not known, of counts.csv beside the
    predictions. Nothing is logged where the run that trained the model is not known, or gone.
    """
    path = manifest.splits_file
    if path is None or not path.is_file():
        return
    try:
        splits = read_assignment(path).splits
    except DatasetError as error:
        logger.warning("nothing tells on which images the model was trained: %s", error)
        return
    assets = assets_of_dataset or _assets_beside(predictions_dir, stems)
    num_seen = sum(splits.get(asset) in ("train", "val") for asset in assets)
    if num_seen:
        logger.warning(
            "the model was trained or validated on the assets of %d of the %d images (%s): their "
            "numbers are too good; predict with --split test, which leaves them out",
            num_seen,
            len(stems),
            path,
        )


def _assets_beside(predictions_dir: Path, stems: Sequence[str]) -> list[AssetName]:
    known = assets_of_predictions(predictions_dir)
    return [known.get(stem, UNKNOWN_ASSET) for stem in stems]
