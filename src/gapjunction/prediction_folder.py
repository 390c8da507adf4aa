"""A folder of predictions: what its files are called, its manifest, and its table of counts."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from gapjunction.config import StrictConfig
from gapjunction.csv_tables import text_of_cell, write_csv
from gapjunction.detections_json import COUNT_SUFFIX, DETECTION_SUFFIX
from gapjunction.errors import BenchmarkError
from gapjunction.files import write_json
from gapjunction.outside_text import read_json, read_table
from gapjunction.plaque_table import PlaqueTable
from gapjunction.provenance import UNKNOWN
from gapjunction.text import normalized

MANIFEST_NAME, COUNTS_NAME, TOTALS_NAME = "manifest.json", "counts.csv", "totals.csv"
STACK_OVERLAYS = "stack_overlays"  # a folder
# Where images are slices of stacks:
STACKS_NAME, PLAQUES_NAME = "stacks.csv", "plaques.csv"
PLAQUE_BOXES_NAME = "plaque_boxes.csv"
PREDICTED_PLAQUES = PlaqueTable(
    stack_columns=("dataset", "asset"),
    value_columns=("score",),
    error=BenchmarkError,
    fix="count anew with `gapjunction predict`",
)
STACK_TABLES = (STACKS_NAME, PLAQUES_NAME, PLAQUE_BOXES_NAME)
# Of counts.csv:
COLUMNS = (
    *("dataset", "asset", "image", "class", "count", "low", "high"),
    *("unlikeness", "calibrated"),
)

Kind = Literal["detections", "intervals", "counts", "overlays", "seen", "csv", "geojson"]
DETECTIONS: Kind = "detections"
ENDINGS: dict[Kind, str] = {
    "detections": f"{DETECTION_SUFFIX}.json",
    "intervals": ".json",
    "counts": f"{COUNT_SUFFIX}.json",
    "overlays": ".png",
    "seen": ".npz",
    "csv": ".csv",
    "geojson": ".geojson",
}

T = TypeVar("T")


def _none_if_unreadable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


# Of no use to a benchmark, which therefore reads the manifests of other programs and versions,
# whatever they mean by such a key; `predict` goes on with no folder whose manifest lacks one.
ForPredict = Annotated[T | None, WrapValidator(_none_if_unreadable)]


class TakenChannel(StrictConfig):
    """What was taken of a group of images, kept for images that join it.

    Attributes:
        channel: its number, from 1 on; None takes color as it is.
        name: of the channel, for the reader.
        stain: share of the stain's light in each channel, relative to that one: puncta that shine
            elsewhere by more are left out. None leaves none out.
    """

    channel: int | None
    name: str
    stain: tuple[float, ...] | None


class StatedSizes(StrictConfig):
    """Pixel sizes, in um, that files state: those that are believed, and why others are not."""

    believed_um: tuple[float, ...]
    doubted_um: dict[float, str]


class Manifest(BaseModel):
    """Where predictions come from; what the file does not say is 'unknown', empty or None.

    Attributes:
        threshold: the lowest score that counts as an object; None: all boxes count.
        lowest_score: boxes with less were not written; None where that is not known.
        plaque_threshold: the lowest probability of a plaque that counts; None: none was told.
        seen_assets: dataset and asset of what the model was trained or validated on, if known.
        tiling: sizes of tiles and pixels that the model works with.
        settings: of `predict`, all that may change what is found, by the names of the options.
        estimated_scale: in what size images of unknown pixel size are shown.
        input: the absolute path, or the address, that images were listed from.
        threshold_fitted, threshold_fitted_to_images: the model's own threshold, and the number
            of images that it comes from.
        found_channels, shared_spans: what was decided of images, by their place.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    model: str = UNKNOWN
    model_version: str = UNKNOWN
    seen_assets: tuple[tuple[str, str], ...] = ()
    class_names: ForPredict[tuple[str, ...]] = None
    tiling: ForPredict[dict[str, Any]] = None
    calibration: ForPredict[dict[str, Any]] = None
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    threshold_fitted: ForPredict[float] = None
    threshold_fitted_to_images: ForPredict[int] = None
    lowest_score: Annotated[float, Field(ge=0, le=1)] | None = None
    plaque_threshold: ForPredict[float] = None
    settings: ForPredict[dict[str, Any]] = None
    estimated_scale: ForPredict[float] = None
    pixel_sizes: ForPredict[StatedSizes] = None
    dataset: str = UNKNOWN
    input: ForPredict[str] = None
    found_channels: ForPredict[dict[str, TakenChannel]] = None
    shared_spans: ForPredict[dict[str, float]] = None
    git_commit: str = UNKNOWN
    package_version: ForPredict[str] = None

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, content: Any) -> Any:
        """Leave out keys without a value, which say as little as missing ones."""
        if not isinstance(content, dict):
            return content
        return {key: value for key, value in content.items() if value is not None}


class CountRow(NamedTuple):
    """One row of counts.csv: objects of a class in an image, and the interval of their number.

    Dataset and asset of a plain image file are "". `unlikeness` is that of the image, and
    `calibrated` tells whether the model was calibrated on images like it ("yes", "simulated" ones
    or "no"); None where the model does not know.
    """

    dataset: str
    asset: str
    image: str
    class_name: str
    num_objects: int
    low: int
    high: int
    unlikeness: float | None
    calibrated: str | None = None


class ImageRow(NamedTuple):
    """What a table says of an image's origin; "" where it does not."""

    dataset: str
    asset: str
    image: str


def file_of(folder: Path, kind: Kind, image: str) -> Path:
    """Return where a folder of predictions has a file of the image with this name."""
    return folder / kind / f"{image}{ENDINGS[kind]}"


def holds_predictions(folder: Path) -> bool:
    """Tell whether `gapjunction predict` wrote detections into `folder`."""
    return (folder / DETECTIONS).is_dir()


def detections_folder_of(predictions_dir: Path) -> Path:
    """Return the folder of files itself, or its subfolder `detections` if it has one."""
    return predictions_dir / DETECTIONS if holds_predictions(predictions_dir) else predictions_dir


def counts_beside(predictions_dir: Path) -> Path | None:
    """Return counts.csv in the folder, or in the one above; None if there is none."""
    return _beside(predictions_dir, COUNTS_NAME)


def plaque_boxes_beside(predictions_dir: Path) -> Path | None:
    """Return plaque_boxes.csv in the folder, or in the one above; None if there is none."""
    return _beside(predictions_dir, PLAQUE_BOXES_NAME)


def read_manifest(predictions_dir: Path) -> Manifest:
    """Read the manifest in `predictions_dir` or the folder above; without one nothing is known.

    Raises:
        BenchmarkError: if the file is there but cannot be read.
    """
    path = _beside(predictions_dir, MANIFEST_NAME)
    return Manifest() if path is None else read_manifest_file(path)


def read_manifest_file(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        BenchmarkError: if it cannot be read.
    """
    fix = "write it again with `gapjunction predict`, or remove it"
    try:
        return Manifest.model_validate(read_json(path, BenchmarkError, fix=fix))
    except ValidationError as error:
        first = error.errors()[0]
        raise BenchmarkError(
            path,
            item=".".join(str(part) for part in first["loc"]),
            expected=first["msg"].removeprefix("Input should be "),
            found=repr(first["input"])[:60],
            fix=fix,
        ) from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder of predictions."""
    write_json(folder / MANIFEST_NAME, manifest.model_dump(mode="json"))


def write_counts(folder: Path, rows: Iterable[CountRow]) -> None:
    """Write counts.csv of a folder of predictions."""
    write_csv(folder / COUNTS_NAME, [COLUMNS, *rows])


def read_stack_names(path: Path) -> set[tuple[str, str]]:
    """Read dataset and asset of each stack from stacks.csv.

    Raises:
        BenchmarkError: if the file cannot be read or lacks one of these columns.
    """
    rows = _read_rows(path, ("dataset", "asset"), "count anew with `gapjunction predict`")
    return {(_text(row, "dataset"), _text(row, "asset")) for row in rows}


def read_image_rows(path: Path) -> list[ImageRow]:
    """Read the origins of images from counts.csv, or another table with image and asset.

    Names of images are composed (NFC); no dataset is named without an asset.

    Raises:
        BenchmarkError: if the file cannot be read or lacks one of the two columns.
    """
    fix = "write 'image,asset' into the first line"
    return [_image_row(row) for row in _read_rows(path, ("image", "asset"), fix)]


def _read_rows(path: Path, columns: tuple[str, str], fix: str) -> list[dict[str, str | None]]:
    """Read the rows of a table with these columns; `fix` says what to do if it lacks one."""
    try:
        rows = csv.DictReader(read_table(path, BenchmarkError, fix="check the file"))
        _require_columns(path, rows.fieldnames or (), columns, fix)
        return list(rows)
    except csv.Error as error:
        raise BenchmarkError(
            path,
            expected=f"a CSV file with the columns {' and '.join(columns)}",
            found=str(error),
            fix="check the path and the file",
        ) from None


def _beside(predictions_dir: Path, name: str) -> Path | None:
    absolute = predictions_dir.absolute()
    paths = (absolute / name, absolute.parent / name)
    return next((path for path in paths if path.is_file()), None)


def _image_row(row: dict[str, str | None]) -> ImageRow:
    asset = _text(row, "asset")
    dataset = _text(row, "dataset") if asset else ""
    return ImageRow(dataset, asset, normalized(_text(row, "image")))


def _text(row: dict[str, str | None], column: str) -> str:
    """Return the text in a column, "" where there is none."""
    return text_of_cell(row.get(column) or "")


def _require_columns(
    path: Path, columns: Sequence[str], required: tuple[str, str], fix: str
) -> None:
    if not set(required) <= set(columns):
        raise BenchmarkError(
            path,
            expected=f"the columns {' and '.join(required)}",
            found=", ".join(columns) or "no columns",
            fix=fix,
        )
