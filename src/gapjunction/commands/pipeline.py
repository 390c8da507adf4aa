"""`gapjunction pipeline`: convert, train, predict the test images and compare their counts."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gapjunction.commands import train
from gapjunction.commands.benchmark import counts
from gapjunction.commands.benchmark.config import BenchmarkCountsConfig
from gapjunction.commands.benchmark.counts import BenchmarkCountsResult
from gapjunction.commands.convert import command as convert
from gapjunction.commands.convert.command import MANIFEST
from gapjunction.commands.convert.config import ConvertConfig
from gapjunction.commands.pipeline_score import score_predictions, score_table
from gapjunction.commands.predict import command as predict
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.config import StrictConfig
from gapjunction.dataset.coco import CocoImage, plan_images
from gapjunction.dataset.named_images import merged_classes
from gapjunction.dataset.reader import read_datasets
from gapjunction.dataset.splits import read_assignment
from gapjunction.detections_json import (
    DETECTION_SUFFIX,
    write_detection_file,
)
from gapjunction.errors import CheckpointError, ConfigError
from gapjunction.files import folder_written_whole
from gapjunction.metrics.detection_metrics import DetectionScore
from gapjunction.models.checkpoint import (
    load_checkpoint,
)
from gapjunction.prediction_folder import STACKS_NAME
from gapjunction.runs.begin import resolve_preset
from gapjunction.runs.config import (
    BatchSizeOption,
    LearningRateOption,
    LearntChannelOption,
    MaxEpochsOption,
    NumGpusOption,
    NumWorkersOption,
    PresetOption,
    RehearseOption,
    SeedOption,
    TrainConfig,
    WeightsOption,
)
from gapjunction.runs.device import has_cuda
from gapjunction.runs.folder import (
    RUNS,
    SPLITS_NAME,
    new_run_folder,
)
from gapjunction.runs.processes import is_one_of_several
from gapjunction.runs.resume import warn_if_unfinished
from gapjunction.runs.shipped import newest_or_shipped_run
from gapjunction.runs.weights import find_weights
from gapjunction.tracking.store import MlflowDir

logger = logging.getLogger(__name__)

CONVERSION_NAME = "dino_format"
# Settings that say nothing where no model is trained.
OF_TRAINING = (
    "presets",
    "max_epochs",
    "batch_size",
    "learning_rate",
    "num_workers",
    "weights",
    "rehearse",
)
PREDICTIONS_NAME, GROUND_TRUTH_NAME = "test_predictions", "test_ground_truth"


class PipelineConfig(StrictConfig):
    """Settings of the pipeline; what is None comes from the preset."""

    data_dir: Path = Field(Path("data"), description="A dataset, or a folder of datasets.")
    output_dir: Path = Field(RUNS, description="Folder for everything the pipeline makes.")
    presets: PresetOption = None
    max_epochs: MaxEpochsOption = None
    batch_size: BatchSizeOption = None
    learning_rate: LearningRateOption = None
    num_workers: NumWorkersOption = None
    num_gpus: NumGpusOption = None
    seed: SeedOption = 0
    weights: WeightsOption = None
    channel: LearntChannelOption = ()
    rehearse: RehearseOption = None
    skip_training: bool = Field(
        False, description="Use --checkpoint, or the newest run in --output_dir."
    )
    skip_inference: bool = Field(False, description="End after training.")
    checkpoint: Path | None = Field(
        None, description="Run folder of a trained model; it is used instead of training one."
    )
    mlflow_dir: MlflowDir = None


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """What the pipeline made; without inference there are no scores.

    Attributes:
        results: where predictions and ground truth of the test images are.
        score: F1 and more at IoU 0.5 on the test images.
        counts: the count benchmark of the test images.
    """

    run_folder: Path
    conversion: Path
    results: Path | None = None
    score: DetectionScore | None = None
    counts: BenchmarkCountsResult | None = None

    def __str__(self) -> str:
        places = [("run (weights, curves, model card)", self.run_folder)]
        if self.conversion.exists():
            places.insert(0, ("dataset in dino format", self.conversion))
        if self.results is None or self.score is None or self.counts is None:
            return _listed(places)
        places += [
            ("predictions, overlays, counts.csv", self.results / PREDICTIONS_NAME),
            ("ground truth of the test images", self.results / GROUND_TRUTH_NAME),
        ]
        stacks = self.results / PREDICTIONS_NAME / STACKS_NAME
        if stacks.is_file():
            places.append(("plaques of stacks, each counted once", stacks))
        return "\n".join(
            [score_table(self.score, self.counts), "", _listed(places), "", self.counts.where()]
        )


def run(config: PipelineConfig) -> PipelineResult:
    """Go the whole way from annotated datasets to a count benchmark on the test images.

    Raises:
        GapJunctionError: as `convert`, `train`, `predict` and `benchmark counts` do.
    """
    _require_one_process()
    conversion = config.output_dir / CONVERSION_NAME
    if config.skip_training or config.checkpoint is not None:
        folder = config.checkpoint or newest_or_shipped_run(
            config.output_dir, config.data_dir, config.seed
        )
        logger.info("using the model in %s", folder)
        idle = [name for name in OF_TRAINING if getattr(config, name) is not None]
        if idle:
            named = " and ".join(f"--{name}" for name in idle)
            logger.warning("nothing is trained, so that %s changes nothing", named)
        warn_if_unfinished(folder)
    else:
        folder = _train(config, conversion)
    if config.skip_inference or not _has_test_assets(folder):
        return PipelineResult(folder, conversion)
    logger.info("predicting the test images")
    results = config.output_dir / folder.resolve().name  # the run itself, if it is in there
    predictions = results / PREDICTIONS_NAME
    predicted = predict.run(
        PredictConfig(
            input=config.data_dir,
            checkpoint=folder,
            output=predictions,
            split="test",
            annotated_only=True,
            overlays=True,
            channel=config.channel,
            num_gpus=config.num_gpus and min(config.num_gpus, 1),
        )
    )
    for reason in predicted.failures:
        logger.warning("not predicted: %s", reason)
    images, class_names = _test_images(config.data_dir, folder)
    _write_ground_truth(images, class_names, results / GROUND_TRUTH_NAME)
    compared = counts.run(
        BenchmarkCountsConfig(
            ground_truth_dir=results / GROUND_TRUTH_NAME,
            predictions_dir=predictions,
            mlflow_dir=config.mlflow_dir,
        )
    )
    score = score_predictions(images, class_names, load_checkpoint(folder).config, predictions)
    return PipelineResult(folder, conversion, results, score, compared)


def _require_one_process() -> None:
    if is_one_of_several():
        raise ConfigError(
            "pipeline",
            expected="one process",
            found="several, started by a launcher",
            fix="launch 'gapjunction train', then run 'gapjunction pipeline --skip_training'",
        )


def _train(config: PipelineConfig, conversion: Path) -> Path:
    """Convert and train on the splits of the conversion; return the run folder."""
    preset = resolve_preset(config.presets, has_gpu=has_cuda(config.num_gpus))
    find_weights(config.weights, preset)  # what is missing is said before the work begins
    converted = convert.run(
        ConvertConfig(data=(config.data_dir,), output=conversion, seed=config.seed)
    )
    logger.info("%s", converted)
    trained = train.run(
        TrainConfig(
            data=(config.data_dir,),
            presets=preset,
            output=new_run_folder(config.output_dir, preset),
            max_epochs=config.max_epochs,
            batch_size=config.batch_size,
            learning_rate=config.learning_rate,
            num_workers=config.num_workers,
            num_gpus=config.num_gpus,
            weights=config.weights,
            seed=config.seed,
            splits=conversion / MANIFEST,
            channel=config.channel,
            rehearse=config.rehearse,
            mlflow_dir=config.mlflow_dir,
        )
    )
    logger.info("%s", trained)
    return trained.run_folder


def _has_test_assets(run_folder: Path) -> bool:
    """Tell whether the run left assets for testing; say what to do if not."""
    path = run_folder / SPLITS_NAME
    if not path.is_file():
        raise CheckpointError(
            run_folder,
            expected=f"a run with {SPLITS_NAME}, which says what it was not trained on",
            found="none",
            fix="use 'gapjunction predict' and 'gapjunction benchmark counts' for other models",
        )
    if read_assignment(path).assets_in("test"):
        return True
    logger.warning(
        "no asset is left to test on: a dataset needs three or more; predict new images with "
        "'gapjunction predict'"
    )
    return False


def _test_images(data_dir: Path, run_folder: Path) -> tuple[list[CocoImage], tuple[str, ...]]:
    """Return the annotated test images of a run, and the class names of their labels."""
    datasets = read_datasets([data_dir])
    assignment = read_assignment(run_folder / SPLITS_NAME)
    images = [image for image in plan_images(datasets, assignment) if image.split == "test"]
    return images, tuple(merged_classes(datasets))


def _write_ground_truth(
    images: Sequence[CocoImage], class_names: Sequence[str], folder: Path
) -> None:
    with folder_written_whole(folder) as partial:
        for image in images:
            write_detection_file(
                partial / f"{Path(image.file_name).stem}{DETECTION_SUFFIX}.json",
                image.as_detections(),
                class_names,
                image_name=image.source.path.name,
                image_size=(image.source.height, image.source.width),
                with_scores=False,
            )


def _listed(places: Sequence[tuple[str, Path]]) -> str:
    width = max(len(name) for name, _ in places)
    return "\n".join(f"{name.ljust(width)}  {path}" for name, path in places)
