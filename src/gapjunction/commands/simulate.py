"""`gapjunction simulate`: write a simulated dataset, images and true boxes, to a folder."""

import logging
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, PositiveInt

from gapjunction.config import Seed, StrictConfig
from gapjunction.dataset.records import Dataset
from gapjunction.dataset.true_plaques import read_true_plaques
from gapjunction.dataset.writer import write_dataset
from gapjunction.errors import ConfigError
from gapjunction.files import require_new
from gapjunction.simulation.imaging_model import Kind
from gapjunction.simulation.simulated_dataset import (
    assemble_dataset,
    plan_fields,
    simulate_planned,
    write_field,
)
from gapjunction.simulation.stack.stack_dataset import (
    assemble_stacks,
    grid_of,
    plan_stacks,
    simulate_planned_stack,
    write_stack,
)
from gapjunction.temporary_folders import temporary_folder
from gapjunction.terminal import tracked
from gapjunction.text import counted

logger = logging.getLogger(__name__)

NUM_IMAGES = 24
MOST_NAMED = 3  # stacks
Z_STEP_UM = 0.5


class SimulateConfig(StrictConfig):
    """What to simulate, and where to write it."""

    out: Path = Field(
        description="New folder for the dataset; its name is the dataset's name",
        json_schema_extra={"positional": True},
    )
    kind: Kind = Field("rat", description="Tissue: rat, or human, which is harder")
    images: PositiveInt | None = Field(
        None, description=f"Number of images ({NUM_IMAGES}); not with --slices"
    )
    size: int = Field(512, ge=64, le=20_000, description="Height and width of an image in pixels")
    seed: Seed = Field(0, description="Same seed, same images")
    assets: PositiveInt = Field(
        6, description="Number of assets that share the images; with --slices, of stacks"
    )
    slices: int | None = Field(
        None,
        ge=2,
        le=1000,
        description="Slices of each stack; every asset is one then",
    )
    z_step_um: float | None = Field(
        None,
        gt=0,
        le=20,
        description=f"From one slice to the next in micrometers ({Z_STEP_UM}); with --slices only",
    )


@dataclass(frozen=True, slots=True)
class SimulateResult:
    """What was written.

    Attributes:
        num_boxes: in all images.
        num_plaques: in all stacks; None for single images, where each box is one.
    """

    out: Path
    num_images: int
    num_boxes: int
    num_plaques: int | None = None

    def __str__(self) -> str:
        found = counted(self.num_boxes, "gap junction")
        images = counted(self.num_images, "simulated image")
        if self.num_plaques is not None:
            images = counted(self.num_images, "simulated slice")
            boxes = counted(self.num_boxes, "box")
            found = f"{counted(self.num_plaques, 'gap junction')} in {boxes}"
        return f"{self.out}: {images}, {found}\nNext: gapjunction validate {self.out}"


def run(config: SimulateConfig) -> SimulateResult:
    """Simulate a dataset and write it, whole or not at all.

    Raises:
        ConfigError: if the folder holds something already, or options do not go together.
    """
    _require_fitting(config)
    require_new(config.out, settings=("out",))
    with temporary_folder() as folder:
        if config.slices is None:
            dataset, num_plaques = _fields(config, folder), None
        else:
            dataset = _stacks(config, config.slices, folder)
            num_plaques = _count_plaques(dataset)
            _tell_of_empty_stacks(dataset)
        write_dataset(dataset, config.out)
    images = list(dataset.images())
    num_boxes = sum(len(image.boxes) for image in images)
    return SimulateResult(config.out, len(images), num_boxes, num_plaques)


def _fields(config: SimulateConfig, folder: Path) -> Dataset:
    """Simulate single images."""
    plans = plan_fields(config.kind, config.images or NUM_IMAGES, config.assets)
    images = {
        plan: write_field(simulate_planned(plan, config.seed, config.size), plan.stem, folder)
        for plan in tracked(plans, "Simulating", len(plans))
    }
    return assemble_dataset(images, config.seed, config.out)


def _stacks(config: SimulateConfig, num_slices: int, folder: Path) -> Dataset:
    """Simulate stacks."""
    z_step_um = config.z_step_um or Z_STEP_UM
    grid = grid_of(config.kind, num_slices, config.size, z_step_um)
    plans = plan_stacks(config.kind, config.assets, num_slices, config.seed)
    assets = {
        plan: write_stack(simulate_planned_stack(plan, grid, config.seed), plan, z_step_um, folder)
        for plan in tracked(plans, "Simulating", len(plans))
    }
    return assemble_stacks(assets, config.out)


def _count_plaques(dataset: Dataset) -> int:
    paths = [asset.true_plaques_path for asset in dataset.assets]
    return sum(len(read_true_plaques(path)) for path in paths if path is not None)


def _tell_of_empty_stacks(dataset: Dataset) -> None:
    """Log the stacks in which there is no plaque, as small ones may have none."""
    empty = [
        asset.name
        for asset in dataset.assets
        if not any(len(image.boxes) for image in asset.images)
    ]
    if empty:
        logger.warning(
            "%d of %d stacks have no gap junction (%s%s); --size makes larger ones, --seed others",
            len(empty),
            len(dataset.assets),
            ", ".join(empty[:MOST_NAMED]),
            ", ..." if len(empty) > MOST_NAMED else "",
        )


def _require_fitting(config: SimulateConfig) -> None:
    """Refuse options that others make meaningless."""
    if config.slices is not None and config.images is not None:
        raise ConfigError(
            "images",
            expected="no number of images where slices are given",
            found=str(config.images),
            fix="say how many stacks by assets",
            settings=("images", "slices", "assets"),
        )
    if config.slices is None and config.z_step_um is not None:
        raise ConfigError(
            "z_step_um",
            expected="a z step only where slices are given",
            found=str(config.z_step_um),
            fix="give slices, too, or leave it out",
            settings=("z_step_um", "slices"),
        )
