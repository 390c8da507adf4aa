"""Which asset each image belongs to: what a bootstrap draws."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.pairing import listed
from gapjunction.errors import BenchmarkError

COUNTS_NAME = "counts.csv"  # `gapjunction predict` writes it beside its detections


@dataclass(frozen=True, slots=True, eq=False)
class AssetGroups:
    """The asset of each image.

    Attributes:
        asset_of_image: its number (num_images,), from 0.
        num_assets: how many there are.
        source: where this is known from, as a phrase; "unknown" where each image is its own.
    """

    asset_of_image: NDArray[np.int64]
    num_assets: int
    source: str


UNKNOWN_SOURCE = "unknown"


def group_images(
    stems: Sequence[str],
    groups_file: Path | None,
    predictions_dir: Path,
    assets_of_dataset: Sequence[str],
) -> AssetGroups:
    """Return the asset of each image from the first that tells it.

    These are `groups_file` (CSV with the columns image and asset), the dataset that is the
    ground truth, and counts.csv beside the predictions. Else each image is its own asset.

    Raises:
        BenchmarkError: if a file cannot be read or leaves an image out.
    """
    if groups_file is not None:
        return _numbered(_listed_in(groups_file, stems), str(groups_file))
    if assets_of_dataset:
        return _numbered(assets_of_dataset, "the dataset")
    for folder in (predictions_dir.absolute(), predictions_dir.absolute().parent):
        table = folder / COUNTS_NAME
        if table.is_file():
            assets = _listed_in(table, stems)
            if all(assets):
                return _numbered(assets, str(predictions_dir / COUNTS_NAME))
    return _numbered(stems, UNKNOWN_SOURCE)


def assets_of_predictions(predictions_dir: Path) -> dict[str, str]:
    """Return dataset/asset by image from counts.csv beside the predictions; empty without one.

    Raises:
        BenchmarkError: if the file cannot be read.
    """
    for folder in (predictions_dir.absolute(), predictions_dir.absolute().parent):
        table = folder / COUNTS_NAME
        if table.is_file():
            return _read_rows(table)
    return {}


def _numbered(assets: Sequence[str], source: str) -> AssetGroups:
    names, numbers = np.unique(np.array(assets, dtype=object), return_inverse=True)
    return AssetGroups(numbers.astype(np.int64), len(names), source)


def _listed_in(path: Path, stems: Sequence[str]) -> list[str]:
    """Return the asset of each stem, with its dataset before it if there is such a column."""
    asset_of = _read_rows(path)
    if missing := [stem for stem in stems if stem not in asset_of]:
        raise BenchmarkError(
            path,
            expected=f"an asset for each of {len(stems)} images",
            found=f"none for {listed(missing)}",
            fix="add a row for each image",
        )
    return [asset_of[stem] for stem in stems]


def _read_rows(path: Path) -> dict[str, str]:
    asset_of: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            _require_columns(path, rows.fieldnames or ())
            for row in rows:
                image = unicodedata.normalize("NFC", row["image"] or "")
                asset = _asset_of(row)
                if asset_of.setdefault(image, asset) != asset:
                    raise BenchmarkError(
                        path,
                        item=image,
                        expected="one asset for each image",
                        found=f"{asset_of[image]} and {asset}",
                        fix="keep one of them",
                    )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchmarkError(
            path,
            expected="a CSV file with the columns image and asset",
            found=str(error),
            fix="check the path and the file",
        ) from None
    return asset_of


def _asset_of(row: Mapping[str, str | None]) -> str:
    """Return dataset/asset, or "" where the table knows no asset, as for plain image files."""
    asset, dataset = row["asset"] or "", row.get("dataset") or ""
    return f"{dataset}/{asset}" if asset and dataset else asset


def _require_columns(path: Path, columns: Sequence[str]) -> None:
    if not {"image", "asset"} <= set(columns):
        raise BenchmarkError(
            path,
            expected="the columns image and asset",
            found=", ".join(columns) or "no columns",
            fix="write 'image,asset' into the first line",
        )
