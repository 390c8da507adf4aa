"""What an OME-Zarr image (versions 0.4 and 0.5) says of itself: axes, sizes, channels.

Version 0.4 keeps it in the attributes of a Zarr group of format 2 (`.zattrs`), version 0.5 under
"ome" in those of format 3 (`zarr.json`).
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gapjunction.errors import ImageError
from gapjunction.images.microscope_scene import square_side

_UM_PER_UNIT = {
    "angstrom": 1e-4,
    "nanometer": 1e-3,
    "micrometer": 1.0,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "meter": 1e6,
    # What programs write that do not keep to the names:
    "nm": 1e-3,
    "um": 1.0,
    "µm": 1.0,
    "μm": 1.0,
    "micron": 1.0,
    "mm": 1e3,
}
_AXES = "tczyx"
_FIX = "export the image again as OME-Zarr 0.4 or 0.5"


class _Outside(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Axis(_Outside):
    name: str
    unit: str | None = None

    @field_validator("unit", mode="before")
    @classmethod
    def _known_or_none(cls, unit: Any) -> Any:
        return unit if isinstance(unit, str) else None


class _Transformation(_Outside):
    type: str
    scale: tuple[float, ...] | None = None


class _Dataset(_Outside):
    path: str
    transformations: tuple[_Transformation, ...] = Field((), alias="coordinateTransformations")


class _Multiscale(_Outside):
    name: str = ""
    axes: tuple[_Axis, ...]
    datasets: tuple[_Dataset, ...] = Field(min_length=1)
    transformations: tuple[_Transformation, ...] = Field((), alias="coordinateTransformations")

    @field_validator("name", mode="before")
    @classmethod
    def _text_or_none(cls, name: Any) -> Any:
        return name if isinstance(name, str) else ""


class _Channel(_Outside):
    label: str = ""

    @field_validator("label", mode="before")
    @classmethod
    def _text_or_none(cls, label: Any) -> Any:
        return label if isinstance(label, str) else ""


class OmeZarrMetadata(_Outside):
    """The metadata of one image.

    Attributes:
        name: may be empty.
        axes: a letter each, in the order of the arrays: of t, c, z, y and x.
        paths: of the arrays, the full size first.
        channel_labels: none where the file names none.
        um_per_px: the side of a pixel of the full size; None where it is not known.
        z_um: from one slice to the next; None where it is not known.
    """

    name: str
    axes: str
    paths: tuple[str, ...]
    channel_labels: tuple[str, ...]
    um_per_px: float | None
    z_um: float | None

    @classmethod
    def read(cls, attributes: Mapping[str, Any], where: str) -> Self:
        """Return what the attributes of a group say of its image.

        Raises:
            ImageError: if they are not those of an OME-Zarr image.
        """
        ome = attributes.get("ome", attributes)
        if not isinstance(ome, Mapping) or "multiscales" not in ome:
            raise _refused(where, "", f"a Zarr group without it ({_listed(attributes)})")
        try:
            multiscale = _first(ome["multiscales"])
            channels = [_Channel.model_validate(each) for each in _channels(ome)]
        except ValidationError as error:
            first = error.errors()[0]
            item = ".".join(("multiscales", *map(str, first["loc"])))
            raise _refused(where, item, first["msg"]) from None
        axes = "".join(axis.name.lower() for axis in multiscale.axes)
        if not set("yx") <= set(axes) <= set(_AXES) or len(set(axes)) != len(multiscale.axes):
            raise _refused(where, "axes", f"axes {', '.join(a.name for a in multiscale.axes)}")
        sides = _sides_um(multiscale)
        return cls(
            name=multiscale.name,
            axes=axes,
            paths=tuple(dataset.path for dataset in multiscale.datasets),
            channel_labels=tuple(channel.label for channel in channels),
            um_per_px=square_side(sides.get("x"), sides.get("y")),
            z_um=sides.get("z"),
        )


def series_of_layout(attributes: Mapping[str, Any]) -> bool:
    """Tell whether a group holds several images as bioformats2raw lays them out: 0, 1, ..."""
    ome = attributes.get("ome", attributes)
    return isinstance(ome, Mapping) and "bioformats2raw.layout" in ome


def _first(multiscales: Any) -> _Multiscale:
    """Return the first of several ways in which an image is stored, which is the one to show."""
    given = multiscales[0] if isinstance(multiscales, list) and multiscales else multiscales
    return _Multiscale.model_validate(given)


def _channels(ome: Mapping[str, Any]) -> list[Any]:
    omero = ome.get("omero")
    channels = omero.get("channels") if isinstance(omero, Mapping) else None
    return channels if isinstance(channels, list) else []


def _sides_um(multiscale: _Multiscale) -> dict[str, float]:
    """Return what a step along each axis of the full size is in um, where the unit is known."""
    sides: dict[str, float] = {}
    steps = (*multiscale.datasets[0].transformations, *multiscale.transformations)
    scales = [each.scale for each in steps if each.type == "scale" and each.scale is not None]
    if not scales or any(len(scale) != len(multiscale.axes) for scale in scales):
        return sides
    for place, axis in enumerate(multiscale.axes):
        um = _UM_PER_UNIT.get((axis.unit or "").strip().casefold())
        if um is None:
            continue
        for scale in scales:
            um *= scale[place]
        sides[axis.name.lower()] = um
    return sides


def _listed(attributes: Mapping[str, Any]) -> str:
    if "plate" in attributes.get("ome", attributes):
        return "a plate: name one of its fields, such as PLATE/A/1/0"
    return ", ".join(map(str, attributes)) or "no attributes"


def _refused(where: str, item: str, found: str) -> ImageError:
    return ImageError(
        where,
        item=item,
        expected="the multiscales of an OME-Zarr image, with axes y and x, and of t, c and z",
        found=found,
        fix=_FIX,
    )
