"""Tests for `gapjunction.images.ome_zarr_metadata`."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.ome_zarr_metadata import OmeZarrMetadata, series_of_layout
from zarr_samples import attributes


def changed(**changes: Any) -> Mapping[str, Any]:
    """Return metadata of which the multiscales have other values."""
    metadata = deepcopy(attributes("yx"))
    metadata["ome"]["multiscales"][0].update(changes)
    return metadata


def scaled(unit: Any, *scales: list[float]) -> Mapping[str, Any]:
    axes = [{"name": name, "unit": unit} for name in "yx"]
    steps = [{"type": "scale", "scale": scale} for scale in scales]
    dataset = {"path": "0", "coordinateTransformations": steps[:1]}
    return changed(axes=axes, datasets=[dataset], coordinateTransformations=steps[1:])


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_read__both_versions__tell_axes_arrays_channels_and_pixel_size(
    zarr_format: Literal[2, 3],
) -> None:
    given = attributes("tczyx", num_levels=2, labels=("DAPI", "Cx43"), zarr_format=zarr_format)
    metadata = OmeZarrMetadata.read(given, "a.zarr")
    assert (metadata.axes, metadata.paths, metadata.name) == ("tczyx", ("0", "1"), "section")
    assert metadata.channel_labels == ("DAPI", "Cx43")
    assert metadata.um_per_px == pytest.approx(0.1)
    assert metadata.z_um == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("unit", "scales", "um"),
    [
        ("nanometer", [[103.0, 103.0]], 0.103),
        ("micrometer", [[0.05, 0.05], [2.0, 2.0]], 0.1),
        ("micrometer", [[0.1, 0.2]], None),  # no squares
        ("micrometer", [[0.1, 0.1, 0.1]], None),
        ("micrometer", [], None),
        ("parsec", [[1.0, 1.0]], None),
        (None, [[1.0, 1.0]], None),
        (7, [[1.0, 1.0]], None),
    ],
)
def test_read__pixel_size__comes_from_units_and_all_scales(
    unit: Any, scales: list[list[float]], um: float | None
) -> None:
    assert OmeZarrMetadata.read(scaled(unit, *scales), "a.zarr").um_per_px == pytest.approx(um)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "no attributes"),
        ({"ome": []}, "ome"),
        ({"ome": {"multiscales": []}}, "multiscales"),
        ({"multiscales": "0"}, "multiscales"),
        (changed(axes=[{"name": "q"}, {"name": "x"}]), "q, x"),
        (changed(axes=[{"name": "y"}]), "axes y"),
        (changed(axes=[{"name": "x"}, {"name": "x"}]), "x, x"),
        (changed(datasets=[]), "datasets"),
        ({"ome": {"plate": {}}}, "name one of its fields"),
    ],
)
def test_read__anything_else__is_refused_in_one_line(given: Mapping[str, Any], named: str) -> None:
    with pytest.raises(ImageError, match=named) as caught:
        OmeZarrMetadata.read(given, "a.zarr")
    assert "\n" not in str(caught.value)


def test_read__channels_that_are_no_list__have_no_names() -> None:
    given = deepcopy(attributes("yx"))
    given["ome"]["omero"] = {"channels": 3}
    assert OmeZarrMetadata.read(given, "a.zarr").channel_labels == ()


def test_series_of_layout__bioformats2raw__is_one() -> None:
    assert series_of_layout({"bioformats2raw.layout": 3})
    assert series_of_layout({"ome": {"bioformats2raw.layout": 3}})
    assert not series_of_layout(attributes("yx"))
