"""What the main commands do, as functions: their options are keyword arguments."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gapjunction.commands import measure as measuring
from gapjunction.commands.benchmark import counts
from gapjunction.commands.benchmark.config import BenchmarkCountsConfig
from gapjunction.commands.benchmark.counts import BenchmarkCountsResult
from gapjunction.commands.measure import MeasureConfig, MeasureResult
from gapjunction.commands.predict import command as prediction
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.result import PredictResult
from gapjunction.config import Config, build_config
from gapjunction.given_paths import require_usable_paths
from gapjunction.optional_packages import missing_package
from gapjunction.runs.config import TrainConfig

if TYPE_CHECKING:
    from gapjunction.commands.train import TrainResult

PathLike = Path | str


def train(*data: PathLike, **options: Any) -> "TrainResult":
    """Train a detector on datasets, as `gapjunction train` does; return what came of it.

    Args:
        data: datasets, or folders of datasets; without one, ./data.
        options: those of the command, such as `presets="medium_quality"` or `output="runs/mine"`.

    Raises:
        GapJunctionError: as `commands.train.run` does, if an option is wrong or unknown, or if the
            extra `train` is not installed.
    """
    try:
        # What it needs comes with an extra, which other verbs work without.
        from gapjunction.commands.train import run as run_training  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise missing_package(error) or error from None
    given = {"data": data} if data else {}
    return run_training(_settings(TrainConfig, given | options, "train"))


def predict(source: PathLike, output: PathLike, **options: Any) -> PredictResult:
    """Find and count the objects of many images, as `gapjunction predict` does.

    Args:
        source: a dataset, a folder of datasets or of images, or one image file.
        output: folder for counts, boxes and whatever else the options ask for.
        options: those of the command, such as `checkpoint="runs/mine"` or `overlays=True`.

    Raises:
        GapJunctionError: as `commands.predict.command.run` does, or if an option is wrong.
    """
    given = {"input": source, "output": output} | options
    return prediction.run(_settings(PredictConfig, given, "predict"))


def measure(source: PathLike, output: PathLike | None = None, **options: Any) -> MeasureResult:
    """Measure the objects of a prediction, or the annotated ones of datasets, as the command does.

    Args:
        source: the output folder of a prediction, a dataset, or a folder of datasets.
        output: folder for the tables; None: that of the prediction, or runs/objects.
        options: those of the command, such as `roi="regions/"` or `second_channel="GFAP"`.

    Raises:
        GapJunctionError: as `commands.measure.run` does, or if an option is wrong.
    """
    given = {"input": source, "output": output} | options
    return measuring.run(_settings(MeasureConfig, given, "measure"))


def benchmark_counts(
    ground_truth_dir: PathLike, predictions_dir: PathLike, **options: Any
) -> BenchmarkCountsResult:
    """Compare predicted counts with a person's, as `gapjunction benchmark counts` does.

    Args:
        ground_truth_dir: folder of what people marked, or a dataset.
        predictions_dir: the output folder of a prediction, or a folder of its files.
        options: those of the command, such as `threshold=0.5` or `mlflow_dir="runs/mlflow"`.

    Raises:
        GapJunctionError: as `commands.benchmark.counts.run` does, or if an option is wrong.
    """
    given = {"ground_truth_dir": ground_truth_dir, "predictions_dir": predictions_dir} | options
    return counts.run(_settings(BenchmarkCountsConfig, given, "benchmark_counts"))


def _settings(config_class: type[Config], given: dict[str, Any], verb: str) -> Config:
    config = build_config(config_class, given, verb)
    require_usable_paths(config)
    return config
