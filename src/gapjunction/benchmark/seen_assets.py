"""Warns where a model is judged by images of assets that it was made with."""

import logging
from collections.abc import Sequence
from pathlib import Path

from gapjunction.benchmark.asset_groups import AssetName, assets_of_predictions
from gapjunction.prediction_folder import Manifest

logger = logging.getLogger(__name__)

UNKNOWN_ASSET = AssetName("", "")


def warn_of_seen_assets(
    manifest: Manifest,
    predictions_dir: Path,
    stems: Sequence[str],
    assets_of_dataset: Sequence[AssetName],
) -> None:
    """Log how many images are of assets that the model was trained or validated on, if any.

    The assets are those of the dataset or, where that is not known, of counts.csv beside the
    predictions. Nothing is logged where the manifest does not tell what the model has seen.
    """
    if not manifest.seen_assets:
        return
    seen = {AssetName(*names) for names in manifest.seen_assets}
    assets = assets_of_dataset or _assets_beside(predictions_dir, stems)
    num_seen = sum(asset in seen for asset in assets)
    if num_seen:
        logger.warning(
            "%s: the model was trained or validated on the assets of %d of the %d images: their "
            "numbers are too good; predict with --split test, which leaves them out",
            predictions_dir,
            num_seen,
            len(stems),
        )


def _assets_beside(predictions_dir: Path, stems: Sequence[str]) -> list[AssetName]:
    known = assets_of_predictions(predictions_dir)
    return [known.get(stem, UNKNOWN_ASSET) for stem in stems]
