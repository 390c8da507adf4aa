"""`gapjunction predict`: find and count the objects of many images."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field
from rich.progress import Progress, TaskID

from gapjunction import __version__
from gapjunction.commands.image_list import ListedImage, list_images
from gapjunction.commands.progress import progress_bar
from gapjunction.commands.run_folder import RUNS, newest_run
from gapjunction.commands.validation import choose_device
from gapjunction.config import StrictConfig
from gapjunction.dataset.images import read_image
from gapjunction.dataset.splits import Split
from gapjunction.detections_json import (
    COUNT_SUFFIX,
    DETECTION_SUFFIX,
    read_count_file,
    write_count_file,
    write_detection_file,
)
from gapjunction.errors import ConfigError
from gapjunction.files import remove_partial_files, write_json, write_text, written_whole
from gapjunction.models.checkpoint import Checkpoint, load_checkpoint
from gapjunction.prediction.tiled import PredictionSettings, detect_image
from gapjunction.provenance import git_commit
from gapjunction.report.overlays import overlay

MANIFEST_NAME, COUNTS_NAME = "manifest.json", "counts.csv"
DECISIVE = ("model_version", "threshold", "settings", "input")  # what decides the boxes


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
        description="Write boxes from this score on; counts always use the model's threshold.",
    )
    overlays: bool = Field(False, description="Also write each image with its boxes as PNG.")
    batch_size: int = Field(4, ge=1, description="Tiles that go through the network together.")
    num_gpus: int | None = Field(None, ge=0, le=1, description="0 predicts on the CPU.")


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What was found.

    Attributes:
        num_skipped: images that an earlier, stopped run had finished.
    """

    output: Path
    num_images: int
    num_skipped: int
    totals: dict[str, int]

    def __str__(self) -> str:
        found = ", ".join(f"{count:,} {name}" for name, count in self.totals.items())
        skipped = f" ({self.num_skipped:,} were finished already)" if self.num_skipped else ""
        return (
            f"{self.num_images:,} images{skipped}: {found}\n"
            f"Counts in {self.output / COUNTS_NAME}, boxes in {self.output / 'detections'}"
        )


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

    def are_complete(self) -> bool:
        return all(path.exists() for path in (self.detections, self.counts, self.overlay) if path)


def run(config: PredictConfig) -> PredictResult:
    """Predict every image of the input; go on where an earlier run with these settings stopped.

    Raises:
        CheckpointError: if there is no model.
        ImageError: if an image cannot be read; the others before it are finished.
        ConfigError: if the output holds predictions made otherwise.
    """
    device = choose_device(config.num_gpus)
    checkpoint = load_checkpoint(config.checkpoint or newest_run(RUNS), device)
    images = list_images(
        config.input, config.split, checkpoint.folder, annotated_only=config.annotated_only
    )
    _claim_output(config, checkpoint)
    files = [_OutputFiles.of(image, config) for image in images]
    waiting = [pair for pair in zip(images, files, strict=True) if not pair[1].are_complete()]
    threshold = checkpoint.config.score_threshold
    settings = PredictionSettings(
        tile_size=checkpoint.config.tile_size,
        overlap=checkpoint.config.overlap,
        min_score=threshold if config.min_score is None else min(config.min_score, threshold),
        magnification=checkpoint.config.magnification,
        batch_size=config.batch_size,
        device=device,
    )
    with progress_bar() as bar:
        task = bar.add_task("Predicting", total=len(waiting))
        for image, paths in waiting:
            on_tiles = partial(_show_tiles, bar, task, image.output_name)
            _predict(image, paths, checkpoint, settings, on_tiles)
            bar.advance(task)
    totals = _write_table(config.output, images, files, checkpoint.config.class_names)
    return PredictResult(config.output, len(images), len(images) - len(waiting), totals)


def _show_tiles(bar: Progress, task: TaskID, name: str, num_done: int, num_tiles: int) -> None:
    bar.update(task, description=f"{name}, tile {num_done}/{num_tiles}")


def _predict(
    image: ListedImage,
    files: _OutputFiles,
    checkpoint: Checkpoint,
    settings: PredictionSettings,
    on_tiles: Callable[[int, int], None],
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

    The split, the commit and the package version may differ: they do not change a box.
    """
    path = config.output / MANIFEST_NAME
    manifest = {
        "model": str(checkpoint.folder),
        "model_version": checkpoint.version,
        "class_names": list(checkpoint.config.class_names),
        "threshold": checkpoint.config.score_threshold,
        "settings": {
            "min_score": config.min_score,
            "tile_size": checkpoint.config.tile_size,
            "overlap": checkpoint.config.overlap,
        },
        "dataset": str(config.input),
        "input": str(config.input.absolute()),
        "split": config.split,
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
            fix="choose another --output",
        )


def _write_table(
    output: Path,
    images: Sequence[ListedImage],
    files: Sequence[_OutputFiles],
    class_names: Sequence[str],
) -> dict[str, int]:
    """Write counts.csv, a row for each image and class, and return the totals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["dataset", "asset", "image", "class", "count"])
    totals = dict.fromkeys(class_names, 0)
    for image, paths in zip(images, files, strict=True):
        origin = image.origin
        for name, count in read_count_file(paths.counts).items():
            writer.writerow([origin.dataset, origin.asset, image.output_name, name, count])
            totals[name] += count
    write_text(output / COUNTS_NAME, text.getvalue())
    return totals
