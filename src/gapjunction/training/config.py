"""The settings of a training run."""

from typing import Literal

from pydantic import Field

from gapjunction.choices import TrainingPrecision
from gapjunction.config import StrictConfig
from gapjunction.samples.augmentation import AugmentationConfig


class TrainingConfig(StrictConfig):
    """How a detector is fitted.

    Attributes:
        max_epochs: epochs at most; the learning rate falls over them.
        schedule_epochs: epochs over which it falls, where these are not `max_epochs`.
        tiles_per_epoch: tiles drawn in one epoch, whatever the number of images.
        tile_size: side in px of a training tile; a multiple of 32.
        batch_size: tiles in one step, in each process.
        learning_rate: its highest value, reached after `warmup_epochs`.
        backbone_rate_factor: the learning rate of a module called `backbone`, as a share of it.
        schedule: "cosine" lets the rate fall to zero; "step" to a tenth, after `drop_at`.
        drop_at: share of the epochs of the schedule.
        decays_all: biases and the gains of normalization layers decay as weights do.
        average_decay: share of the old value in each update of the averaged weights; 0 takes
            them as they are.
        patience: epochs without a better validation after which training stops.
        max_gradient_norm: longer gradients are shortened to it.
        num_workers: processes that prepare tiles; 0 prepares them in the main process.
        precision: "bf16" or "fp16" on devices that are faster with it.
    """

    max_epochs: int = Field(default=14, ge=1)
    schedule_epochs: int | None = Field(default=None, ge=1)
    tiles_per_epoch: int = Field(default=192, ge=1)
    tile_size: int = Field(default=256, ge=32, multiple_of=32)
    batch_size: int = Field(default=8, ge=1)
    learning_rate: float = Field(default=2e-3, gt=0)
    backbone_rate_factor: float = Field(default=1.0, gt=0)
    schedule: Literal["cosine", "step"] = "cosine"
    drop_at: float = Field(default=11 / 12, gt=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    decays_all: bool = False
    warmup_epochs: float = Field(default=1.0, ge=0)
    average_decay: float = Field(default=0.99, ge=0, lt=1)
    patience: int = Field(default=8, ge=1)
    max_gradient_norm: float = Field(default=10.0, gt=0)
    num_workers: int = Field(default=0, ge=0)
    precision: TrainingPrecision = "no"
    seed: int = Field(default=0, ge=0)
    augmentation: AugmentationConfig = AugmentationConfig()
