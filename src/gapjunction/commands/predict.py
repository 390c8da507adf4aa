"""`gapjunction predict`: find and count the objects of many images."""

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from pydantic import Field

from gapjunction.commands.device import choose_device
from gapjunction.commands.found_channel import find_channels
from gapjunction.commands.image_list import ImageSelection, ListedImage, list_images
from gapjunction.commands.messages import counted
from gapjunction.commands.plane_options import (
    ChannelOption,
    PixelSizeOption,
    SceneOption,
    TimeOption,
    ZOption,
    plane_choice,
)
from gapjunction.commands.prediction_files import (
    COUNTS_NAME,
    Found,
    PredictionFiles,
    remove_other_files,
    require_short_name,
    write_prediction,
    write_table,
)
from gapjunction.commands.prediction_manifest import claim_output
from gapjunction.commands.progress import progress_bar
from gapjunction.commands.read_ahead import is_large, read_ahead, write_behind
from gapjunction.commands.shown_size import ShownSize, estimate_for_unknown, scales_to_try
from gapjunction.commands.tile_watch import TileWatch
from gapjunction.config import StrictConfig
from gapjunction.dataset.images import ImageArray
from gapjunction.dataset.plane_choice import ALL_CHANNELS
from gapjunction.dataset.splits import Split
from gapjunction.errors import ConfigError, ImageError
from gapjunction.models.centernet.fused import Precision
from gapjunction.models.checkpoint import Checkpoint, DetectorConfig, load_checkpoint
from gapjunction.prediction.backends import Backend, TileDetector, prepare_detector
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.presets import PRESETS, SHIPPED_PRESET

logger = logging.getLogger(__name__)


class PredictConfig(StrictConfig):
    """Settings of a prediction."""

    input: Path = Field(
        Path("data"),
        description="A dataset, a folder of datasets, a folder of images or microscope files, or "
        "one of these files.",
        json_schema_extra={"positional": True},
    )
    checkpoint: Path | None = Field(
        None,
        description="Run folder with the model; without it, the weights that come with the "
        "package.",
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
    batch_size: int | None = Field(
        None,
        ge=1,
        description="Tiles that go through the network together; without it, 1 on the CPU and 4 "
        "on a GPU.",
    )
    scale: float | None = Field(
        None,
        ge=0.1,
        le=10,
        description="Show images enlarged (above 1) or reduced (below 1) by this factor, where "
        "objects look smaller or larger than those the model knows; without it, the pixel sizes "
        "of image and model decide where they are known; else, for the weights that come with "
        "the package, how much is seen in the images at 1, 0.5 and 0.25 of their size.",
    )
    pixel_size_um: PixelSizeOption = None
    channel: ChannelOption = ()
    z: ZOption = None
    time: TimeOption = None
    scene: SceneOption = None
    num_gpus: int | None = Field(None, ge=0, le=1, description="0 predicts on the CPU.")
    backend: Backend = Field(
        "torch",
        description="onnx: ONNX Runtime, faster on most CPUs, for medium_quality models; needs "
        'pip install ".[onnx]".',
    )
    precision: Precision = Field(
        "no",
        description="bf16: faster on CPUs and GPUs that compute with bfloat16, for medium_quality "
        "models; scores move a little.",
    )


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
        """1 if an image could not be predicted, else 0."""
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

    An image that cannot be read, or whose name is too long, is named in the result and does not
    keep others from theirs; in a dataset, which lists its images, one that is no image at all is
    an error.

    Raises:
        CheckpointError: if there is no model.
        ImageError: if no image can be predicted.
        ConfigError: if the output holds predictions made otherwise, or the model cannot be run
            as asked for.
    """
    device = _choose_device(config)
    checkpoint = load_checkpoint(config.checkpoint or _shipped_weights(config), device)
    detector = prepare_detector(checkpoint, config.backend, config.precision)
    selection = ImageSelection(
        config.split,
        config.annotated_only,
        plane_choice(config),
        config.pixel_size_um,
        may_find_channel=checkpoint.config.channel != ALL_CHANNELS,
    )
    images = list_images(config.input, selection, checkpoint.folder)
    lowest_score = _lowest_score(config, checkpoint)
    is_estimated = config.checkpoint is None and config.scale is None
    known = ShownSize(config.scale, 1.0, checkpoint.config.pixel_sizes)
    scales = partial(scales_to_try, known, is_estimated=is_estimated)
    found = find_channels(images, detector, checkpoint.config, device, scales)
    images, estimated = found.images, 1.0
    if is_estimated:
        estimated = estimate_for_unknown(images, detector, checkpoint.config, device)
    shown_size = ShownSize(config.scale, estimated, checkpoint.config.pixel_sizes)
    for image in images:  # a wrong pixel size is said before the work begins
        shown_size.scale_of(image)
    claim_output(config, checkpoint, lowest_score, estimated, found.by_place)
    pairs = [
        (image, PredictionFiles.of(image, config.output, has_overlay=config.overlays))
        for image in images
    ]
    class_names = checkpoint.config.class_names
    waiting = [(i, files) for i, files in pairs if not files.are_complete(class_names)]
    step = _Step(detector, device, shown_size, checkpoint.config, lowest_score, config.batch_size)
    failures = _predict_all(waiting, step)
    done = [pair for pair in pairs if pair[0].output_name not in failures]
    num_removed = remove_other_files(config.output, {image.output_name for image, _ in done})
    if num_removed:
        logger.info(
            "removed the files of %s, which are gone or unreadable", counted(num_removed, "image")
        )
    totals = write_table(config.output, done, class_names)
    if not done:
        raise next(iter(failures.values()))
    num_skipped = len(pairs) - len(waiting)
    reasons = tuple(str(error) for error in failures.values())
    return PredictResult(config.output, len(done), num_skipped, totals, reasons)


def _choose_device(config: PredictConfig) -> torch.device:
    """Return where to predict; ONNX Runtime works on the CPU."""
    if config.backend == "torch":
        return choose_device(config.num_gpus)
    if config.num_gpus:
        raise ConfigError(
            f"--num_gpus {config.num_gpus}",
            expected="no GPU with --backend onnx",
            found="one",
            fix="leave one of the two options out",
        )
    return choose_device(0)


def _shipped_weights(config: PredictConfig) -> Path:
    """Return the weights that come with the package, and say that they are used."""
    if config.split is not None:
        raise ConfigError(
            f"--split {config.split}",
            expected="--checkpoint beside it: a run that divided the images",
            found="none; the weights that come with the package saw none of them",
            fix="leave the option out, or name the run",
        )
    shipped = PRESETS[SHIPPED_PRESET].shipped
    if shipped is None:
        raise RuntimeError(f"no weights are shipped for {SHIPPED_PRESET}")
    logger.info(
        "using the weights that come with the package, which saw simulated images only; "
        "--checkpoint takes a model that you trained"
    )
    return shipped


def _lowest_score(config: PredictConfig, checkpoint: Checkpoint) -> float:
    """Return the score from which boxes are written: the threshold, or less if asked for."""
    threshold = checkpoint.config.score_threshold
    return threshold if config.min_score is None else min(config.min_score, threshold)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """What is done to every image, and with what."""

    detector: TileDetector
    device: torch.device
    shown_size: ShownSize
    config: DetectorConfig
    lowest_score: float
    batch_size: int | None

    def settings_for(self, image: ListedImage) -> PredictionSettings:
        """Return how an image is cut up and in what size it is shown."""
        scale = self.shown_size.scale_of(image)
        return PredictionSettings.of(self.config, self.device, self.batch_size, scale)

    def detect(self, pixels: ImageArray, settings: PredictionSettings, watch: TileWatch) -> Found:
        """Return all that the detector sees in an image, with probabilities for scores."""
        seen = detect_image(self.detector, pixels, settings, watch.on_tiles)
        return Found(pixels, self.config.calibration.calibrated(seen))

    def write(self, image: ListedImage, files: PredictionFiles, found: Found) -> None:
        """Write the files of an image."""
        write_prediction(image, files, found, self.config, self.lowest_score)


def _predict_all(
    waiting: Sequence[tuple[ListedImage, PredictionFiles]], step: _Step
) -> dict[str, ImageError]:
    """Predict image after image; return what was wrong with those that could not be.

    The next image is read and the last one's files are written meanwhile, in a thread each.
    """
    failures: dict[str, ImageError] = {}
    chosen = [image.picture for image, _ in waiting]
    with progress_bar() as bar, write_behind() as start, closing(read_ahead(chosen)) as pictures:
        task = bar.add_task("Predicting", total=len(waiting))
        for (image, files), picture in zip(waiting, pictures, strict=True):
            settings = step.settings_for(image)
            watch = TileWatch(bar, task, image.output_name, step.config, settings.tile_size)
            try:
                require_short_name(image)
                found = step.detect(picture.result(), settings, watch)
            except ImageError as error:
                failures[image.output_name] = error
            else:
                watch.warn_if_full()
                write = partial(step.write, image, files, found)
                if is_large(found.pixels):
                    write()
                else:
                    start(write)
                del found, write  # or a large image would stay in memory beside the next
            bar.advance(task)
    return failures
