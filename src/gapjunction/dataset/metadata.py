"""Read a dataset's label file and metadata files; collect what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gapjunction.dataset.further_columns import constant_cells, kept_columns
from gapjunction.dataset.records import AssetMetadata
from gapjunction.dataset.rules import (
    CLASS_COLOR,
    Problem,
    check_asset_metadata,
    check_classes,
    check_static_metadata,
    is_positive,
)
from gapjunction.errors import DatasetError
from gapjunction.outside_text import read_json, read_yaml
from gapjunction.text import UM_PER_UNIT

LABEL_FOLDER, LABEL_STEM, LABEL_SUFFIXES = (
    "Label_Properties",
    "label_properties",
    (".json", ".yaml", ".yml"),
)
STATIC_FILE = Path("Metadata_Static") / "metadata_static.json"
ASSET_FILE = "asset_metadata.json"
_FIX = "correct the file or export it again"
ASSET_FIELDS = ("species", "age", "weight", "sex", "localization", "diagnosis", "z_step_um")


@dataclass(frozen=True, slots=True)
class StaticMetadata:
    """What is known of the microscope; None where it is not.

    Attributes:
        um_per_px: the side of a pixel in micrometers.
    """

    device_type: str | None = None
    scaling_value: str | None = None
    um_per_px: float | None = None


@dataclass(frozen=True, slots=True)
class _Mapping:
    """The content of a JSON or YAML file, empty where there is a problem."""

    values: Mapping[Any, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def label_file(root: Path) -> Path:
    """Return the path of a dataset's label file; if there is none, where it should be."""
    files = _label_files(root)
    return files[0] if files else root / LABEL_FOLDER / f"{LABEL_STEM}{LABEL_SUFFIXES[0]}"


def inspect_classes(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return class name -> color in label order, or nothing and what is wrong."""
    path = label_file(root)
    if not path.is_file():
        fix = f'write {{"gap_junction": "{CLASS_COLOR}"}} with your class names and colors'
        return {}, [Problem("error", path, "", "none", "a file of class names", fix)]
    others = _label_files(root)[1:]
    if others:
        found, fix = f"{others[0].name} as well", "remove one of the two"
        return {}, [Problem("error", path, "", found, "one label file", fix)]
    return inspect_label_file(path)


def inspect_label_file(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Return class name -> color in label order, or nothing and what is wrong with the file."""
    content = _read_mapping(path)
    problems = list(content.problems or check_classes(content.values, path))
    return ({} if problems else dict(content.values)), problems


def inspect_static_metadata(root: Path) -> tuple[StaticMetadata, list[Problem]]:
    """Return what is known of the microscope, and what is wrong; the file may be missing."""
    path = root / STATIC_FILE
    if _is_missing(path):
        return StaticMetadata(), []
    content = _read_mapping(path)
    problems = list(content.problems or check_static_metadata(content.values, path))
    if problems:
        return StaticMetadata(), problems
    scaling = content.values.get("scaling_value")
    if is_positive(scaling):
        scaling = f"{scaling:g}x"
    um_per_px, problems = _um_per_px(content.values.get("scales") or [], scaling, path)
    return StaticMetadata(content.values.get("device_type"), scaling, um_per_px), problems


def inspect_asset_metadata(folder: Path) -> tuple[AssetMetadata, list[Problem]]:
    """Return what is known of an asset's subject, and what is wrong; the file may be missing.

    Fields that are not the format's, and the columns that `gapjunction create` kept, are further.
    """
    path = folder / ASSET_FILE
    if _is_missing(path):
        return AssetMetadata(further=kept_columns(folder)), []
    content = _read_mapping(path)
    problems = list(content.problems or check_asset_metadata(content.values, path))
    if problems:
        return AssetMetadata(), problems
    values = content.values
    others = {name: each for name, each in values.items() if name not in ASSET_FIELDS}
    return AssetMetadata(
        species=values.get("species"),
        age_months=values.get("age"),
        weight_kg=values.get("weight"),
        sex=values.get("sex"),
        localization=values.get("localization"),
        diagnosis=values.get("diagnosis"),
        z_step_um=values.get("z_step_um"),
        further=kept_columns(folder) | constant_cells([others]),
    ), []


def _is_missing(path: Path) -> bool:
    """Tell whether nothing is there; what is there and no file is read, which says so."""
    return not (path.exists() or path.is_symlink())


def _label_files(root: Path) -> list[Path]:
    paths = [root / LABEL_FOLDER / f"{LABEL_STEM}{suffix}" for suffix in LABEL_SUFFIXES]
    return [path for path in paths if path.is_file()]


def _um_per_px(
    scales: list[dict[str, Any]], scaling: str | None, path: Path
) -> tuple[float | None, list[Problem]]:
    """Return the scale of the objective in use, or None and a warning if it is not known which."""
    fitting = [scale for scale in scales if _names_objective(scale.get("barcode"), scaling)]
    if len(scales) == 1 and (not scales[0].get("barcode") or scaling is None):
        fitting = scales
    values = {UM_PER_UNIT[s["unit"].strip()] * s["value_per_pixel"] for s in fitting}
    if len(values) == 1:
        return float(values.pop()), []
    if not scales:
        return None, []
    found = ", ".join(repr(scale.get("barcode")) for scale in scales)
    expected = f"one scale with the barcode {scaling!r} (the scaling_value)"
    fix = "correct scaling_value or barcode; until then sizes are in pixels"
    return None, [Problem("warning", path, "scales", found, expected, fix)]


def _names_objective(barcode: object, scaling: str | None) -> bool:
    return scaling is not None and _plain(str(barcode)) == _plain(scaling)


def _plain(magnification: str) -> str:
    return (
        magnification.strip()
        .casefold()
        .replace("\N{MULTIPLICATION SIGN}", "x")
        .replace(" ", "")
        .removesuffix("x")
    )


def _read_mapping(path: Path) -> _Mapping:
    """Read a JSON or, by its suffix, YAML file that holds one mapping."""
    is_json = path.suffix.lower() == ".json"
    kind = "JSON" if is_json else "YAML"
    try:
        values = (read_json if is_json else read_yaml)(path, DatasetError, fix=_FIX)
    except DatasetError as error:
        own = error.item, error.found, error.expected, error.fix
        return _Mapping(problems=(Problem("error", path, *own),))
    if not isinstance(values, dict):
        found, expected = type(values).__name__, f"a {kind} object"
        return _Mapping(problems=(Problem("error", path, "", found, expected, _FIX),))
    return _Mapping(values)
