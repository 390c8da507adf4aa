"""Read stacks.csv of a folder of predictions: plaques of stacks, each counted once."""

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
from gapjunction.prediction_folder import STACKS_NAME, read_manifest

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PredictedStack:
    """The plaques of a class in one stack, with the interval of their number.

    Attributes:
        num_boxes: counted in all slices together.
        z_step_um: from one slice to the next; None where it is not known.
        per_mm2: plaques by area as seen from above; None where no pixel size is known.
        per_mm3: plaques by volume; None where pixel size or z step are not known.
    """

    name: AssetName
    class_name: str
    num_plaques: int
    low: int
    high: int
    num_boxes: int
    num_slices: int
    z_step_um: float | None
    per_mm2: float | None
    per_mm3: float | None


def read_predicted_stacks(
    predictions_dir: Path, assets: Collection[AssetName], class_name: str | None = None
) -> list[PredictedStack]:
    """Return the stacks that are among assets, of one class if it is named; [] without a table.

    Raises:
        BenchmarkError: if the table is there and cannot be read.
    """
    path = predictions_dir / STACKS_NAME
    if not path.is_file():
        return []
    try:
        stacks = [_read_row(row) for row in csv.DictReader(read_table(path, BenchmarkError))]
    except (csv.Error, KeyError, ValueError, TypeError) as error:
        raise BenchmarkError(
            path,
            expected="a table of stacks as `gapjunction predict` writes it",
            found=f"{type(error).__name__}: {error}",
            fix="write it again with `gapjunction predict`, or remove it",
        ) from None
    return [
        each for each in stacks if each.name in assets and class_name in (None, each.class_name)
    ]


def stacks_to_show(measured: MeasuredImages, class_name: str | None = None) -> list[PredictedStack]:
    """Return the stacks of predictions, if they are counted from the score they were linked from.

    [] where annotations are counted, or where nothing is linked; another score is logged.

    Raises:
        BenchmarkError: if the table of stacks is there and cannot be read.
    """
    if measured.predictions is None:
        return []
    assets = {AssetName(image.dataset, image.asset) for image in measured.images}
    stacks = read_predicted_stacks(measured.predictions, assets, class_name)
    linked_from = read_manifest(measured.predictions).threshold
    if stacks and measured.threshold != linked_from:
        logger.warning(
            "plaques of stacks are not shown: they were linked from a score of %s on; count anew "
            "by `gapjunction predict --threshold`",
            linked_from,
        )
        return []
    return stacks


def _read_row(row: Mapping[str, str]) -> PredictedStack:
    return PredictedStack(
        AssetName(text_of_cell(row["dataset"]), text_of_cell(row["asset"])),
        text_of_cell(row["class"]),
        int(row["plaques"]),
        int(row["low"]),
        int(row["high"]),
        int(row["boxes"]),
        int(row["slices"]),
        _known(row["z_step_um"]),
        _known(row["per_mm2"]),
        _known(row["per_mm3"]),
    )


def _known(text: str) -> float | None:
    return float(text) if text else None
