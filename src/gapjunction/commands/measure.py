"""`gapjunction measure`: what each object is like, of annotations or of an earlier prediction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import Field

from gapjunction.choices import EXCLUDED, TableFormat
from gapjunction.cluster.client import require_place
from gapjunction.cluster.place import place_of
from gapjunction.commands.annotated_objects import annotated_objects
from gapjunction.commands.measured_places import write_regions, write_space
from gapjunction.commands.option_names import with_options
from gapjunction.commands.options import (
    AlignOption,
    BorderOption,
    CellsOption,
    ClusterOption,
    ExcludedRegionsOption,
    RoiOption,
    SecondChannelOption,
    SliceNamesOption,
    TimeLimitOption,
    TissueMaskOption,
)
from gapjunction.commands.predict.measuring_on_cluster import measuring_on_cluster
from gapjunction.commands.predict.objects import (
    ImageObjects,
    MeasureAll,
    MeasuredTable,
    measure_all,
    write_measured,
)
from gapjunction.commands.predict.places import Places, remove_places, remove_space
from gapjunction.commands.predicted_objects import predicted_objects
from gapjunction.config import Seed, StrictConfig
from gapjunction.errors import ConfigError
from gapjunction.images.slice_names import AUTO, slice_rule
from gapjunction.locks import alone_in
from gapjunction.measurement.object_table import require_packages
from gapjunction.measurement.objects import RESOLUTION_UM
from gapjunction.prediction.measured_image import Measuring
from gapjunction.prediction_folder import holds_predictions

OUTPUT = Path("runs/objects")  # of annotations
OF_WHOLE_IMAGES = ("roi", "tissue_mask", "cells", "second_channel", "space")


class MeasureConfig(StrictConfig):
    """Settings of a measurement."""

    input: Path = Field(
        Path("runs/predictions"),
        description="Output folder of gapjunction predict, or a dataset (or a folder of datasets), "
        "of which annotations are measured.",
        json_schema_extra={"positional": True},
    )
    output: Path | None = Field(
        None,
        description="Folder to write to; without it, that of the prediction, and runs/objects for "
        "annotations.",
    )
    formats: tuple[TableFormat, ...] = Field(
        ("csv",),
        min_length=1,
        description="csv, xlsx or parquet, or several of them: what the table is written as.",
    )
    resolution_um: float = Field(
        RESOLUTION_UM,
        gt=0,
        allow_inf_nan=False,
        description="Distance that the microscope resolves, in micrometers: 0.61 times the "
        "wavelength of the light, over the numerical aperture. Its blur is taken off sizes, and "
        "smaller ones are not told.",
    )
    channel: str | None = Field(
        None,
        description="Channel of annotated images that outlines are drawn in, by name or by number "
        "from 1; without it, the one in which annotated objects stand out. Predictions are "
        "measured in theirs.",
    )
    pixel_size_um: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="Side of a pixel in micrometers, instead of what the files say.",
    )
    roi: RoiOption = None
    exclude_regions: ExcludedRegionsOption = EXCLUDED
    tissue_mask: TissueMaskOption = False
    cells: CellsOption = None
    border_um: BorderOption = 0.5
    second_channel: SecondChannelOption = None
    align: AlignOption = None
    slice_names: SliceNamesOption = AUTO
    space: bool = Field(
        False,
        description="Also tell how objects lie to each other in each region or image, against "
        "chance: nearest neighbors, Ripley's L and maps of their density.",
    )
    seed: Seed = Field(0, description="Seed of what chance gives: same seed, same numbers.")
    cluster: ClusterOption = None
    time_limit_s: TimeLimitOption = 1800


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """What was measured.

    Attributes:
        places: what there is to say of regions, cells, a second channel and space.
    """

    table: MeasuredTable
    places: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 if an image could not be measured, else 0."""
        return 1 if self.failures else 0

    def __str__(self) -> str:
        lines = [str(self.table), *self.places]
        if self.failures:
            lines += [f"Not measured: {len(self.failures)}", *self.failures]
        return "\n".join(lines)


def run(config: MeasureConfig) -> MeasureResult:
    """Measure every object and write the table.

    Raises:
        ConfigError: if the input is neither, or a setting does not go with it.
        DatasetError: if the dataset has errors.
        ImageError: if no image can be read, or one is another than the one predicted on.
    """
    require_packages(config.formats)
    if config.cluster is not None:
        require_place(place_of(config.cluster))
    is_prediction = holds_predictions(config.input)
    output = config.output or (config.input if is_prediction else OUTPUT)
    if holds_predictions(output) and output.resolve() != config.input.resolve():
        raise ConfigError(
            output,
            expected="a folder for tables of these objects",
            found="a prediction, whose tables are of other objects",
            fix="choose another",
            settings=("output",),
        )
    images, class_names = _of_prediction(config) if is_prediction else _annotated(config)
    measuring = Measuring(class_names, config.resolution_um, has_scores=is_prediction)
    _require_whole(config, images)
    places = Places.of(config, [each.image for each in images])
    plan = places.regions
    told: list[str] = []
    with alone_in(output, "gapjunction measure"):
        with _measuring(config, measuring) as measure:
            table = write_measured(output, images, measure, config.formats, places.of_objects)
        readable = [each for each in images if each.image.output_name not in table.failures]
        remove_space(output)
        if not holds_predictions(output):  # whose tables `predict` writes
            remove_places(output)
            if not plan.is_empty:
                told.append(write_regions(output, readable, class_names, plan))
        told += places.write(output, readable, class_names)
        if config.space:
            told.append(write_space(output, readable, class_names, plan, config.seed))
    failures = tuple(with_options(error, MeasureConfig) for error in table.failures.values())
    return MeasureResult(table, tuple(told), failures)


@contextmanager
def _measuring(config: MeasureConfig, measuring: Measuring) -> Iterator[MeasureAll]:
    """Give what measures objects, in this process or on the cluster that is asked for."""
    if config.cluster is None:
        yield partial(measure_all, measuring)
        return
    with measuring_on_cluster(config.cluster, measuring, config.time_limit_s) as measure:
        yield measure


def _require_whole(config: MeasureConfig, images: Sequence[ImageObjects]) -> None:
    """Refuse places in images of which only a region was predicted: there is nothing elsewhere."""
    part = next((each.image for each in images if each.image.region is not None), None)
    asked = [name for name in OF_WHOLE_IMAGES if getattr(config, name)]
    if part is not None and asked:
        raise ConfigError(
            part.origin.path,
            expected="a prediction of whole images",
            found="one of a region",
            fix="leave it out, or predict all of the image",
            settings=(asked[0],),
        )


def _of_prediction(config: MeasureConfig) -> tuple[list[ImageObjects], tuple[str, ...]]:
    if config.channel is not None:
        raise ConfigError(
            "channel",
            expected="no channel for a prediction, which is measured where it was made",
            found=config.channel,
            fix="leave it out",
            settings=("channel",),
        )
    return predicted_objects(config.input, config.pixel_size_um, slice_rule(config.slice_names))


def _annotated(config: MeasureConfig) -> tuple[list[ImageObjects], tuple[str, ...]]:
    rule = slice_rule(config.slice_names)
    return annotated_objects(config.input, config.channel, config.pixel_size_um, rule)
