"""`gapjunction predict`: find and count the objects of many images."""

import csv
import io
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field
from rich.progress import Progress, TaskID

from gapjunction import __version__
from gapjunction.benchmark.manifest import MANIFEST_NAME
from gapjunction.commands.device import choose_device
from gapjunction.commands.image_list import ListedImage, list_images
from gapjunction.commands.progress import progress_bar
from gapjunction.commands.run_folder import RUNS, newest_run
from gapjunction.config import StrictConfig
from gapjunction.dataset.images import read_image
from gapjunction.dataset.splits import Split
from gapjunction.detections import Detections
from gapjunction.detections_json import (
    COUNT_SUFFIX,
    DETECTION_SUFFIX,
    read_count_file,
    write_count_file,
    write_detection_file,
)
from gapjunction.errors import ConfigError, ImageError
from gapjunction.files import remove_partial_files, write_json, write_text, written_whole
from gapjunction.models.checkpoint import Checkpoint, DetectorConfig, load_checkpoint
from gapjunction.prediction.tiled import OnTiles, PredictionSettings, detect_image
from gapjunction.provenance import git_commit
from gapjunction.report.overlays import overlay

logger = logging.getLogger(__name__)

NEARLY_FULL_SHARE = 2 / 3  # of what a detector can find in a tile
COUNTS_NAME = "counts.csv"
# What decides which boxes of which images are there.
DECISIVE = ("model_version", "threshold", "lowest_score", "settings", "input", "selection")


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
        description="Also write boxes below the model's threshold, from this score on; counts "
        "always use the threshold.",
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


@dataclass(frozen=True, slots=True)
class _OutputFiles:
    """The files of one image."""

    detections: Path
    counts: Path
    overlay: Path | None

    @classmethod
    def of(cls, image: ListedImage, config: PredictConfig) -> "_OutputFiles":
        out, name = config.output, image.output_name
        return cls(
            out / "detections" / f"{name}{DETECTION_SUFFIX}.json",
            out / "counts" / f"{name}{COUNT_SUFFIX}.json",
            out / "overlays" / f"{name}.png" if config.overlays else None,
        )

    def are_complete(self, image: Path) -> bool:
        """Tell whether all are there, and made after the image was last changed."""
        if not all(path.exists() for path in (self.detections, self.counts, self.overlay) if path):
            return False
        return self.counts.stat().st_mtime_ns >= image.stat().st_mtime_ns


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
    _claim_output(config, checkpoint)
    pairs = [(image, _OutputFiles.of(image, config)) for image in images]
    waiting = [(i, files) for i, files in pairs if not files.are_complete(i.origin.path)]
    settings = PredictionSettings(
        tile_size=checkpoint.config.tile_size,
        overlap=checkpoint.config.overlap,
        min_score=_lowest_score(config, checkpoint),
        magnification=checkpoint.config.magnification,
        batch_size=config.batch_size,
        device=device,
    )
    failures = _predict_all(waiting, checkpoint, settings)
    if len(failures) == len(images):
        raise next(iter(failures.values()))
    done = [pair for pair in pairs if pair[0].output_name not in failures]
    totals = _write_table(config.output, done, checkpoint.config.class_names)
    num_skipped = len(pairs) - len(waiting)
    reasons = tuple(str(error) for error in failures.values())
    return PredictResult(config.output, len(done), num_skipped, totals, reasons)


def _lowest_score(config: PredictConfig, checkpoint: Checkpoint) -> float:
    """Return the score from which boxes are written: the threshold, or less if asked for."""
    threshold = checkpoint.config.score_threshold
    return threshold if config.min_score is None else min(config.min_score, threshold)


def _predict_all(
    waiting: Sequence[tuple[ListedImage, "_OutputFiles"]],
    checkpoint: Checkpoint,
    settings: PredictionSettings,
) -> dict[str, ImageError]:
    """Predict image after image; return what was wrong with those that could not be read."""
    failures: dict[str, ImageError] = {}
    with progress_bar() as bar:
        task = bar.add_task("Predicting", total=len(waiting))
        for image, files in waiting:
            watch = _TileWatch(bar, task, image.output_name, checkpoint.config)
            try:
                _predict(image, files, checkpoint, settings, watch.on_tiles)
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
        counted = [len(tile.scored_at_least(self.config.score_threshold)) for tile in found]
        self.most_counted = max(self.most_counted, *counted)

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


def _predict(
    image: ListedImage,
    files: _OutputFiles,
    checkpoint: Checkpoint,
    settings: PredictionSettings,
    on_tiles: OnTiles,
) -> None:
    """Predict one image; its count file comes last and says that it is finished."""
    pixels = read_image(image.origin.path)
    found = detect_image(checkpoint.detector, pixels, settings, on_tiles)
    class_names = checkpoint.config.class_names
    counted = found.scored_at_least(checkpoint.config.score_threshold)
    height, width = pixels.shape[-2:]
    write_detection_file(
        files.detections,
        found,
        class_names,
        image_name=image.origin.path.name,
        image_size=(height, width),
    )
    if files.overlay is not None:
        picture = overlay(pixels, counted, checkpoint.config.class_colors)
        with written_whole(files.overlay) as partial:
            picture.save(partial)
    write_count_file(files.counts, counted, class_names)


def _claim_output(config: PredictConfig, checkpoint: Checkpoint) -> None:
    """Write the manifest, unless it is there already from a run with the same model and settings.

    The commit and the package version may differ: they do not change a box.
    """
    path = config.output / MANIFEST_NAME
    manifest = {
        "model": str(checkpoint.folder),
        "model_version": checkpoint.version,
        "class_names": list(checkpoint.config.class_names),
        "threshold": checkpoint.config.score_threshold,
        "lowest_score": _lowest_score(config, checkpoint),
        "settings": {
            "tile_size": checkpoint.config.tile_size,
            "overlap": checkpoint.config.overlap,
        },
        "dataset": str(config.input),
        "input": str(config.input.absolute()),
        "selection": {"split": config.split, "annotated_only": config.annotated_only},
        "git_commit": git_commit(),
        "package_version": __version__,
    }
    if path.exists():
        _require_same_settings(path, manifest)
    remove_partial_files(config.output)
    write_json(path, manifest)


def _require_same_settings(path: Path, manifest: Mapping[str, Any]) -> None:
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        changed = [key for key in DECISIVE if earlier[key] != manifest[key]]
    except (OSError, ValueError, KeyError, TypeError):
        changed = ["an unreadable manifest"]
    if changed:
        raise ConfigError(
            path,
            expected="a new folder, or predictions of the same model with the same settings",
            found=f"predictions made with another {changed[0].replace('_', ' ')}",
            fix="choose another output folder",
        )


def _write_table(
    output: Path,
    predicted: Sequence[tuple[ListedImage, _OutputFiles]],
    class_names: Sequence[str],
) -> dict[str, int]:
    """Write counts.csv, a row for each image and class, and return the totals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["dataset", "asset", "image", "class", "count"])
    totals = dict.fromkeys(class_names, 0)
    for image, files in predicted:
        origin = image.origin
        for name, count in read_count_file(files.counts).items():
            writer.writerow([origin.dataset, origin.asset, image.output_name, name, count])
            totals[name] += count
    write_text(output / COUNTS_NAME, text.getvalue())
    return totals
