"""The part of the panel that finds objects in the image layer that is chosen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from magicgui import widgets
from napari.layers import Image, Layer
from napari.qt.threading import create_worker

from gapjunction.dataset.rules import CLASS_COLOR
from gapjunction.napari_plugin.finding import FoundInLayer, find_each, images_of
from gapjunction.napari_plugin.layer_data import LayerOrigin, origin_of
from gapjunction.napari_plugin.telling import telling
from gapjunction.prediction.found import Found
from gapjunction.prediction.model import Model

FOUND_BY_MODEL = "found by the model"
CHANNELS = (FOUND_BY_MODEL, "red", "green", "blue", "all")
OnFound = Callable[[FoundInLayer, Any], None]


class FindPanel:
    """Chooses image, model and channel; finds in a thread, one image after another."""

    def __init__(self, viewer: Any, on_found: OnFound) -> None:
        """Take the viewer, and what is told of what was found, and of its boxes."""
        self._viewer, self._on_found = viewer, on_found
        self._worker: Any = None
        self._models: dict[Path | None, Model] = {}
        self.image = widgets.ComboBox(label="image", choices=self._images)
        self.model = widgets.FileEdit(label="model", mode="d", nullable=True, value=None)
        self.model.tooltip = "a run folder of 'gapjunction train'; empty: the model that ships"
        self.channel = widgets.ComboBox(label="channel", choices=CHANNELS)
        self.channel.tooltip = "of a color picture"
        self.find_button = widgets.PushButton(text="Find")
        self.cancel_button = widgets.PushButton(text="Cancel", enabled=False)
        self.progress = widgets.ProgressBar(visible=False)
        self.find_button.clicked.connect(telling(self.find))
        self.cancel_button.clicked.connect(self.cancel)
        buttons = widgets.Container(
            widgets=[self.find_button, self.cancel_button], layout="horizontal", labels=False
        )
        rows = [self.image, self.model, self.channel, buttons, self.progress]
        self.container = widgets.Container(widgets=rows)

    def use_model(self, folder: Path) -> None:
        """Find with another model from now on."""
        self.model.value = folder

    def weights(self) -> Path | None:
        """Return the run folder that is found with; None for the model that ships."""
        folder: Path | None = self.model.value
        return folder

    def find(self) -> None:
        """Begin to look at the chosen image layer."""
        layer = self.image.value
        if layer is None or self._worker is not None:
            return
        images = images_of(layer.data, is_color=layer.rgb)
        found: list[Found] = []
        self.progress.max, self.progress.value, self.progress.visible = len(images), 0, True
        self.find_button.enabled, self.cancel_button.enabled = False, True
        is_asked = layer.rgb and self.channel.value != FOUND_BY_MODEL
        channel = self.channel.value if is_asked else None
        worker = create_worker(find_each, self._model(), images, channel, _origin(layer))
        worker.yielded.connect(lambda each: self._take(found, each))
        worker.returned.connect(lambda _: self._finish(layer, found))
        worker.finished.connect(self._end)
        self._worker = worker
        worker.start()

    def cancel(self) -> None:
        """Stop after the image that is looked at now; nothing is shown then."""
        if self._worker is not None:
            self._worker.quit()

    def _images(self, _: Any) -> list[Any]:
        return [layer for layer in self._viewer.layers if isinstance(layer, Image)]

    def _model(self) -> Model:
        folder = self.model.value
        if folder not in self._models:
            self._models[folder] = Model.load(folder)
        return self._models[folder]

    def _take(self, found: list[Found], each: Found) -> None:
        found.append(each)
        self.progress.value = len(found)

    def _finish(self, layer: Any, found: list[Found]) -> None:
        config = found[0].rule.config
        colors = {name: _origin(layer).classes.get(name) for name in config.class_names}
        classes = {name: color or CLASS_COLOR for name, color in colors.items()}
        result = FoundInLayer(found, replace(_origin(layer), classes=classes), layer.name)
        added = [self._viewer.add_layer(Layer.create(*each)) for each in result.layers()]
        self._on_found(result, added[-1])

    def _end(self) -> None:
        self._worker = None
        self.progress.visible = False
        self.find_button.enabled, self.cancel_button.enabled = True, False


def _origin(layer: Any) -> LayerOrigin:
    """Return where a layer comes from; what others opened has its scale in micrometers, or none."""
    known = origin_of(layer.metadata)
    if known is not None:
        return known
    units = [str(unit) for unit in layer.units]
    is_known = units[-1] in ("micrometer", "micron", "um")
    sides = [float(side) for side in layer.scale]
    return LayerOrigin(
        {},
        um_per_px=sides[-1] if is_known else None,
        z_step_um=sides[0] if is_known and len(sides) > 2 else None,  # noqa: PLR2004 - z, y, x
        is_stacked=layer.ndim > 2,  # noqa: PLR2004 - y and x
    )
