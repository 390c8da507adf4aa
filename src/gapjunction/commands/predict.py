"""`gapjunction predict`: find and count the objects of many images."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field
from rich.progress import Progress, TaskID

from gapjunction.commands.device import choose_device
from gapjunction.commands.image_list import ListedImage, list_images
from gapjunction.commands.prediction_files import (
    COUNTS_NAME,
    Found,
    PredictionFiles,
    write_prediction,
    write_table,
)
from gapjunction.commands.prediction_manifest import claim_output
from gapjunction.commands.progress import progress_bar
from gapjunction.commands.run_folder import RUNS, newest_run
from gapjunction.config import StrictConfig
from gapjunction.dataset.images import read_image
from gapjunction.dataset.splits import Split
from gapjunction.detections import Detections
from gapjunction.errors import ImageError
from gapjunction.models.checkpoint import Checkpoint, DetectorConfig, load_checkpoint
from gapjunction.prediction.tiled import (
    LOWEST_SCORE,
    OnTiles,
    PredictionSettings,
    detect_image,
)

logger = logging.getLogger(__name__)

NEARLY_FULL_SHARE = 2 / 3  # of what a detector can find in a tile


class PredictConfig(StrictConfig):
    """Settings of a prediction."""

    input: Path = Field(
        Path("data"),
        description="A dataset, a folder of datasets, a folder of images, or one image.",
        json_schema_extra={"positional": True},
    )
    checkpoint: Path | None = Field(
        None, description="Run folder with the model; without it, the newest in runs/."
    )
    output: Path = Field(Path("runs/predictions"), description="Folder to write to.")
    split: Split | None = Field(
        None, description="Only images of this split of the run that trained the model."
    )
    annotated_only: bool = Field(
        False, description="Only images of a dataset that a person annotated."
    )
    min_score: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Also write boxes below the model's threshold, from this score on (a "
        "probability); counts always use the threshold.",
    )
    overlays: bool = Field(False, description="Also write each image with its boxes as PNG.")
    batch_size: int = Field(4, ge=1, description="Tiles that go through the network together.")
    num_gpus: int | None = Field(None, ge=0, le=1, description="0 predicts on the CPU.")


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What was found.

    Attributes:
        num_images: images in the table of counts.
        num_skipped: those of them that an earlier, stopped run had finished.
        failures: why other images are not in it.
    """

    output: Path
    num_images: int
    num_skipped: int
    totals: dict[str, int]
    failures: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 if an image could not be read, else 0."""
        return 1 if self.failures else 0

    def __str__(self) -> str:
        found = ", ".join(f"{count:,} {name}" for name, count in self.totals.items())
        skipped = f" ({self.num_skipped:,} were finished already)" if self.num_skipped else ""
        lines = [
            f"{self.num_images:,} images{skipped}: {found}",
            f"Counts in {self.output / COUNTS_NAME}, boxes in {self.output / 'detections'}",
        ]
        if self.failures:
            lines += [f"Not predicted: {len(self.failures)}", *self.failures]
        return "\n".join(lines)


def run(config: PredictConfig) -> PredictResult:
    """Predict every image of the input; go on where an earlier run with these settings stopped.

    An image that cannot be read is named in the result and does not keep others from theirs.

    Raises:
        CheckpointError: if there is no model.
        ImageError: if no image can be read.
        ConfigError: if the output holds predictions made otherwise.
    """
    device = choose_device(config.num_gpus)
    checkpoint = load_checkpoint(config.checkpoint or newest_run(RUNS), device)
    images = list_images(
        config.input, config.split, checkpoint.folder, annotated_only=config.annotated_only
    )
    lowest_score = _lowest_score(config, checkpoint)
    claim_output(config, checkpoint, lowest_score)
    pairs = [
        (image, PredictionFiles.of(image, config.output, has_overlay=config.overlays))
        for image in images
    ]
    waiting = [(i, files) for i, files in pairs if not files.are_complete(i.origin.path)]
    settings = PredictionSettings(
        tile_size=checkpoint.config.tile_size,
        overlap=checkpoint.config.overlap,
        min_score=LOWEST_SCORE,
        magnification=checkpoint.config.magnification,
        batch_size=config.batch_size,
        device=device,
    )
    failures = _predict_all(waiting, checkpoint, settings, lowest_score)
    if len(failures) == len(images):
        raise next(iter(failures.values()))
    done = [pair for pair in pairs if pair[0].output_name not in failures]
    totals = write_table(config.output, done, checkpoint.config.class_names)
    num_skipped = len(pairs) - len(waiting)
    reasons = tuple(str(error) for error in failures.values())
    return PredictResult(config.output, len(done), num_skipped, totals, reasons)


def _lowest_score(config: PredictConfig, checkpoint: Checkpoint) -> float:
    """Return the score from which boxes are written: the threshold, or less if asked for."""
    threshold = checkpoint.config.score_threshold
    return threshold if config.min_score is None else min(config.min_score, threshold)


def _predict_all(
    waiting: Sequence[tuple[ListedImage, PredictionFiles]],
    checkpoint: Checkpoint,
    settings: PredictionSettings,
    lowest_score: float,
) -> dict[str, ImageError]:
    """Predict image after image; return what was wrong with those that could not be read."""
    failures: dict[str, ImageError] = {}
    with progress_bar() as bar:
        task = bar.add_task("Predicting", total=len(waiting))
        for image, files in waiting:
            watch = _TileWatch(bar, task, image.output_name, checkpoint.config)
            try:
                found = _detect(image, checkpoint, settings, watch.on_tiles)
                write_prediction(image, files, found, checkpoint.config, lowest_score)
                watch.warn_if_full()
            except ImageError as error:
                failures[image.output_name] = error
            bar.advance(task)
    return failures


@dataclass(slots=True)
class _TileWatch:
    """Shows which tile of an image is done, and sees whether one holds too many objects."""

    bar: Progress
    task: TaskID
    name: str
    config: DetectorConfig
    most_counted: int = 0

    def on_tiles(self, num_done: int, num_tiles: int, found: Sequence[Detections]) -> None:
        self.bar.update(self.task, description=f"{self.name}, tile {num_done}/{num_tiles}")
        for tile in map(self.config.calibration.calibrated, found):
            num_counted = len(tile.scored_at_least(self.config.score_threshold))
            self.most_counted = max(self.most_counted, num_counted)

    def warn_if_full(self) -> None:
        limit = self.config.network.max_detections
        if limit is not None and self.most_counted > NEARLY_FULL_SHARE * limit:
            logger.warning(
                "%s: %d objects in one tile of %d px, where this model finds %d at most: the "
                "count may be too low; train on images as crowded as this one, which chooses "
                "smaller tiles, or use medium_quality, which has no limit",
                self.name,
                self.most_counted,
                self.config.tile_size,
                limit,
            )


def _detect(
    image: ListedImage, checkpoint: Checkpoint, settings: PredictionSettings, on_tiles: OnTiles
) -> Found:
    """Return all that the detector sees in an image, with probabilities for scores."""
    pixels = read_image(image.origin.path)
    seen = detect_image(checkpoint.detector, pixels, settings, on_tiles)
    return Found(pixels, checkpoint.config.calibration.calibrated(seen))
