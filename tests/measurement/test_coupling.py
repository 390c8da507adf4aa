"""Tests for `gapjunction.measurement.coupling`."""

from typing import Any

import numpy as np
import pytest

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections
from gapjunction.measurement.coupling import CELL_COLUMNS, PAIR_COLUMNS, Coupling
from gapjunction.measurement.region_counts import CountedImage
from gapjunction.prediction_folder import ImageRow

# Three cells in a row, 20 px wide and 30 px high, and one alone.
LABELS = np.zeros((50, 100), np.int64)
LABELS[:30, :20], LABELS[:30, 20:40], LABELS[:30, 40:60], LABELS[40:, 90:] = 1, 2, 3, 4
UM_PER_PX = 0.5


def coupling_by(*points: tuple[float, float], labels: tuple[int, ...] = ()) -> Coupling:
    boxes = as_boxes([(x - 2, y - 2, x + 2, y + 2) for x, y in points])
    of_class = np.array(labels or [0] * len(points), np.int64)
    found = Detections(boxes, np.ones(len(points), np.float32), of_class)
    row = ImageRow("rats", "rat_1", "image_1")
    image = CountedImage(row, (50, 100), UM_PER_PX, found, ("plaque", "other"))
    return Coupling.of(image, LABELS, UM_PER_PX, border_um=1)


def cells(coupling: Coupling, class_name: str = "plaque") -> dict[int, dict[str, Any]]:
    rows: list[dict[str, Any]]
    rows = [dict(zip(CELL_COLUMNS, row, strict=True)) for row in coupling.cell_rows()]
    return {row["cell"]: row for row in rows if row["class"] == class_name}


def pairs(coupling: Coupling) -> dict[tuple[int, int], dict[str, Any]]:
    rows: list[dict[str, Any]]
    rows = [dict(zip(PAIR_COLUMNS, row, strict=True)) for row in coupling.pair_rows()]
    return {(row["cell"], row["other_cell"]): row for row in rows if row["class"] == "plaque"}


def test_cell_rows__plaques_in_cells_and_on_borders__are_counted_for_each_cell() -> None:
    found = cells(coupling_by((10, 10), (20, 10), (21, 20), (41, 5), (75, 40)))
    names = ("plaques", "on_no_border", "on_borders", "neighbors", "coupled_neighbors")
    assert {cell: [row[name] for name in names] for cell, row in found.items()} == {
        1: [3, 1, 2, 1, 1],
        2: [3, 0, 3, 2, 2],
        3: [1, 0, 1, 1, 1],
        4: [0, 0, 0, 0, 0],
    }


def test_cell_rows__cell__has_area_and_place() -> None:
    cell = cells(coupling_by())[2]
    assert (cell["area_px"], cell["area_um2"]) == (600, 150)
    assert (cell["x_px"], cell["y_px"], cell["cut_by_image"]) == (30, 15, 1)


def test_cell_rows__classes__are_counted_apart() -> None:
    coupling = coupling_by((20, 10), (21, 20), labels=(0, 1))
    assert cells(coupling)[1]["plaques"] == cells(coupling, "other")[1]["plaques"] == 1


def test_pair_rows__neighbors__have_border_and_plaques_also_without_any() -> None:
    found = pairs(coupling_by((20, 10), (21, 20)))
    assert {pair: row["plaques"] for pair, row in found.items()} == {(1, 2): 2, (2, 3): 0}
    row = found[1, 2]
    assert row["border_px"] == pytest.approx(30, rel=0.1)
    assert row["border_um"] == pytest.approx(row["border_px"] * UM_PER_PX, rel=1e-5)
    assert row["plaques_per_um"] == pytest.approx(2 / row["border_um"], rel=1e-5)


def test_num_on_borders__and_in_none__add_up_with_the_rest() -> None:
    coupling = coupling_by((10, 10), (20, 10), (75, 40))
    assert (coupling.num_on_borders, coupling.num_in_none) == (1, 1)


def test_plaques_of_pairs__every_plaque_on_a_border__is_in_one_pair() -> None:
    points = np.random.default_rng(0).uniform((0, 0), (100, 50), (500, 2)).tolist()
    coupling = coupling_by(*points)
    assert sum(coupling.plaques_of_pairs.values()) == coupling.num_on_borders
    assert set(coupling.plaques_of_pairs) <= set(coupling.border_px)
    total = sum(row["plaques"] for row in cells(coupling).values())
    assert total == 500 - coupling.num_in_none + coupling.num_on_borders
