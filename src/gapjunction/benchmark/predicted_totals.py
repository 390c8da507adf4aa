"""Read totals.csv of a folder of predictions: what each asset holds, with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.reported_table import ReportedTable
from gapjunction.csv_tables import text_of_cell
from gapjunction.prediction_folder import TOTALS_NAME


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


def _read_row(row: Mapping[str, str]) -> PredictedTotal | None:
    if row["level"] != "asset":
        return None
    return PredictedTotal(
        AssetName(text_of_cell(row["dataset"]), text_of_cell(row["asset"])),
        text_of_cell(row["class"]),
        row["counted"],
        int(row["images"]),
        int(row["count"]),
        int(row["low"]),
        int(row["high"]),
    )


PREDICTED_TOTALS = ReportedTable(
    TOTALS_NAME,
    "totals",
    _read_row,
    otherwise="totals of assets have no intervals here: they were counted",
)
