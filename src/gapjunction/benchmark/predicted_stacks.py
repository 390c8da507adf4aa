"""Read stacks.csv of a folder of predictions: plaques of stacks, each counted once."""

from collections.abc import Mapping
from dataclasses import dataclass

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.reported_table import ReportedTable
from gapjunction.csv_tables import text_of_cell
from gapjunction.prediction_folder import STACKS_NAME


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


PREDICTED_STACKS = ReportedTable(
    STACKS_NAME,
    "stacks",
    _read_row,
    otherwise="plaques of stacks are not shown: they were linked",
)
