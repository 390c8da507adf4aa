"""Which column of a table of points holds what, by the names that other programs give them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gapjunction.csv_tables import text_of_cell
from gapjunction.errors import DatasetError

Field = Literal[
    "x",
    "y",
    "width",
    "height",
    "radius",
    "left",
    "top",
    "class",
    "score",
    "quality",
    "image",
    "image number",
    "title",
    "channels",
    "slices",
    "time points",
    "index",
    "shape",
    "vertex",
]

# Names in lower case, without a unit. Those with "position" are TrackMate's, "location"
# CellProfiler's, "centroid" QuPath's, "ch", "slice" and "frame" ImageJ's.
_NAMES: Mapping[str, Field] = {
    "x": "x",
    "y": "y",
    "pos_x": "x",
    "pos_y": "y",
    "position_x": "x",
    "position_y": "y",
    "location_center_x": "x",
    "location_center_y": "y",
    "centroid x": "x",
    "centroid y": "y",
    "centroid_x": "x",
    "centroid_y": "y",
    "width": "width",
    "height": "height",
    "radius": "radius",
    "class": "class",
    "classification": "class",
    "score": "score",
    "probability": "score",
    "prob": "score",
    "confidence": "score",
    "quality": "quality",
    "image": "image",
    "image_name": "image",
    "imagename": "image",
    "file": "image",
    "filename": "image",
    "file_name": "image",
    "imagenumber": "image number",
    "z": "slices",
    "pos_z": "slices",
    "position_z": "slices",
    "location_center_z": "slices",
    "slice": "slices",
    "c": "channels",
    "ch": "channels",
    "channel": "channels",
    "t": "time points",
    "frame": "time points",
    "position_t": "time points",
    "shape-type": "shape",
    "vertex-index": "vertex",
}
_IMAGEJ_NAMES: Mapping[str, Field] = {"label": "title", "bx": "left", "by": "top"}
_IMAGEJ_ONLY = frozenset(
    {
        "Area",
        "Mean",
        "StdDev",
        "Mode",
        "Min",
        "Max",
        "Label",
        "Ch",
        "Slice",
        "Frame",
        "Perim.",
        "BX",
        "BY",
        "Major",
        "Minor",
        "Angle",
        "Circ.",
        "Feret",
        "IntDen",
        "Median",
        "%Area",
        "RawIntDen",
        "MinThr",
        "MaxThr",
        "Counter",
        "Count",
    }
)
_POSITIONS = ("x", "y")
_SIZES: tuple[Field, ...] = ("width", "height", "radius")
_AXES: tuple[Field, ...] = ("x", "y", "slices", "time points")  # from the last
_NUMBERED = re.compile(r"(?:axis|centroid)[-_](\d+)")  # napari, scikit-image
_UNIT = re.compile(r"(.+?)[\s_]*[\[(]?(px|pix|pixels?|nm|um|μm|microns?|mm)[\])]?")
UM_PER_UNIT: Mapping[str, float] = {
    "nm": 1e-3,
    "um": 1.0,
    "μm": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "mm": 1e3,
}
PIXELS = ("px", "pix", "pixel", "pixels")
OF_THE_IMAGE = "of the image"  # as ImageJ calibrates it, whatever it is


@dataclass(frozen=True, slots=True)
class PointColumns:
    """Where a table holds what.

    Attributes:
        places: the column of each field.
        unit: of positions and sizes: "px", a key of UM_PER_UNIT, or OF_THE_IMAGE.
        is_detected: a program wrote it that finds spots and gives them no score of 0 to 1.
    """

    places: Mapping[Field, int]
    unit: str = "px"
    is_detected: bool = False

    def row(self, cells: Sequence[str]) -> dict[Field, str]:
        """Return what is not empty in a row, by field."""
        found = {field: text_of_cell(cells[place].strip()) for field, place in self.places.items()}
        return {field: cell for field, cell in found.items() if cell}


def find_columns(header: Sequence[str], path: Path) -> PointColumns:
    """Return the columns of a table by the names in its first row.

    Raises:
        DatasetError: if there are no positions, or two columns of one kind.
    """
    names = [name.strip() for name in header]
    is_imagej = {"X", "Y"} <= set(names) and (not names[0] or bool(_IMAGEJ_ONLY & set(names)))
    units: dict[Field, str] = {}
    places: dict[Field, int] = {}
    for place, name in enumerate(names):
        field, unit = _field(name.lstrip("# "), is_imagej)
        is_first = field not in places
        if field is None or not (is_first or field in _POSITIONS):
            continue
        if not is_first and (unit or "px") not in PIXELS:
            continue  # a position in another unit, beside that in pixels
        if not is_first and (units[field] or "px") in PIXELS:
            raise _refusal(path, f"{field} twice: {names[places[field]]!r} and {name!r}")
        places[field], units[field] = place, unit
    places |= _axes(names, path)
    if not {"x", "y"} <= set(places):
        raise _refusal(path, ",".join(names)[:60] or "nothing")
    if units.get("x", "") != units.get("y", ""):
        raise _refusal(path, f"x and y in different units ({units['x']}, {units['y']})")
    _refuse_other_units(units, path)
    is_trackmate = "POSITION_X" in names
    unit = units.get("x") or (OF_THE_IMAGE if is_imagej or is_trackmate else "px")
    has_brackets = "[" in names[places["x"]]  # as deepBlink and ThunderSTORM write units
    is_detected = "score" not in places and (is_trackmate or has_brackets)
    return PointColumns(places, "px" if unit in PIXELS else unit, is_detected)


def unit_in(cell: str) -> str | None:
    """Return the unit in a cell such as "(micron)" below TrackMate's names of columns."""
    unit = cell.strip().strip("()").casefold()
    if unit in PIXELS:
        return "px"
    return unit if unit in UM_PER_UNIT else None


def _field(name: str, is_imagej: bool) -> tuple[Field | None, str]:
    """Return what a column holds, if anything that is needed, and the unit in its name."""
    plain = name.casefold()
    if is_imagej and plain in _IMAGEJ_NAMES:
        return _IMAGEJ_NAMES[plain], ""
    if plain in _NAMES:
        return _NAMES[plain], ""
    if plain.startswith("filename_"):  # CellProfiler adds the name of the channel
        return "image", ""
    if plain == "index":
        return "index", ""
    parts = _UNIT.fullmatch(plain)
    if parts is None or parts[1] not in _NAMES:
        return None, ""
    return _NAMES[parts[1]], parts[2]


def _refuse_other_units(units: Mapping[Field, str], path: Path) -> None:
    """Refuse sizes in another unit than positions, as far as names of columns tell."""
    of_positions = units.get("x", "")
    for field in _SIZES:
        if _um_per_unit(units.get(field, of_positions)) != _um_per_unit(of_positions):
            raise DatasetError(
                path,
                expected=f"{field} in the unit of x ({of_positions or 'px'})",
                found=units[field] or "no unit in its name",
                fix="write all of them in one unit, and name it in each",
            )


def _um_per_unit(unit: str) -> float | None:
    return UM_PER_UNIT.get(unit)  # None of pixels


def _axes(names: Sequence[str], path: Path) -> dict[Field, int]:
    """Return the columns of numbered axes: the last is x, the one before y, then z and time."""
    numbered = {
        int(found[1]): place
        for place, found in enumerate(_NUMBERED.fullmatch(name.casefold()) for name in names)
        if found
    }
    if not numbered:
        return {}
    if not len(_AXES) >= len(numbered) >= 2 or sorted(numbered) != list(range(len(numbered))):  # noqa: PLR2004 - y and x
        raise _refusal(path, f"axes with the numbers {', '.join(map(str, sorted(numbered)))}")
    ordered = [numbered[axis] for axis in sorted(numbered, reverse=True)]
    return dict(zip(_AXES, ordered, strict=False))


def _refusal(path: Path, found: str) -> DatasetError:
    return DatasetError(
        path,
        expected="a first row that names the columns x and y",
        found=found,
        fix="write it above the points",
    )
