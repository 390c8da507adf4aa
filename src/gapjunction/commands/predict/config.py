"""What can be asked of a prediction."""

from pathlib import Path

from pydantic import Field

from gapjunction.choices import (
    EXCLUDED,
    LARGEST_SCALE,
    SMALLEST_SCALE,
    Backend,
    Precision,
    Split,
    TableFormat,
)
from gapjunction.commands.options import (
    AlignOption,
    BorderOption,
    CellsOption,
    ChannelOption,
    ClusterOption,
    ExcludedRegionsOption,
    PixelSizeOption,
    RoiOption,
    SceneOption,
    SecondChannelOption,
    SliceNamesOption,
    TimeLimitOption,
    TimeOption,
    TissueMaskOption,
    ZAxisOption,
    ZOption,
)
from gapjunction.config import StrictConfig
from gapjunction.given_paths import IS_READ
from gapjunction.images.slice_names import AUTO


class PredictConfig(StrictConfig):
    """Settings of a prediction."""

    input: Path = Field(
        Path("data"),
        description="A dataset, a folder of datasets, a folder of images or microscope files, "
        "one of these files, or an OME-Zarr image: a folder or an address.",
        json_schema_extra={"positional": True, **IS_READ},
    )
    checkpoint: Path | None = Field(
        None,
        description="Run folder with the model, a zip of one, or hf://user/model[@revision]; "
        "without it, the weights that come with the package.",
        json_schema_extra=IS_READ,
    )
    output: Path = Field(Path("runs/predictions"), description="Folder to write to.")
    recursive: bool = Field(
        False,
        description="Also take the images in all sub-folders of a folder without datasets; an "
        "image is called after its place, as folder__image.",
    )
    split: Split | None = Field(
        None, description="Only images of this split of the run that trained the model."
    )
    annotated_only: bool = Field(
        False, description="Only images of a dataset that a person annotated."
    )
    threshold: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Count objects, and plaques of stacks, from this probability on, instead of "
        "from the model's own thresholds; a finished prediction is counted anew without "
        "predicting again.",
    )
    min_score: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Also write boxes below the threshold, from this score on (a probability); "
        "counts, and tables of stacks, always use the threshold.",
    )
    overlays: bool = Field(False, description="Also write each image with its boxes as PNG.")
    csv: bool = Field(
        False,
        description="Also write the counted boxes of each image as a CSV file, which "
        "`gapjunction benchmark` reads too.",
    )
    geojson: bool = Field(
        False,
        description="Also write the counted boxes of each image as GeoJSON, which QuPath opens.",
    )
    objects: tuple[TableFormat, ...] = Field(
        (),
        description="Also measure every counted object and write objects.csv, objects.xlsx or "
        "objects.parquet: csv, xlsx or parquet, or several of them.",
    )
    batch_size: int | None = Field(
        None,
        ge=1,
        description="Tiles that go through the network together; without it, 1 on the CPU and 4 "
        "on a GPU.",
    )
    scale: float | None = Field(
        None,
        ge=SMALLEST_SCALE,
        le=LARGEST_SCALE,
        description="Show images enlarged (above 1) or reduced (below 1) by this factor, where "
        "objects look smaller or larger than those the model knows; without it, the pixel sizes "
        "of image and model decide where they are known; else, for the weights that come with "
        "the package, how much is seen in the images at 1, 0.5 and 0.25 of their size.",
    )
    pixel_size_um: PixelSizeOption = None
    channel: ChannelOption = ()
    region: str | None = Field(
        None,
        description="Predict only this part of an image that is stored in tiles, as OME-Zarr and "
        "slides are: x,y,width,height in pixels of the full image.",
    )
    z: ZOption = None
    z_axis: ZAxisOption = "z"
    time: TimeOption = None
    scene: SceneOption = None
    slice_names: SliceNamesOption = AUTO
    z_step_um: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="Distance between slices of a stack in micrometers, instead of what "
        "asset_metadata.json says; with the pixel size it gives plaques per mm3.",
    )
    roi: RoiOption = None
    exclude_regions: ExcludedRegionsOption = EXCLUDED
    tissue_mask: TissueMaskOption = False
    cells: CellsOption = None
    border_um: BorderOption = 0.5
    second_channel: SecondChannelOption = None
    align: AlignOption = None
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
    cluster: ClusterOption = None
    time_limit_s: TimeLimitOption = 1800
