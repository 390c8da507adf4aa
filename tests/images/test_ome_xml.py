"""Tests for `gapjunction.images.ome_xml`."""

import pytest

from gapjunction.images.ome_xml import OmeImage, read_ome_images


def ome(pixels: str) -> str:
    namespace = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
    return f'<OME xmlns="{namespace}"><Image Name="field">{pixels}</Image></OME>'


@pytest.mark.parametrize(
    ("attributes", "um_per_px"),
    [
        ('PhysicalSizeX="0.1" PhysicalSizeY="0.1"', 0.1),
        (
            'PhysicalSizeX="100" PhysicalSizeXUnit="nm" PhysicalSizeY="100" PhysicalSizeYUnit="nm"',
            0.1,
        ),
        ('PhysicalSizeX="0.1" PhysicalSizeY="0.3"', None),
        ('PhysicalSizeX="1" PhysicalSizeXUnit="pixel" PhysicalSizeY="1"', None),
        ("", None),
    ],
)
def test_read_ome_images__pixel_size__is_in_um(attributes: str, um_per_px: float | None) -> None:
    (image,) = read_ome_images(ome(f"<Pixels {attributes}/>"))
    assert image.um_per_px == (None if um_per_px is None else pytest.approx(um_per_px))


def test_read_ome_images__channels__are_named_where_the_file_names_them() -> None:
    (image,) = read_ome_images(ome('<Pixels><Channel Name="DAPI"/><Channel ID="x"/></Pixels>'))
    assert image == OmeImage("field", ("DAPI", ""), None, None)
