"""What can be asked of a report."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from gapjunction.commands.options import SliceNamesOption
from gapjunction.config import Seed, StrictConfig
from gapjunction.given_paths import IS_READ
from gapjunction.images.slice_names import AUTO


class ReportConfig(StrictConfig):
    """Settings of `gapjunction report`."""

    data: Path = Field(
        description="Dataset, or folder of datasets, with metadata of the assets.",
        json_schema_extra={"positional": True, **IS_READ},
    )
    output: Path = Field(
        description="Folder for report.html, the tables and figures (SVG, PDF, PNG); other "
        "files in it are left alone."
    )
    predictions: Path | None = Field(
        None,
        description="Output folder of `gapjunction predict` for these datasets. Without it, the "
        "annotations are reported.",
        json_schema_extra=IS_READ,
    )
    measured: Path | None = Field(
        None,
        description="Folder that `gapjunction measure` wrote of the annotations or predictions "
        "that are reported: sizes, regions, cells and space are shown from its tables. Without "
        "it, from those of the predictions.",
        json_schema_extra=IS_READ,
    )
    by: tuple[str, ...] = Field(
        (),
        description="What to compare by: species, diagnosis, sex, localization, age, or a further "
        "column of the metadata; may be given several times. Without it, all known of the five.",
    )
    primary: str | None = Field(
        None,
        description="What you planned to compare by, before looking: all else is exploratory.",
    )
    animal: str | None = Field(
        None,
        description="Column of the metadata that names the animal, where assets are sections of "
        "one. Without it, each asset counts as an animal.",
    )
    block: str | None = Field(
        None,
        description="Column of the metadata with the blocks to compare groups within: litters, or "
        "animals each of whose sides is an asset.",
    )
    covariate: tuple[str, ...] = Field(
        (),
        description="What to adjust the ratios of groups for beside: age, sex, or a further column "
        "of the metadata; may be given several times.",
    )
    rectify: bool = Field(
        False,
        description="Correct the ratios of groups by what the detector finds in annotated images, "
        "and list random images to annotate for it in to_annotate.csv.",
    )
    class_name: str | None = Field(
        None, description="Count objects of this class only. Without it, of all classes."
    )
    threshold: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="Lowest score that counts as an object. Without it, that of manifest.json "
        "beside the predictions is taken, and without that every box counts.",
    )
    slice_names: SliceNamesOption = AUTO
    num_images: Annotated[int, Field(ge=0, le=100)] = Field(
        10, description="How many images to show at random, and how many of the worst."
    )
    num_permutations: Annotated[int, Field(ge=1000, le=1_000_000)] = Field(
        10_000,
        description="How many arrangements a permutation test draws where there are too many "
        "to look at all.",
    )
    seed: Seed = Field(
        0, description="Seed of the random images, tests and intervals: same seed, same report."
    )
