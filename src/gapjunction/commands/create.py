"""`gapjunction create`: a folder of microscope files becomes a dataset to annotate."""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import Field

from gapjunction.commands.asked_planes import plane_choice, tell_of_single_slices
from gapjunction.commands.options import (
    ChannelOption,
    PixelSizeOption,
    SceneOption,
    TimeOption,
    ZAxisOption,
    ZOption,
)
from gapjunction.config import StrictConfig
from gapjunction.dataset.creation.asset_images import (
    SourceImage,
    measure_asset,
    write_asset_image,
    write_contrast,
)
from gapjunction.dataset.creation.asset_table import AssetTable, read_asset_table
from gapjunction.dataset.creation.source_files import find_sources
from gapjunction.dataset.further_columns import TABLE_FILE
from gapjunction.dataset.names import as_file_name
from gapjunction.dataset.records import Asset, AssetMetadata, Dataset
from gapjunction.dataset.rules import CLASS_COLOR
from gapjunction.dataset.writer import write_metadata
from gapjunction.errors import ConfigError, DatasetError
from gapjunction.files import folder_written_whole, require_new, write_json
from gapjunction.images.chosen_images import chosen_images
from gapjunction.images.microscope_files import chosen_facts
from gapjunction.images.microscope_scene import SQUARE_TOLERANCE
from gapjunction.images.pixel_size import reason_for_doubt
from gapjunction.images.plane_choice import PlaneChoice
from gapjunction.terminal import tracked
from gapjunction.text import counted

logger = logging.getLogger(__name__)

CLASSES = {"gap_junction": CLASS_COLOR}
CONTRAST_FILE = Path("Arbitrary_Metadata") / "contrast.json"


class CreateConfig(StrictConfig):
    """What to make a dataset of, and where to write it."""

    out: Path = Field(
        description="New folder for the dataset; its name is the dataset's name.",
        json_schema_extra={"positional": True},
    )
    source: Path = Field(
        description="Folder of images and microscope files: a folder for each asset in it, or any "
        "order and a table that says which file belongs to which asset.",
        json_schema_extra={"option": "--from"},
    )
    table: Path | None = Field(
        None,
        description="CSV or XLSX with a column asset and any of file, species, age (months), sex, "
        "weight (kg), localization, diagnosis. Further columns are kept in Arbitrary_Metadata.",
    )
    pixel_size_um: PixelSizeOption = None
    channel: ChannelOption = ()
    z: ZOption = None
    z_axis: ZAxisOption = "z"
    time: TimeOption = None
    scene: SceneOption = None


@dataclass(frozen=True, slots=True)
class CreateResult:
    """What was written, and what was left out."""

    out: Path
    num_assets: int
    num_images: int
    um_per_px: float | None
    left_out: tuple[Path, ...]
    undescribed: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        size = "not known" if self.um_per_px is None else f"{self.um_per_px:.6g} um"
        lines = [
            f"{counted(self.num_images, 'image')} of {counted(self.num_assets, 'asset')} "
            f"in {self.out}; "
            f"side of a pixel: {size}"
        ]
        if self.left_out:
            names = ", ".join(path.name for path in self.left_out)
            lines.append(f"Left out, {counted(len(self.left_out), 'file')}: {names}")
        if self.undescribed:
            lines.append(f"Not in the table: {', '.join(self.undescribed)}")
        told = f"Next: gapjunction predict {self.out}, or draw boxes: gapjunction review {self.out}"
        return "\n".join([*lines, *self.notes, told])


def run(config: CreateConfig) -> CreateResult:
    """Write the dataset, whole or not at all.

    Raises:
        ConfigError: if there is something at `config.out`, or it lies in the source.
        DatasetError: if files, folders and table do not fit together.
        ImageError: if a file cannot be read, or needs to be told which planes are meant.
    """
    _require_new(config)
    table = None if config.table is None else read_asset_table(config.table)
    sources = find_sources(config.source, table)
    images = _planned(sources.of_asset, plane_choice(config))
    um_per_px = config.pixel_size_um or _common_pixel_size(images)
    if um_per_px is not None and config.pixel_size_um is None:
        _warn_if_doubtful(um_per_px)
    metadata = _metadata_of(table)
    assets = [
        Asset(name, (), _with_z_step(metadata.get(name, AssetMetadata()), own))
        for name, own in images.items()
    ]
    dataset = Dataset(config.out.name, config.out, CLASSES, tuple(assets), um_per_px=um_per_px)
    with folder_written_whole(config.out) as partial:
        write_metadata(dataset, partial)
        for name, own in tracked(images.items(), "Writing assets", len(images)):
            _write_asset(own, partial / "Assets" / name)
        _write_further(table, images, partial / "Assets")
    return CreateResult(
        out=config.out,
        num_assets=len(images),
        num_images=sum(map(len, images.values())),
        um_per_px=um_per_px,
        left_out=sources.left_out,
        undescribed=tuple(name for name in images if table and name not in metadata),
        notes=() if table is None else tuple(_notes_on(table)),
    )


def _require_new(config: CreateConfig) -> None:
    out, source = config.out.resolve(), config.source.resolve()
    if out == source or out.is_relative_to(source):
        raise ConfigError(
            config.out,
            expected="a folder outside the one that the images come from",
            found=f"one in {config.source}",
            fix="choose another output folder",
        )
    require_new(config.out, settings=("out",))


def _planned(of_asset: dict[str, list[Path]], choice: PlaneChoice) -> dict[str, list[SourceImage]]:
    """Return the images of each asset; their names begin with a number of their own."""
    found = [
        (asset, path, image)
        for asset, paths in of_asset.items()
        for path in paths
        for image in chosen_images(path, choice)
    ]
    tell_of_single_slices(choice, [path for _, path, each in found if each.choice.z is None])
    num_digits = max(2, len(str(len(found))))
    planned: dict[str, list[SourceImage]] = {}
    for record, (asset, path, chosen) in enumerate(found, start=1):
        stem = "_".join(filter(None, (path.stem.removesuffix(".ome"), as_file_name(chosen.name))))
        name = f"{record:0{num_digits}}_{stem}"
        image = SourceImage(path, chosen.choice, chosen_facts(path, chosen.choice), name)
        planned.setdefault(asset, []).append(image)
    _require_same_channels([image for images in planned.values() for image in images])
    return planned


def _require_same_channels(images: Sequence[SourceImage]) -> None:
    """Refuse images whose chosen channels have other names: a number can mean another stain."""
    first: SourceImage | None = None
    for image in images:
        if not any(image.facts.channel_names):
            continue
        first = first or image
        if image.facts.channel_names != first.facts.channel_names:
            raise DatasetError(
                image.path,
                expected=f"the channels of {first.path.name}: {_joined(first)}",
                found=_joined(image),
                fix="choose channels by name, or make a dataset of each kind",
            )


def _joined(image: SourceImage) -> str:
    return ", ".join(name or "one without name" for name in image.facts.channel_names)


def _common_pixel_size(of_asset: dict[str, list[SourceImage]]) -> float | None:
    """Return the side of a pixel that all images have, as a dataset has one for all."""
    images = [image for images in of_asset.values() for image in images]
    first = images[0].facts.um_per_px
    for image in images:
        own = image.facts.um_per_px
        is_same = own == first or (
            own is not None and first is not None and abs(own - first) <= SQUARE_TOLERANCE * first
        )
        if not is_same:
            raise DatasetError(
                image.path,
                expected=f"the pixel size of {images[0].path.name}, {_size(first)}",
                found=_size(own),
                fix="make a dataset of each size, or say one for all with --pixel_size_um",
            )
    return first


def _warn_if_doubtful(um_per_px: float) -> None:
    reason = reason_for_doubt(um_per_px)
    if reason is not None:
        logger.warning(
            "the files say that a pixel has %g um (%s): plaques per mm2 and sizes in um will be "
            "wrong unless that is true; --pixel_size_um states it",
            um_per_px,
            reason,
        )


def _size(um_per_px: float | None) -> str:
    return "none known" if um_per_px is None else f"{um_per_px:.6g} um"


def _with_z_step(metadata: AssetMetadata, images: Sequence[SourceImage]) -> AssetMetadata:
    """Return the metadata of an asset with the z step of its files, unless the table has one."""
    steps = {image.facts.z_step_um for image in images}
    if metadata.z_step_um is not None or len(steps) != 1:
        return metadata
    return replace(metadata, z_step_um=steps.pop())


def _metadata_of(table: AssetTable | None) -> dict[str, AssetMetadata]:
    if table is None:
        return {}
    return {as_file_name(name): known for name, known in table.metadata.items()}


def _write_further(table: AssetTable | None, assets: Collection[str], folder: Path) -> None:
    """Write the cells of the table's further columns beside each asset."""
    for name, rows in ({} if table is None else table.further).items():
        if table is not None and as_file_name(name) in assets:
            content = {"table": table.path.name, "rows": list(rows)}
            write_json(folder / as_file_name(name) / TABLE_FILE, content)


def _notes_on(table: AssetTable) -> Iterator[str]:
    for note in table.notes:
        yield f"{table.path.name}: {note}"
    if table.further_columns:
        names = ", ".join(table.further_columns)
        yield f"Further columns of the table, kept in {TABLE_FILE} of each asset: {names}"


def _write_asset(images: Sequence[SourceImage], folder: Path) -> None:
    contrast = measure_asset(images)
    for image in images:
        write_asset_image(image, contrast, folder / "Raw")
    write_contrast(images, contrast, folder / CONTRAST_FILE)
