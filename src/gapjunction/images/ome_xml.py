"""Names, pixel sizes and z steps in OME's XML, the part of it that is used here."""

from dataclasses import dataclass
from xml.etree import ElementTree

from gapjunction.images.microscope_scene import square_side
from gapjunction.outside_text import parse_xml
from gapjunction.text import UM_PER_UNIT

_DEFAULT_UNIT = "µm"


@dataclass(frozen=True, slots=True)
class OmeImage:
    """One image of the file; `channel_names` are empty where the file names none.

    Attributes:
        um_per_px: the side of a pixel.
        z_um: from one slice to the next.
    """

    name: str
    channel_names: tuple[str, ...]
    um_per_px: float | None
    z_um: float | None


def read_ome_images(text: str) -> list[OmeImage]:
    """Return what the XML says of each image, in order.

    Raises:
        ValueError: if it is not XML.
    """
    return [_image(element) for element in parse_xml(text).iterfind("{*}Image")]


def _image(image: ElementTree.Element) -> OmeImage:
    name = image.get("Name", "")
    pixels = image.find("{*}Pixels")
    if pixels is None:
        return OmeImage(name, (), None, None)
    channels = tuple(each.get("Name", "") for each in pixels.iterfind("{*}Channel"))
    sides = (_side_um(pixels, axis) for axis in "XYZ")
    width, height, depth = sides
    return OmeImage(name, channels, square_side(width, height), depth)


def _side_um(pixels: ElementTree.Element, axis: str) -> float | None:
    size = pixels.get(f"PhysicalSize{axis}")
    um_per_unit = UM_PER_UNIT.get(pixels.get(f"PhysicalSize{axis}Unit", _DEFAULT_UNIT))
    return None if size is None or um_per_unit is None else float(size) * um_per_unit
