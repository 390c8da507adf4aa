"""Tables beside predictions that tell what assets hold of each class."""

import csv
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.errors import BenchmarkError
from gapjunction.outside_text import read_table
from gapjunction.prediction_folder import read_manifest

logger = logging.getLogger(__name__)


class OfAsset(Protocol):
    """What a row tells of a class in an asset."""

    @property
    def name(self) -> AssetName: ...  # noqa: D102
    @property
    def class_name(self) -> str: ...  # noqa: D102


Told = TypeVar("Told", bound=OfAsset)


@dataclass(frozen=True, slots=True)
class ReportedTable(Generic[Told]):
    """A table of a folder of predictions.

    Attributes:
        file_name: in that folder.
        noun: of what it is a table.
        read_row: returns what a row tells; None of rows that are of no account.
        otherwise: what is so where a report counts from another score than the table is from.
    """

    file_name: str
    noun: str
    read_row: Callable[[Mapping[str, str]], Told | None]
    otherwise: str

    def read(
        self, predictions_dir: Path, assets: Collection[AssetName], class_name: str | None = None
    ) -> list[Told]:
        """Return the rows of assets, of one class if it is named; [] without a table.

        Raises:
            BenchmarkError: if the table is there and cannot be read.
        """
        path = predictions_dir / self.file_name
        if not path.is_file():
            return []
        try:
            rows = [self.read_row(row) for row in csv.DictReader(read_table(path, BenchmarkError))]
        except (csv.Error, KeyError, ValueError, TypeError) as error:
            raise BenchmarkError(
                path,
                expected=f"a table of {self.noun} as `gapjunction predict` writes it",
                found=f"{type(error).__name__}: {error}",
                fix="write it again with `gapjunction predict`, or remove it",
            ) from None
        return [
            each
            for each in rows
            if each is not None and each.name in assets and class_name in (None, each.class_name)
        ]

    def to_show(self, measured: MeasuredImages, class_name: str | None = None) -> list[Told]:
        """Return the rows of a report's assets, if it counts from the score that they are from.

        [] where annotations are counted, and without a table; another score is logged.

        Raises:
            BenchmarkError: if the table is there and cannot be read.
        """
        if measured.predictions is None:
            return []
        assets = {AssetName(image.dataset, image.asset) for image in measured.images}
        rows = self.read(measured.predictions, assets, class_name)
        counted_from = read_manifest(measured.predictions).threshold
        if rows and measured.threshold != counted_from:
            logger.warning(
                "%s from a score of %s on; count anew by `gapjunction predict --threshold`",
                self.otherwise,
                counted_from,
            )
            return []
        return rows
