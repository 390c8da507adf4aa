"""The graph of coupled cells as GraphML, which network programs read."""

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from gapjunction.dataset.formats.write_xml import write_xml
from gapjunction.measurement.coupling import Coupling
from gapjunction.measurement.region_counts import shown

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_VALUES = {"area_um2": "double", "x_px": "double", "y_px": "double"}
EDGE_VALUES = {"plaques": "long", "border_um": "double"}


def write_graph(path: Path, coupling: Coupling) -> None:
    """Write a node for each cell, and an edge for each pair that has plaques on its border.

    Plaques of all classes are taken together.

    Raises:
        OSError: if it cannot be written.
    """
    root = Element("graphml", xmlns=NAMESPACE)
    for place, values in (("node", NODE_VALUES), ("edge", EDGE_VALUES)):
        for name, kind in values.items():
            about = {"id": name, "for": place, "attr.name": name, "attr.type": kind}
            SubElement(root, "key", about)
    graph = SubElement(root, "graph", edgedefault="undirected")
    um = coupling.um_per_px
    for cell in coupling.cells:
        node = SubElement(graph, "node", id=str(cell.label))
        _add(node, area_um2=shown(cell.num_px * um**2), x_px=shown(cell.x), y_px=shown(cell.y))
    for (one, other), plaques in sorted(coupling.plaques_of_pairs.items()):
        edge = SubElement(graph, "edge", source=str(one), target=str(other))
        _add(edge, plaques=plaques, border_um=shown(coupling.border_px[one, other] * um))
    write_xml(path, root)


def _add(parent: Element, **values: float | None) -> None:
    for name, value in values.items():
        SubElement(parent, "data", key=name).text = str(value)
