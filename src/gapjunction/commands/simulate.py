"""`gapjunction simulate`: write a simulated dataset, images and true boxes, to a folder."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import Field, NonNegativeInt, PositiveInt

from gapjunction.config import StrictConfig
from gapjunction.dataset.writer import write_dataset
from gapjunction.files import require_new
from gapjunction.simulation.imaging_model import Kind
from gapjunction.simulation.simulated_dataset import (
    assemble_dataset,
    plan_fields,
    simulate_planned,
    write_field,
)
from gapjunction.terminal import tracked


class SimulateConfig(StrictConfig):
    """What to simulate, and where to write it."""

    out: Path = Field(
        description="New folder for the dataset; its name is the dataset's name",
        json_schema_extra={"positional": True},
    )
    kind: Kind = Field("rat", description="Tissue: rat, or human, which is harder")
    images: PositiveInt = Field(24, description="Number of images")
    size: int = Field(512, ge=64, description="Height and width of an image in pixels")
    seed: NonNegativeInt = Field(0, description="Same seed, same images")
    assets: PositiveInt = Field(6, description="Number of assets that share the images")


@dataclass(frozen=True, slots=True)
class SimulateResult:
    """What was written."""

    out: Path
    num_images: int
    num_plaques: int

    def __str__(self) -> str:
        return (
            f"{self.out}: {self.num_images} simulated images, {self.num_plaques} gap junctions\n"
            f"Next: gapjunction validate {self.out}"
        )


def run(config: SimulateConfig) -> SimulateResult:
    """Simulate a dataset and write it, whole or not at all.

    Raises:
        ConfigError: if the folder holds something already.
    """
    require_new(config.out, settings=("out",))
    plans = plan_fields(config.kind, config.images, config.assets)
    with TemporaryDirectory() as folder:
        images = {
            plan: write_field(
                simulate_planned(plan, config.seed, config.size), plan.stem, Path(folder)
            )
            for plan in tracked(plans, "Simulating", len(plans))
        }
        write_dataset(assemble_dataset(images, config.seed, config.out), config.out)
    num_plaques = sum(len(image.boxes) for image in images.values())
    return SimulateResult(config.out, len(images), num_plaques)
