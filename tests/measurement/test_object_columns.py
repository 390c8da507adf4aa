"""Tests for `gapjunction.measurement.object_columns`."""

import re
from pathlib import Path

import numpy as np
import pytest

from gapjunction.measurement.object_columns import (
    CHANNEL_COLUMNS,
    COLUMNS,
    ObjectSource,
    has_saturated,
    object_rows,
)
from gapjunction.measurement.objects import measured_objects
from measured_light import boxed

DOCS = Path(__file__).parents[2] / "docs" / "measurement.md"


def source(um_per_px: float | None = 0.5, *, has_scores: bool = True) -> ObjectSource:
    return ObjectSource("set", "rat_1", "field", 4, ("plaque",), ("Cx43",), um_per_px, has_scores)


def rows_of(own: ObjectSource) -> list[dict[str, str | int | float | None]]:
    image = np.full((1, 40, 60), 10, np.uint8)
    image[0, 10:20, 10:20] = 110
    image[0, 10:20, 40:50] = 255
    objects = measured_objects(image, boxed([[10, 10, 20, 20], [40, 10, 50, 20]]), own.um_per_px)
    return object_rows(objects, own)


def test_object_rows__pixel_size_known__has_each_size_in_both_units() -> None:
    row, _ = rows_of(source())
    assert (row["x_px"], row["x_um"]) == (15, 7.5)
    in_px = row["outline_area_px2"]
    assert isinstance(in_px, float)
    assert row["outline_area_um2"] == pytest.approx(in_px / 4)
    assert row["nearest_um"] == 15


def test_object_rows__pixel_size_unknown__has_sizes_in_pixels_only() -> None:
    row, _ = rows_of(source(None))
    in_um = [name for name in row if re.search(r"_um2?$", name)]
    assert all(row[name] is None for name in in_um)
    assert row["area_px2"] is not None


def test_object_rows__image__is_named_in_every_row() -> None:
    first, second = rows_of(source())
    assert [first[name] for name in ("dataset", "asset", "image", "slice", "class", "id")] == [
        *("set", "rat_1", "field", 4, "plaque", 1)
    ]
    assert second["id"] == 2


def test_object_rows__annotations__have_no_score() -> None:
    assert rows_of(source(has_scores=False))[0]["score"] is None
    assert rows_of(source())[0]["score"] == 1


def test_object_rows__channel__gives_its_columns_its_name() -> None:
    row, _ = rows_of(source())
    assert (row["background_Cx43"], row["max_Cx43"], row["saturated_px_Cx43"]) == (10, 100, 0)


def test_has_saturated__saturated_pixels__are_told_of_their_object_only() -> None:
    assert [has_saturated(row) for row in rows_of(source())] == [False, True]


def test_docs__data_dictionary__has_every_column_and_no_other() -> None:
    described = re.findall(r"^\| `([^|]*)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    names = [name for cell in described for name in cell.split("`, `")]
    of_channels = [f"{name}_CHANNEL" for name in CHANNEL_COLUMNS]
    assert names == [*COLUMNS, *of_channels]
