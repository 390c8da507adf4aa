"""The part of the panel that trains on corrections, in a process of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from magicgui import widgets
from qtpy.QtCore import QTimer

from gapjunction.errors import ConfigError
from gapjunction.napari_plugin.telling import telling
from gapjunction.napari_plugin.training_line import training_line
from gapjunction.review.training import TrainingRequest, Trainings
from gapjunction.review.training_job import RUN

EVERY_MS = 1000
Folder = Callable[[], Path | None]


class TrainPanel:
    """Begins a training on the dataset that the boxes are of, follows it, and cancels it."""

    def __init__(self, root: Folder, weights: Folder, on_trained: Callable[[Path], None]) -> None:
        """Take what tells dataset and weights, and what is told of the run folder at the end."""
        self._root, self._weights, self._on_trained = root, weights, on_trained
        self._trainings: Trainings | None = None
        self.epochs = widgets.SpinBox(label="epochs", min=0, max=10_000, value=0)
        self.epochs.tooltip = "0: as many as the preset has"
        self.quick = widgets.CheckBox(text="quick: without cross-validation")
        self.train_button = widgets.PushButton(text="Train on corrections")
        self.cancel_button = widgets.PushButton(text="Cancel", enabled=False)
        self.progress = widgets.ProgressBar(visible=False)
        self.status = widgets.Label(value="")
        self.status.native.setWordWrap(True)
        self.train_button.clicked.connect(telling(self.train))
        self.cancel_button.clicked.connect(telling(self.cancel))
        buttons = widgets.Container(
            widgets=[self.train_button, self.cancel_button], layout="horizontal", labels=False
        )
        rows = [self.epochs, self.quick, buttons, self.progress, self.status]
        self.container = widgets.Container(widgets=rows)
        self._timer: Any = QTimer(self.container.native)
        self._timer.timeout.connect(self.follow)

    def train(self) -> None:
        """Begin a training on the images that are annotated; assets kept for testing stay so.

        Raises:
            ConfigError: if the boxes are of no dataset.
            OperationRefused: if a training is under way, or nothing is annotated.
        """
        root = self._root()
        if root is None:
            raise ConfigError(
                "training",
                expected="boxes of a dataset",
                found="none chosen",
                fix="open a dataset as a folder, and choose its boxes",
            )
        self._trainings = Trainings(root, self._weights())
        plan = self._trainings.begin(
            TrainingRequest(epochs=self.epochs.value or None, quick=self.quick.value)
        )
        self.status.value = f"training on {plan.num_images} images of {plan.num_animals} animals"
        self._show_running(is_running=True)
        self._timer.start(EVERY_MS)

    def cancel(self) -> None:
        """End the training, and what it has started."""
        if self._trainings is not None:
            self._trainings.cancel()
            self.follow()

    def follow(self) -> None:
        """Show how far the training is; at the end, find with its model from then on."""
        if self._trainings is None:
            return
        facts = self._trainings.facts()
        self.status.value = training_line(facts)
        self.progress.max, self.progress.value = facts["of"] or 0, facts["epoch"]
        if facts["state"] == "running":
            return
        self._timer.stop()
        self._show_running(is_running=False)
        predictions = self._trainings.finished()
        if facts["state"] == "done" and predictions is not None:
            self._on_trained(predictions.parent / RUN)

    def _show_running(self, *, is_running: bool) -> None:
        self.train_button.enabled, self.cancel_button.enabled = not is_running, is_running
        self.progress.visible = is_running
