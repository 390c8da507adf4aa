"""Settings of `gapjunction convert`, for a split of COCO files and for other formats."""

from pathlib import Path

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gapjunction.commands.convert.translate import Translation
from gapjunction.config import Seed, StrictConfig
from gapjunction.dataset.coco_layouts import LayoutName
from gapjunction.dataset.formats.by_name import FormatName
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.splits import USUAL_FRACTION, Fraction
from gapjunction.errors import ConfigError
from gapjunction.images.plane_choice import ALL_SLICES, PlaneChoice

IN_AND_OUT = 2
# What only some formats are read with; those of all but the platform's have no name here.
READING_OPTIONS: dict[str, tuple[FormatName, ...]] = {
    "class_name": (),
    "point_size_px": (),
    "first_pixel": ("voc",),
    "pixel_size_um": ("points",),
}
SPLIT_OPTIONS = ("output", "layout", "seed", "val_fraction", "test_fraction")
FORMAT_OPTIONS = (
    "images",
    "class_name",
    "point_size_px",
    "first_pixel",
    "pixel_size_um",
    "channel",
    "z",
    "accept_predictions",
)


class ConvertConfig(StrictConfig):
    """Settings of a conversion."""

    data: tuple[Path, ...] = Field(
        (Path("data"),),
        description="Datasets, folders of datasets, or zip files of either. With --from or --to: "
        "IN, what to read, and OUT, the folder to write.",
        min_length=1,
        json_schema_extra={"positional": True},
    )
    output: Path = Field(
        Path("runs/dino_format"),
        description="Folder to write; a conversion that is there is replaced and its split kept.",
    )
    layout: LayoutName = Field(
        "coco",
        description="coco: as the official DINO reads it; autogluon: images/ (PNG), Annotations/ "
        "with train.json, val.json and test.json, and labels.txt.",
    )
    seed: Seed | None = Field(
        None,
        description="Another seed draws another split of the assets. Without it, that of the "
        "conversion in --output, or 0.",
    )
    val_fraction: Fraction | None = Field(
        None,
        description="Share of each dataset's assets for validation. Without it, that of the "
        f"conversion in --output, else {USUAL_FRACTION}.",
    )
    test_fraction: Fraction | None = Field(
        None,
        description="Share of each dataset's assets for testing. Without it, that of the "
        f"conversion in --output, else {USUAL_FRACTION}.",
    )
    from_format: FormatName | None = Field(
        None,
        description="Format of IN; 'platform' if only --to is given.",
        json_schema_extra={"option": "--from"},
    )
    to_format: FormatName | None = Field(
        None,
        description="Format of OUT; 'platform' if only --from is given. Without --from and --to, "
        "COCO files with a split are written to --output.",
        json_schema_extra={"option": "--to"},
    )
    images: Path | None = Field(
        None, description="With --from: where the images are, if not beside the annotations."
    )
    class_name: str = Field(
        "gap_junction", min_length=1, description="With --from: class of objects without one."
    )
    point_size_px: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="With --from: side of the square that stands for a point without a size.",
    )
    first_pixel: int = Field(
        1,
        ge=0,
        le=1,
        description="With --from voc: 0 if the tool that wrote the boxes counts pixels from 0.",
    )
    pixel_size_um: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="With --from points: side of a pixel in micrometers, for tables in micrometers "
        "of images that do not say it; 1 for an ImageJ table in pixels.",
    )
    channel: str | None = Field(
        None,
        description="With --from: the channel that objects were marked in, by name or by number "
        "from 1, of images with several.",
    )
    z: str | None = Field(
        None,
        description="With --from: the slice that objects were marked in, from 1 on, or max, mean "
        "or 3-7, if it was a projection.",
    )
    into: Path | None = Field(
        None,
        description="With --from: the dataset that IN came from. Instead of writing OUT, the "
        "boxes of images that a person changed there are merged into it.",
    )
    opened: tuple[str, ...] = Field(
        (),
        description="With --into: an image that a person looked through, by name, or all: its "
        "boxes become annotations although none was changed.",
    )
    accept_predictions: bool = Field(
        False,
        description="With --from or --to: make annotations of boxes with scores, once a person "
        "has looked through them.",
    )

    @property
    def translation(self) -> Translation | None:
        """What to translate, if a format is given."""
        if not self._is_translation:
            return None
        source, output = (*self.data, self.into) if self.into else self.data
        return Translation(
            Source(
                source,
                self.images,
                self.class_name,
                self.point_size_px,
                self.first_pixel,
                self.pixel_size_um,
            ),
            output,
            self.from_format or "platform",
            self.to_format or "platform",
            self.accept_predictions,
            PlaneChoice(() if self.channel is None else (self.channel,), self.z),
        )

    @property
    def _is_translation(self) -> bool:
        return any(each is not None for each in (self.from_format, self.to_format, self.into))

    @model_validator(mode="after")
    def _has_one_dataset_to_merge_into(self) -> "ConvertConfig":
        if self.into is None and self.opened:
            raise ConfigError(
                "--opened",
                expected="--into beside it",
                found="none",
                fix="name the dataset that the boxes came from, or leave it out",
            )
        if self.into is not None and (
            len(self.data) != 1 or self.to_format is not None or self.accept_predictions
        ):
            raise ConfigError(
                "convert with --into",
                expected="one path IN, with neither --to nor --accept_predictions",
                found=" ".join(map(str, self.data)) if len(self.data) != 1 else "one of them",
                fix="call gapjunction convert IN --from FORMAT --into DATASET",
            )
        return self

    @model_validator(mode="after")
    def _has_options_that_go_together(self) -> "ConvertConfig":
        is_translation = self._is_translation
        if is_translation and self.into is None and len(self.data) != IN_AND_OUT:
            raise ConfigError(
                "convert with --from or --to",
                expected="two paths, IN and OUT",
                found=f"{len(self.data)} ({', '.join(map(str, self.data))})",
                fix="call gapjunction convert IN OUT --from FORMAT --to FORMAT",
            )
        idle = SPLIT_OPTIONS if is_translation else FORMAT_OPTIONS
        for name in idle:
            value = getattr(self, name)
            if value != type(self).model_fields[name].default:
                raise ConfigError(
                    f"--{name}",
                    expected=f"{'neither --from nor' if is_translation else '--from or'} --to "
                    "beside it",
                    found=f"{value} {'with' if is_translation else 'without'} them",
                    fix="leave it out",
                )
        return self

    @model_validator(mode="after")
    def _reads_what_the_format_has(self) -> "ConvertConfig":
        for name, formats in READING_OPTIONS.items():
            value = getattr(self, name)
            is_read = self.from_format in formats if formats else not self._is_of_platform
            if value != type(self).model_fields[name].default and not is_read:
                raise ConfigError(
                    f"--{name}",
                    expected=f"--from {' or '.join(formats) or 'another format'} beside it",
                    found=f"{value} with boxes from {self.from_format or 'platform'}",
                    fix="leave it out",
                )
        return self

    @property
    def _is_of_platform(self) -> bool:
        return self.from_format in (None, "platform")

    @model_validator(mode="after")
    def _chooses_planes_of_other_tools(self) -> "ConvertConfig":
        if (self.channel or self.z) and self._is_of_platform:
            raise ConfigError(
                "convert with --channel or --z",
                expected="--from with another tool's format, as the platform's images have no "
                "planes to choose",
                found="none" if self.from_format is None else self.from_format,
                fix="leave them out",
            )
        if self.z == ALL_SLICES:
            raise ConfigError(
                "--z",
                expected="the slice or projection that objects were marked in",
                found="all",
                fix="choose one",
            )
        return self

    @model_validator(mode="after")
    def _leaves_something_to_train_on(self) -> "ConvertConfig":
        val, test = (
            USUAL_FRACTION if own is None else own
            for own in (self.val_fraction, self.test_fraction)
        )
        if val + test >= 1:
            together = f"{val:g} and {test:g}"
            raise PydanticCustomError(
                "too_much", "val_fraction and test_fraction below 1 together", {"found": together}
            )
        return self
