"""The columns of `objects.csv`: what each is called and how it is got from an object.

A new column is a line in `COLUMNS`, or in `CHANNEL_COLUMNS` for one of each channel, and one in
docs/measurement.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gapjunction.measurement.light import ChannelLight
from gapjunction.measurement.object_places import NOWHERE, ObjectPlace
from gapjunction.measurement.objects import MeasuredObject
from gapjunction.measurement.shapes import Shape
from gapjunction.measurement.sizes import Size

DIGITS = 6  # that matter
SATURATED = "saturated_px"

Cell = str | int | float | None
ObjectRow = Mapping[str, Cell]  # cells by the names of their columns


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """The image that objects are measured in.

    Attributes:
        dataset, asset: empty for a plain image file.
        image: its name among all images.
        slice_number: where it is a slice of a stack.
        channels: names of its channels, each of its own.
        um_per_px: None where it is not known.
        has_scores: False for what people marked.
        places: of its objects, by their numbers; none where neither regions nor cells are given.
    """

    dataset: str
    asset: str
    image: str
    slice_number: int | None
    class_names: tuple[str, ...]
    channels: tuple[str, ...]
    um_per_px: float | None
    has_scores: bool = True
    places: tuple[ObjectPlace, ...] = ()

    def place_of(self, each: MeasuredObject) -> ObjectPlace:
        """Return where an object lies, as far as regions and cells are given."""
        return self.places[each.number - 1] if self.places else NOWHERE


Column = Callable[[MeasuredObject, ObjectSource], Cell]
ChannelColumn = Callable[[ChannelLight], float | int]


def _of_size(value: Callable[[Size], float]) -> Callable[[MeasuredObject], float | None]:
    def column(each: MeasuredObject) -> float | None:
        size = each.told.size if each.told else None
        return None if size is None else value(size)

    return column


def _of_shape(value: Callable[[Shape], float]) -> Callable[[MeasuredObject], float | None]:
    return lambda each: None if each.shape is None else value(each.shape)


def _plain(value: Callable[[MeasuredObject], Cell]) -> Column:
    return lambda each, _: value(each)


def _in_um(value: Callable[[MeasuredObject], float | None], power: int) -> Column:
    def column(each: MeasuredObject, source: ObjectSource) -> float | None:
        measured = value(each)
        if measured is None or source.um_per_px is None:
            return None
        return measured * source.um_per_px**power

    return column


def _lengths(values: Mapping[str, Callable[[MeasuredObject], float | None]]) -> dict[str, Column]:
    """Return a column in um and one in px of each value; names with `area` are squares."""
    columns: dict[str, Column] = {}
    for name, value in values.items():
        power = 2 if name.endswith("area") else 1
        square = "2" if power > 1 else ""
        columns[f"{name}_um{square}"] = _in_um(value, power)
        columns[f"{name}_px{square}"] = _plain(value)
    return columns


def _border(value: Callable[[ObjectPlace], float | None], *, is_um: bool) -> Column:
    def column(each: MeasuredObject, source: ObjectSource) -> float | None:
        border = value(source.place_of(each))
        unit = source.um_per_px if is_um else 1.0
        return None if border is None or unit is None else border * unit

    return column


COLUMNS: dict[str, Column] = {
    "dataset": lambda _, source: source.dataset,
    "asset": lambda _, source: source.asset,
    "image": lambda _, source: source.image,
    "slice": lambda _, source: source.slice_number,
    "class": lambda each, source: source.class_names[each.label],
    "id": _plain(lambda each: each.number),
    "score": lambda each, source: each.score if source.has_scores else None,
    **_lengths({"x": lambda each: each.center[0], "y": lambda each: each.center[1]}),
    "x0": _plain(lambda each: each.box[0]),
    "y0": _plain(lambda each: each.box[1]),
    "x1": _plain(lambda each: each.box[2]),
    "y1": _plain(lambda each: each.box[3]),
    "um_per_px": lambda _, source: source.um_per_px,
    "resolved": _plain(lambda each: each.told.resolved if each.told else None),
    **_lengths(
        {
            "area": _of_size(lambda size: size.area),
            "diameter": _of_size(lambda size: size.diameter),
            "length": _of_size(lambda size: size.length),
            "major_axis": _of_size(lambda size: size.major),
            "minor_axis": _of_size(lambda size: size.minor),
            "outline_area": _of_shape(lambda shape: shape.area),
            "perimeter": _of_shape(lambda shape: shape.perimeter),
            "feret": _of_shape(lambda shape: shape.feret),
            "spot_fwhm": lambda each: each.spot_fwhm,
        }
    ),
    "circularity": _plain(_of_shape(lambda shape: shape.circularity)),
    "solidity": _plain(_of_shape(lambda shape: shape.solidity)),
    "orientation_deg": _plain(_of_shape(lambda shape: shape.orientation)),
    "signal_to_noise": _plain(lambda each: each.signal_to_noise),
    "cut_by_border": _plain(lambda each: int(each.is_cut)),
    **_lengths({"nearest": lambda each: each.nearest}),
    "region": lambda each, source: source.place_of(each).region,
    "region_border_um": _border(lambda place: place.region_border, is_um=True),
    "region_border_px": _border(lambda place: place.region_border, is_um=False),
    "cell": lambda each, source: source.place_of(each).cell,
    "cell_border_um": _border(lambda place: place.cell_border, is_um=True),
    "cell_border_px": _border(lambda place: place.cell_border, is_um=False),
}
# Of each channel, whose name follows: mean_Cx43.
CHANNEL_COLUMNS: dict[str, ChannelColumn] = {
    "mean": lambda light: light.mean,
    "max": lambda light: light.highest,
    "integrated": lambda light: light.integrated,
    "background": lambda light: light.background,
    SATURATED: lambda light: light.num_saturated,
}


def object_rows(objects: Sequence[MeasuredObject], source: ObjectSource) -> list[dict[str, Cell]]:
    """Return a row for each object of an image."""
    rows = []
    for each in objects:
        row = {name: _shown(column(each, source)) for name, column in COLUMNS.items()}
        for channel, light in zip(source.channels, each.light, strict=False):
            for name, value in CHANNEL_COLUMNS.items():
                row[channel_column(name, channel)] = _shown(value(light))
        rows.append(row)
    return rows


def channel_column(name: str, channel: str) -> str:
    """Return what a column is called for a channel."""
    return f"{name}_{channel}"


def has_saturated(row: ObjectRow) -> bool:
    """Tell whether a row is of an object with saturated pixels in a channel."""
    return any(bool(cell) and name.startswith(SATURATED) for name, cell in row.items())


def _shown(value: Cell) -> Cell:
    """Return a cell with the digits that matter; NumPy's numbers become Python's."""
    return float(f"{float(value):.{DIGITS}g}") if isinstance(value, float) else value
