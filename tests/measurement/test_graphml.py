"""Tests for `gapjunction.measurement.graphml`."""

from pathlib import Path

import pytest

from gapjunction.measurement.graphml import write_graph
from measurement.test_coupling import coupling_by

networkx = pytest.importorskip("networkx", reason="comes with torch")


def test_write_graph__read_by_networkx__has_cells_and_coupled_pairs(tmp_path: Path) -> None:
    coupling = coupling_by((20, 10), (21, 20))
    write_graph(tmp_path / "a.graphml", coupling)
    graph = networkx.read_graphml(tmp_path / "a.graphml", node_type=int)
    assert not graph.is_directed()
    assert sorted(graph.nodes) == [1, 2, 3, 4]
    assert graph.nodes[2] == {"area_um2": 150.0, "x_px": 30.0, "y_px": 15.0}
    assert [(one, other, edge["plaques"]) for one, other, edge in graph.edges(data=True)] == [
        (1, 2, 2)
    ]
    assert graph.edges[1, 2]["border_um"] == pytest.approx(coupling.border_px[1, 2] * 0.5, rel=1e-5)
