"""What a process of a cluster does with an image or a block, as `predict` does it in its own."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from gapjunction.choices import Backend, Precision
from gapjunction.commands.predict.files import PredictionFiles, require_usable_name
from gapjunction.commands.predict.slide_blocks import BlockErrand, OpenSlide
from gapjunction.commands.predict.step import NOTHING_NOTED, Look, Noted, Step
from gapjunction.commands.predict.tile_watch import TileWatch
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.runs.device import choose_device
from gapjunction.terminal import progress_bar
from gapjunction.version import __version__


@dataclass(frozen=True, slots=True)
class Errand:
    """An image that a process predicts, with its files and how it is looked at."""

    image: ListedImage
    files: PredictionFiles
    look: Look

    @classmethod
    def of(cls, image: ListedImage, files: PredictionFiles, look: Look) -> Self:
        """Return an errand that can be done whatever folder the process works in."""
        return cls(image.absolute(), files.absolute(), look)


@dataclass(frozen=True, slots=True)
class Beginning:
    """With what each process begins: the same model, read from the same place.

    Attributes:
        checkpoint: None for the model that comes with the package.
        model_version, package_version: which it has to find.
    """

    checkpoint: Path | None
    model_version: str
    package_version: str
    backend: Backend
    precision: Precision
    num_gpus: int | None
    batch_size: int | None
    threshold: float
    min_score: float

    def __call__(self) -> "Predictor":
        """Return what predicts images and blocks of slides.

        Raises:
            CheckpointError: if there is no model, or another.
            ConfigError: if another version of the package is installed there.
        """
        require_package(self.package_version)
        device = choose_device(0 if self.backend == "onnx" else self.num_gpus)
        model = Model.load(
            self.checkpoint, device=device, backend=self.backend, precision=self.precision
        )
        if model.version != self.model_version:
            raise CheckpointError(
                model.folder,
                expected=f"the model {self.model_version} in every worker",
                found=f"{model.version} in one",
                fix="put the same model there",
            )
        model = replace(model, batch_size=self.batch_size)
        rule = CountingRule.of(model.config, self.threshold, self.min_score)
        return Predictor(model, rule, OpenSlide(model))


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """Predicts one image, or one block of a slide, after the other and writes its files."""

    model: Model
    rule: CountingRule
    slide: OpenSlide

    def __call__(self, errand: Errand | BlockErrand) -> Noted:
        """Predict an image or a block; return what there is to say of it.

        Raises:
            ImageError: if it cannot be read, or its name is too long.
        """
        if isinstance(errand, BlockErrand):
            self.slide.keep_block(errand)
            return NOTHING_NOTED
        return self._predicted(errand)

    def _predicted(self, errand: Errand) -> Noted:
        image, step = errand.image, Step.of(self.model, self.rule)
        settings = step.settings_for(errand.look)
        require_usable_name(image)
        whole = image.picture.read_whole()
        with progress_bar() as bar:
            task = bar.add_task("")
            watch = TileWatch(bar, task, image.output_name, self.rule, settings.tile_size)
            found = step.detect(image, whole, settings, watch)
        watch.warn_if_full()
        step.write(image, errand.files, errand.look, found, whole)
        return step.noted()


def require_package(version: str) -> None:
    """Refuse to work with another version of the package than was asked for.

    Raises:
        ConfigError: if so.
    """
    if __version__ != version:
        raise ConfigError(
            "cluster",
            expected=f"gapjunction {version} in every worker",
            found=f"{__version__} in one",
            fix="install the same version there",
        )
