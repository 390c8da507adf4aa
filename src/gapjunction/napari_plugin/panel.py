"""The panel in napari's window: find, count, correct, save and train."""

from typing import Any

from magicgui import widgets
from napari import current_viewer

from gapjunction.napari_plugin.box_panel import BoxPanel
from gapjunction.napari_plugin.find_panel import FindPanel
from gapjunction.napari_plugin.train_panel import TrainPanel


def open_panel() -> Any:
    """Return the panel, for the viewer that asks for it."""
    viewer = current_viewer()
    boxes = BoxPanel(viewer)
    found = FindPanel(viewer, boxes.take)
    training = TrainPanel(boxes.root, found.weights, found.use_model)
    panel = widgets.Container(
        widgets=[found.container, boxes.container, training.container],
        labels=False,
    )
    panel.native.parts = found, boxes, training  # which signals hold weakly
    return panel
