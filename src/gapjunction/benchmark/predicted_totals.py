"""Read totals.csv of a folder of predictions: what each asset holds, with its interval."""

import csv
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.csv_tables import text_of_cell
from gapjunction.errors import BenchmarkError
from gapjunction.outside_text import read_table
from gapjunction.prediction_folder import TOTALS_NAME, read_manifest

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PredictedTotal:
    """What an asset holds of a class, with the interval of the true number.

    Attributes:
        counted: "objects" of images, or "plaques" of stacks, each once.
    """

    name: AssetName
    class_name: str
    counted: str
    num_images: int
    count: int
    low: int
    high: int


def totals_to_show(measured: MeasuredImages, class_name: str | None = None) -> list[PredictedTotal]:
    """Return the totals of predicted assets, if counted from the score that they were made from.

    [] where annotations are counted, and without a table; another score is logged.

    Raises:
        BenchmarkError: if the table is there and cannot be read.
    """
    if measured.predictions is None:
        return []
    assets = {AssetName(image.dataset, image.asset) for image in measured.images}
    totals = read_predicted_totals(measured.predictions, assets, class_name)
    counted_from = read_manifest(measured.predictions).threshold
    if totals and measured.threshold != counted_from:
        logger.warning(
            "totals of assets have no intervals here: they were counted from a score of %s on; "
            "count anew by `gapjunction predict --threshold`",
            counted_from,
        )
        return []
    return totals


def read_predicted_totals(
    predictions_dir: Path, assets: Collection[AssetName], class_name: str | None = None
) -> list[PredictedTotal]:
    """Return the totals of assets, of one class if it is named; [] without a table.

    Raises:
        BenchmarkError: if the table is there and cannot be read.
    """
    path = predictions_dir / TOTALS_NAME
    if not path.is_file():
        return []
    try:
        rows = list(csv.DictReader(read_table(path, BenchmarkError)))
        totals = [_read_row(row) for row in rows if row["level"] == "asset"]
    except (csv.Error, KeyError, ValueError, TypeError) as error:
        raise BenchmarkError(
            path,
            expected="a table of totals as `gapjunction predict` writes it",
            found=f"{type(error).__name__}: {error}",
            fix="write it again with `gapjunction predict`, or remove it",
        ) from None
    return [
        each for each in totals if each.name in assets and class_name in (None, each.class_name)
    ]


def _read_row(row: Mapping[str, str]) -> PredictedTotal:
    return PredictedTotal(
        AssetName(text_of_cell(row["dataset"]), text_of_cell(row["asset"])),
        text_of_cell(row["class"]),
        row["counted"],
        int(row["images"]),
        int(row["count"]),
        int(row["low"]),
        int(row["high"]),
    )
