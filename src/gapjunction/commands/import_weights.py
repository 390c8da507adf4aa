"""`gapjunction import-weights`: from published weights of DINO to a checkpoint of ours."""

from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import Field, field_validator

from gapjunction.config import Seed, StrictConfig
from gapjunction.dataset.formats.marked_images import with_colors
from gapjunction.files import require_new
from gapjunction.models.checkpoint import DetectorConfig, save_checkpoint
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.model import Dino
from gapjunction.models.dino.published_file import read_published
from gapjunction.models.transfer import transfer_weights

BACKBONE_NAMES = {"resnet": "ResNet", "swin": "Swin transformer"}


class ImportWeightsConfig(StrictConfig):
    """Settings of an import."""

    file: Path = Field(
        description="Checkpoint of DINO-R50 or DINO-SwinL, of 4 or 5 scales, from the official "
        "code or MMDetection.",
        json_schema_extra={"positional": True},
    )
    output: Path = Field(description="Run folder to write.")
    class_names: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="Classes to find from now on; without it, those of the file, by number.",
    )
    seed: Seed = Field(0, description="Draws the weights that the file cannot give.")

    @field_validator("class_names")
    @classmethod
    def _are_different(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if names is not None and len(set(names)) < len(names):
            raise ValueError("names that differ")
        return names


@dataclass(frozen=True, slots=True)
class ImportWeightsResult:
    """What an import took over.

    Attributes:
        num_weights: numbers taken over.
        left_out: names of the weights that were not, as they belong to other classes.
    """

    run_folder: Path
    version: str
    network: str
    num_weights: int
    num_file_classes: int
    left_out: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"Imported {self.num_weights:,} weights of {self.network}"]
        if self.left_out:
            lines.append(
                f"Left out, as the file knows {self.num_file_classes} classes: "
                f"{', '.join(self.left_out)}; drawn at random, to be trained"
            )
        return "\n".join([*lines, f"Model {self.version} in {self.run_folder}"])


def run(config: ImportWeightsConfig) -> ImportWeightsResult:
    """Write the weights in a published file as a checkpoint.

    Raises:
        CheckpointError: if the file cannot be used, naming the weight that is wrong.
        ConfigError: if the output is not a new folder.
    """
    require_new(config.output)
    published = read_published(config.file)
    names = config.class_names or _numbered_classes(published.num_classes)
    torch.manual_seed(config.seed)
    detector = Dino(published.config, len(names))
    left_out = transfer_weights(published.weights, detector.network)
    detector_config = DetectorConfig(
        class_names=names,
        class_colors=tuple(with_colors(dict.fromkeys(names, "")).values()),
        network=published.config,
    )
    kept = (value for name, value in published.weights.items() if name not in left_out)
    return ImportWeightsResult(
        run_folder=config.output,
        version=save_checkpoint(detector, detector_config, config.output),
        network=_described(published.config),
        num_weights=sum(value.numel() for value in kept),
        num_file_classes=published.num_classes,
        left_out=tuple(left_out),
    )


def _numbered_classes(count: int) -> tuple[str, ...]:
    return tuple(f"class_{index}" for index in range(count))


def _described(network: DinoConfig) -> str:
    return f"DINO with a {BACKBONE_NAMES[network.backbone.kind]} and {network.num_levels} scales"
