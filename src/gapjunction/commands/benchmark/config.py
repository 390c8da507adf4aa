"""Settings of the benchmarks, which are imported in no time."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from gapjunction.choices import CENTER_DISTANCE_PX, ComparedMetric
from gapjunction.commands.benchmark.options import (
    BenchmarkConfig,
    ExperimentName,
    FilenamesPath,
    Label,
    PredictionsBenchmarkConfig,
    PredictionsDir,
    Threshold,
    TruthDir,
)
from gapjunction.commands.options import SliceNamesOption
from gapjunction.config import Seed
from gapjunction.errors import ConfigError
from gapjunction.given_paths import IS_READ
from gapjunction.images.slice_names import AUTO

EXAMPLES = Path("benchmark/data_examples")
COUNTS, BOXES = EXAMPLES / "object_counts", EXAMPLES / "object_detection"
MASKS = EXAMPLES / "semantic_segmentation"

Margin = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class BenchmarkCountsConfig(PredictionsBenchmarkConfig):
    """Settings of `gapjunction benchmark counts`."""

    ground_truth_dir: TruthDir = COUNTS / "ground_truth"
    predictions_dir: PredictionsDir = COUNTS / "predictions"
    threshold: Threshold = None
    people: tuple[Path, ...] = Field(
        (),
        description="Folder or dataset of another person who marked the same images; may be given "
        "several times. How far these and the ground truth agree is told beside it.",
        json_schema_extra=IS_READ,
    )
    experiment_name: ExperimentName = "object_counts"


class BenchmarkDetectionConfig(PredictionsBenchmarkConfig):
    """Settings of `gapjunction benchmark detection`."""

    ground_truth_dir: TruthDir = BOXES / "ground_truth"
    predictions_dir: PredictionsDir = BOXES / "predictions"
    threshold: Threshold = None
    pixel_size_um: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None,
        description="Side of a pixel in micrometers, for AP by size in micrometers. Without it, "
        "that of the dataset, if the ground truth is one.",
    )
    center_distance_px: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        CENTER_DISTANCE_PX,
        description="How far centers may lie apart to match by distance, in pixels, for objects "
        "that are not larger than twice that.",
    )
    images_dir: Path | None = Field(
        None,
        description="Folder of the images, to show the worst. Without it, those of the dataset, "
        "or the folder `images` beside the ground truth.",
    )
    experiment_name: ExperimentName = "detection"


class BenchmarkStacksConfig(PredictionsBenchmarkConfig):
    """Settings of `gapjunction benchmark stacks`."""

    ground_truth_dir: TruthDir
    predictions_dir: PredictionsDir
    threshold: Threshold = None
    slice_names: SliceNamesOption = AUTO
    experiment_name: ExperimentName = "stacks"


class BenchmarkSegmentationConfig(PredictionsBenchmarkConfig):
    """Settings of `gapjunction benchmark segmentation`."""

    ground_truth_dir: Path = Field(
        MASKS / "ground_truth",
        description="Folder of masks made by people, one an image.",
        json_schema_extra=IS_READ,
    )
    predictions_dir: Path = Field(
        MASKS / "predictions",
        description="Folder of predicted masks with the same stems.",
        json_schema_extra={"alias": "--prediction_dir", **IS_READ},
    )
    label_properties: Path | None = Field(
        None,
        description="File of the classes and their colors, label_properties.json, or the dataset "
        "that has it. Without it, it is looked for in and above the folder of ground truth.",
    )
    images_dir: Path | None = Field(
        None,
        description="Folder of the images themselves, with the same stems, to draw the outlines "
        "of the worst masks on. Without it, they are drawn on black.",
    )
    experiment_name: ExperimentName = "semantic_segmentation"


class BenchmarkCompareConfig(BenchmarkConfig):
    """Settings of `gapjunction benchmark compare`."""

    predictions_a: Path = Field(
        ...,
        description="First set of predictions (A): a folder as for `benchmark detection`.",
        json_schema_extra={"positional": True, **IS_READ},
    )
    predictions_b: Path = Field(
        ...,
        description="Second set of predictions (B), of the same images.",
        json_schema_extra={"positional": True, **IS_READ},
    )
    ground_truth_dir: TruthDir = BOXES / "ground_truth"
    forced_filenames_path: FilenamesPath = None
    label: Label = None
    metric: ComparedMetric | None = Field(
        None,
        description="The only metric to compare, chosen before looking. Without it three are, and "
        "p is adjusted for their number.",
    )
    margin: Margin | None = Field(
        None,
        description="Smallest difference in F1 and AP that matters, as 0.02: tests whether A and "
        "B are equivalent.",
    )
    count_margin: Margin | None = Field(
        None, description="Smallest difference in count error that matters, in objects an image."
    )
    num_swaps: int = Field(
        2000,
        ge=100,
        le=100_000,
        description="How many exchanges of A and B to draw for p where there are more than 12 "
        "assets; of fewer, all are looked at.",
    )
    seed: Annotated[Seed, Field(description="Seed of these: same seed, same p.")] = 0
    experiment_name: ExperimentName = "detection"

    @model_validator(mode="after")
    def _has_margins_of_its_metric(self) -> Self:
        is_count = self.metric == "count_mae"
        idle = "margin" if is_count else "count_margin"
        if self.metric is not None and getattr(self, idle) is not None:
            raise ConfigError(
                f"{idle} {getattr(self, idle):g}",
                expected=f"{'count_margin' if is_count else 'margin'} for {self.metric}",
                found="one that it has no use for",
                fix="leave it out, or name the other one",
                settings=(idle,),
            )
        return self
