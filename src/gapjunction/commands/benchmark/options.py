"""Options that several benchmarks have, each described once, and those that all have."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.given_paths import IS_READ
from gapjunction.tracking.store import MlflowDir

TruthDir = Annotated[
    Path,
    Field(
        description="Folder of what people marked, one JSON file an image, or a dataset, whose "
        "annotated images that were predicted are compared.",
        json_schema_extra=IS_READ,
    ),
]
PredictionsDir = Annotated[
    Path,
    Field(
        description="Folder of predicted files with the same stems, the output folder of "
        "`gapjunction predict`, or a dataset that another person annotated.",
        json_schema_extra={"alias": "--prediction_dir", **IS_READ},
    ),
]
Threshold = Annotated[
    Annotated[float, Field(ge=0, le=1)] | None,
    Field(
        description="Lowest score that counts as an object. Without it, that of manifest.json "
        "beside the predictions is taken, and without that every box counts."
    ),
]
GroupsFile = Annotated[
    Path | None,
    Field(
        description="CSV file with the columns image and asset. Without it, assets are those of "
        "the dataset or of counts.csv beside the predictions; else there are no intervals.",
        json_schema_extra={"option": "--groups", **IS_READ},
    ),
]
ExperimentName = Annotated[
    str, Field(min_length=1, description="MLflow experiment to log the run in.")
]
JsonFile = Annotated[
    Path | None,
    Field(
        description="File to write all metrics to, as one JSON object.",
        json_schema_extra={"option": "--json"},
    ),
]


FilenamesPath = Annotated[
    Path | None,
    Field(
        description="Text file with the stems of the images to compare, one a line. Without it, "
        "all are compared.",
        json_schema_extra=IS_READ,
    ),
]
Label = Annotated[
    Annotated[str, Field(min_length=1)] | None,
    Field(
        description="The only class to compare. Without it, all are.",
        json_schema_extra={"alias": "--forced_label"},
    ),
]


OutputFolder = Annotated[
    Path | None,
    Field(
        description="Folder for the tables, figures and metrics.json that go to MLflow, too; other "
        "files in it are left alone. Without it, MLflow alone has them."
    ),
]


class BenchmarkConfig(StrictConfig):
    """The settings that every benchmark has."""

    ground_truth_dir: TruthDir
    groups_file: GroupsFile = None
    mlflow_dir: MlflowDir = None
    experiment_name: ExperimentName
    json_file: JsonFile = None
    output: OutputFolder = None


class PredictionsBenchmarkConfig(BenchmarkConfig):
    """The settings of a benchmark of one set of predictions."""

    forced_filenames_path: FilenamesPath = None
    label: Label = None
    model_version: str | None = Field(
        None,
        min_length=1,
        description="Version of the model to log. Without it, that of manifest.json beside the "
        "predictions.",
    )
    dataset_version: str | None = Field(
        None, min_length=1, description="Version of the ground truth to log."
    )
