"""Which asset each image belongs to: the unit of every interval and test."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.pairing import listed
from gapjunction.errors import BenchmarkError
from gapjunction.metrics.interval import MIN_ASSETS
from gapjunction.prediction_folder import COUNTS_NAME, counts_beside, read_image_rows

logger = logging.getLogger(__name__)

UNKNOWN_SOURCE = "unknown"


class AssetName(NamedTuple):
    """An asset and the dataset that it is in; "" where nothing tells the dataset."""

    dataset: str
    asset: str

    def __str__(self) -> str:
        return f"{self.dataset}/{self.asset}" if self.dataset else self.asset


@dataclass(frozen=True, slots=True, eq=False)
class AssetGroups:
    """The asset of each image.

    Attributes:
        asset_of_image: its number (num_images,), which counts in `assets`.
        assets: the name of each asset; of the image itself where each is its own.
        source: where this is known from, as a phrase; "unknown" where each image is its own.
    """

    asset_of_image: NDArray[np.int64]
    assets: tuple[AssetName, ...]
    source: str

    @property
    def num_assets(self) -> int:
        """How many assets there are."""
        return len(self.assets)

    @property
    def is_known(self) -> bool:
        """Whether anything tells the assets."""
        return self.source != UNKNOWN_SOURCE

    @property
    def num_known(self) -> int | None:
        """How many assets there are; None where nothing tells them."""
        return self.num_assets if self.is_known else None

    @property
    def known_asset_of_image(self) -> NDArray[np.int64] | None:
        """The asset of each image (num_images,); None where nothing tells it."""
        return self.asset_of_image if self.is_known else None

    @property
    def have_intervals(self) -> bool:
        """Whether there are assets enough, and known, to say how uncertain a number is."""
        return self.is_known and self.num_assets >= MIN_ASSETS

    def images_of_assets(self) -> dict[str, NDArray[np.int64]]:
        """Return the images of each asset by its name; nothing where nothing tells the assets."""
        return self._images_by(str)

    def images_of_datasets(self) -> dict[str, NDArray[np.int64]]:
        """Return the images of each dataset by its name, as far as something tells it."""
        return self._images_by(lambda asset: asset.dataset)

    def _images_by(self, title_of: Callable[[AssetName], str]) -> dict[str, NDArray[np.int64]]:
        if not self.is_known:
            return {}
        titles = np.array([title_of(self.assets[n]) for n in self.asset_of_image], dtype=object)
        return {name: np.flatnonzero(titles == name) for name in sorted(set(titles)) if name}

    def name_of_image(self, image: int) -> str:
        """Return the name of an image's asset, "" where nothing tells it."""
        return str(self.assets[self.asset_of_image[image]]) if self.is_known else ""


def group_images(
    stems: Sequence[str],
    groups_file: Path | None,
    predictions_dir: Path,
    assets_of_dataset: Sequence[AssetName],
) -> AssetGroups:
    """Return the asset of each image from the first that tells it.

    These are `groups_file` (CSV with the columns image and asset), the dataset that is the
    ground truth, and counts.csv beside the predictions; one that another program wrote, or that
    leaves an image out, tells nothing and is logged. Else each image is its own asset.

    Raises:
        BenchmarkError: if `groups_file` cannot be read or leaves an image out.
    """
    if groups_file is not None:
        return _numbered(_listed_in(groups_file, stems), str(groups_file))
    if assets_of_dataset:
        return _numbered(assets_of_dataset, "the dataset")
    table = counts_beside(predictions_dir)
    if table is not None:
        try:
            assets = _listed_in(table, stems)
        except BenchmarkError as error:
            logger.warning("%s; until then it tells no assets", error)
        else:
            if all(name.asset for name in assets):
                return _numbered(assets, str(predictions_dir / COUNTS_NAME))
    return _numbered([AssetName("", stem) for stem in stems], UNKNOWN_SOURCE)


def assets_of_predictions(predictions_dir: Path) -> dict[str, AssetName]:
    """Return the asset of each image from counts.csv beside the predictions.

    Empty without one; so it is where another program wrote it, which is logged.
    """
    table = counts_beside(predictions_dir)
    if table is None:
        return {}
    try:
        return _read_assets(table)
    except BenchmarkError as error:
        logger.warning("%s; until then it tells no assets", error)
        return {}


def _numbered(assets: Sequence[AssetName], source: str) -> AssetGroups:
    names = tuple(sorted(set(assets)))
    number_of = {name: number for number, name in enumerate(names)}
    return AssetGroups(np.array([number_of[each] for each in assets], np.int64), names, source)


def _listed_in(path: Path, stems: Sequence[str]) -> list[AssetName]:
    asset_of = _read_assets(path)
    if missing := [stem for stem in stems if stem not in asset_of]:
        raise BenchmarkError(
            path,
            expected=f"an asset for each of {len(stems)} images",
            found=f"none for {listed(missing)}",
            fix="add a row for each image",
        )
    return [asset_of[stem] for stem in stems]


def _read_assets(path: Path) -> dict[str, AssetName]:
    asset_of: dict[str, AssetName] = {}
    for row in read_image_rows(path):
        name = AssetName(row.dataset, row.asset)
        if asset_of.setdefault(row.image, name) != name:
            raise BenchmarkError(
                path,
                item=row.image,
                expected="one asset for each image",
                found=f"{asset_of[row.image]} and {name}",
                fix="keep one of them",
            )
    return asset_of
