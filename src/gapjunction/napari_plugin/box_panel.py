"""The part of the panel that counts, shows and saves the boxes of a layer."""

from pathlib import Path
from typing import Any

from magicgui import widgets
from napari.layers import Layer, Shapes

from gapjunction.napari_plugin.box_layers import point_layer
from gapjunction.napari_plugin.corrections import save_corrections
from gapjunction.napari_plugin.edited_layer import (
    corrected_places,
    give_class,
    is_of_boxes,
    origin_of_layer,
    place_shown,
    show_from,
    shown_boxes,
    take_as_unchanged,
    threshold_of,
)
from gapjunction.napari_plugin.finding import FoundInLayer
from gapjunction.napari_plugin.telling import telling
from gapjunction.text import counted

CHANGED, THIS, ALL = "images that I changed", "the image that is shown", "all images"


class BoxPanel:
    """Threshold and count, score and class beside boxes, and the way back into the dataset."""

    def __init__(self, viewer: Any) -> None:
        """Take the viewer, whose layers of boxes can be chosen."""
        self._viewer = viewer
        self._found: dict[Any, FoundInLayer] = {}
        self._points: Any = None
        self._followed: list[Any] = []
        self.boxes = widgets.ComboBox(label="boxes", choices=self._layers)
        self.threshold = widgets.FloatSlider(label="threshold", max=1.0, step=0.01, tracking=False)
        self.count = widgets.Label(value="")
        self.texts = widgets.CheckBox(text="class and score")
        self.as_points = widgets.CheckBox(text="points, not boxes")
        self.class_name = widgets.ComboBox(label="class", choices=self._classes)
        self.looked_through = widgets.ComboBox(label="right in", choices=(CHANGED, THIS, ALL))
        self.save_button = widgets.PushButton(text="Save corrections")
        self.saved = widgets.Label(value="")
        for label in (self.count, self.saved):
            label.native.setWordWrap(True)
        self._connect()
        shown = widgets.Container(
            widgets=[self.texts, self.as_points], layout="horizontal", labels=False
        )
        rows = [self.boxes, self.threshold, self.count, shown, self.class_name]
        rows += [self.looked_through, self.save_button, self.saved]
        self.container = widgets.Container(widgets=rows)

    def take(self, found: FoundInLayer, boxes: Any) -> None:
        """Show what was found, of which a layer has the boxes."""
        self._found[boxes] = found
        self.boxes.reset_choices()
        self.boxes.value = boxes
        self.tell()

    def root(self) -> Path | None:
        """Return the dataset that the chosen boxes are of."""
        layer = self.boxes.value
        return None if layer is None else origin_of_layer(layer).root

    def tell(self) -> None:
        """Say how many boxes there are, and what the model takes the true number to be."""
        layer = self.boxes.value
        if layer is None:
            self.count.value = ""
            return
        lines = [f"{counted(len(layer.data), 'box')} shown"]
        if layer in self._found:
            lines.insert(0, self._found[layer].sentence(threshold_of(layer)))
        self.count.value = "\n".join(lines)

    def save(self) -> None:
        """Write the boxes of images that were looked through into their dataset."""
        layer = self.boxes.value
        if layer is None:
            return
        origin = origin_of_layer(layer)
        chosen = {
            CHANGED: lambda: corrected_places(layer),
            THIS: lambda: [place_shown(layer, self._viewer)],
            ALL: lambda: list(range(max(len(origin.paths), 1))),
        }
        places = chosen[self.looked_through.value]()
        changes = save_corrections(shown_boxes(layer), origin, places)
        take_as_unchanged(layer, places)
        lines = [f"{path.name}: {change}" for path, change in changes.items()]
        self.saved.value = "\n".join([f"{counted(len(changes), 'image')} saved", *lines])

    def _connect(self) -> None:
        self.boxes.changed.connect(self._choose)
        self.threshold.changed.connect(self._show_from)
        self.texts.changed.connect(lambda _: self._show())
        self.as_points.changed.connect(lambda _: self._show())
        self.class_name.changed.connect(self._give_class)
        self.save_button.clicked.connect(telling(self.save))

    def _layers(self, _: Any) -> list[Any]:
        return [
            layer
            for layer in self._viewer.layers
            if isinstance(layer, Shapes) and is_of_boxes(layer)
        ]

    def _classes(self, _: Any) -> list[str]:
        layer = self.boxes.value
        return [] if layer is None else list(origin_of_layer(layer).classes)

    def _choose(self, layer: Any) -> None:
        with self.class_name.changed.blocked():  # or selected boxes would change
            self.class_name.reset_choices()
        if layer is not None:
            with self.threshold.changed.blocked():
                self.threshold.value = threshold_of(layer)
            self._follow(layer)
        self._show()
        self.tell()

    def _follow(self, layer: Any) -> None:
        """Tell anew whenever boxes of a layer are drawn or deleted."""
        if layer not in self._followed:
            self._followed.append(layer)
            layer.events.data.connect(lambda _: self.tell())

    def _show_from(self, threshold: float) -> None:
        layer = self.boxes.value
        if layer is not None:
            show_from(layer, threshold)
            self._show()
            self.tell()

    def _show(self) -> None:
        """Show boxes, or points in their place, with or without words."""
        layer = self.boxes.value
        if self._points is not None and self._points in self._viewer.layers:
            self._viewer.layers.remove(self._points)
        self._points = None
        if layer is None:
            return
        layer.text.visible = self.texts.value
        layer.visible = not self.as_points.value
        if self.as_points.value:
            name = f"{layer.name} as points"
            points = point_layer(shown_boxes(layer), origin_of_layer(layer), name)
            self._points = self._viewer.add_layer(Layer.create(*points))
            self._points.text.visible = self.texts.value

    def _give_class(self, name: str | None) -> None:
        layer = self.boxes.value
        if layer is not None and name is not None:
            give_class(layer, name)
