"""What can be asked of a training run."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from gapjunction.choices import GivenPreset, RecipeName, TrainingPrecision
from gapjunction.config import Seed, StrictConfig
from gapjunction.given_paths import IS_READ
from gapjunction.tracking.store import MlflowDir

MOST_REHEARSED = 4.0  # simulated tiles for each of the user's

PresetOption = Annotated[
    GivenPreset | None,
    Field(
        description="medium_quality: compact detector, for any CPU; good_quality: the same; "
        "high_quality: DINO-ResNet50; best_quality: DINO-SwinL. Without it, high_quality where "
        "there is a CUDA GPU.",
        json_schema_extra={"alias": "--preset"},
    ),
]
MaxEpochsOption = Annotated[int | None, Field(ge=1, description="Epochs at most.")]
BatchSizeOption = Annotated[
    int | None, Field(ge=1, description="Tiles in a step, in each process.")
]
LearningRateOption = Annotated[
    float | None,
    Field(
        gt=0,
        allow_inf_nan=False,
        description="Highest learning rate; a training that diverges needs a lower one.",
    ),
]
NumWorkersOption = Annotated[
    int | None,
    Field(ge=0, description="Processes that prepare tiles; 0: the main process does."),
]
NumGpusOption = Annotated[
    int | None,
    Field(ge=0, description="CUDA GPUs to train on; without it, one if there is one."),
]
SeedOption = Annotated[
    Seed, Field(description="Another seed draws other splits, weights and tiles.")
]
WeightsOption = Annotated[
    str | None,
    Field(
        description="Start from a run folder, hf://user/model[@revision] or a file with published "
        "weights of DINO; shipped: those that come with the package (medium_quality, the default "
        "there); coco: download those of the preset, once (DINO, the default there); none: random "
        "weights."
    ),
]
LearntChannelOption = Annotated[
    tuple[str, ...],
    Field(
        description="Channel of color pictures to learn from, by name (red, green, blue) or by "
        "number from 1; all: color as it is. Without it, the one in which the annotated boxes of "
        "an asset stand out."
    ),
]

RehearseOption = Annotated[
    float | None,
    Field(
        ge=0,
        le=MOST_REHEARSED,
        description="Tiles of images simulated anew that join each tile of yours, so that what the "
        "weights could before is kept; 0: none. Without it, 0.5 where training starts from the "
        "shipped weights or from a run that rehearsed, and there is one class.",
    ),
]


class TrainConfig(StrictConfig):
    """Settings of a training run; what is None comes from the preset."""

    data: tuple[Path, ...] = Field(
        (Path("data"),),
        description="Datasets, or folders of datasets.",
        min_length=1,
        json_schema_extra={"positional": True, **IS_READ},
    )
    presets: PresetOption = None
    output: Path | None = Field(
        None, description="Run folder to write; without it, a new one in runs/."
    )
    resume: bool = Field(
        False,
        description="Go on with the stopped run in --output (or the last one in runs/), with "
        "the settings it was begun with.",
    )
    max_epochs: MaxEpochsOption = None
    batch_size: BatchSizeOption = None
    learning_rate: LearningRateOption = None
    num_workers: NumWorkersOption = None
    num_gpus: NumGpusOption = None
    seed: SeedOption = 0
    weights: WeightsOption = None
    from_scratch: bool = Field(
        False,
        description="Start from random weights, as --weights none does.",
        json_schema_extra={"alias": "--from-scratch"},
    )
    recipe: RecipeName | None = Field(
        None,
        description="How to train. fine_tuning: few images, from given weights; from_scratch: "
        "from random weights; published: as DINO's authors did, for thousands of images.",
    )
    precision: TrainingPrecision | None = Field(
        None, description="Mixed precision: bf16 or fp16 on a GPU that is faster with it."
    )
    splits: Path | None = Field(
        None,
        description="Split file or conversion manifest that says which asset is for what; "
        "without it, the split is drawn from the seed.",
        json_schema_extra=IS_READ,
    )
    channel: LearntChannelOption = ()
    folds: int | None = Field(
        None,
        ge=1,
        description="Cross-validate by asset in so many folds; 1: none, the assets for validation "
        "judge. Without it, 3 where fewer than 8 assets have boxes or those for validation "
        "have fewer than 100, else none.",
    )
    rehearse: RehearseOption = None
    mlflow_dir: MlflowDir = None
