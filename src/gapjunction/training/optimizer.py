"""Optimizer, learning rate over time, and the running average of the weights."""

import math

from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from gapjunction.training.config import TrainingConfig

BACKBONE = "backbone"
DROP = 0.1  # of the learning rate, in the "step" schedule
WARMUP_UPDATES = 10  # the average follows the weights closely at first


def build_optimizer(model: nn.Module, config: TrainingConfig) -> AdamW:
    """Return AdamW with a group of parameters for each learning rate and weight decay.

    Biases and the gains of normalization layers do not decay, unless `decays_all`. Everything in
    a module called `backbone` has a rate of its own.
    """
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        is_in_backbone = BACKBONE in name.split(".")
        factor = config.backbone_rate_factor if is_in_backbone else 1.0
        decay = config.weight_decay if parameter.ndim > 1 or config.decays_all else 0.0
        groups.setdefault((config.learning_rate * factor, decay), []).append(parameter)
    return AdamW(
        {"params": parameters, "lr": rate, "weight_decay": decay}
        for (rate, decay), parameters in groups.items()
    )


def build_schedule(optimizer: AdamW, config: TrainingConfig, steps_per_epoch: int) -> LambdaLR:
    """Return a linear warm-up followed by the schedule of `config`, stepped once a step."""
    num_epochs = config.schedule_epochs or config.max_epochs
    warmup_steps = max(1, round(config.warmup_epochs * steps_per_epoch))
    total_steps = max(num_epochs * steps_per_epoch, warmup_steps + 1)
    # Short runs too end with an epoch at the lower rate.
    drop_epoch = min(round(config.drop_at * num_epochs), max(num_epochs - 1, 1))
    drop_step = drop_epoch * steps_per_epoch

    def factor(step: int) -> float:
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        if config.schedule == "step":
            return 1.0 if step < drop_step else DROP
        progress = min((step - warmup_steps) / (total_steps - warmup_steps), 1.0)
        return 0.5 * (1 + math.cos(math.pi * progress))

    return LambdaLR(optimizer, factor)


def build_average(model: nn.Module, decay: float) -> AveragedModel:
    """Return a copy of `model` that follows it as an exponential moving average.

    Whole numbers, such as indices, are copied.
    """

    def follow(average: Tensor, current: Tensor, num_updates: Tensor | int) -> Tensor:
        if not average.is_floating_point():
            return current
        updates = float(num_updates)
        kept = min(decay, (1 + updates) / (WARMUP_UPDATES + updates))
        return kept * average + (1 - kept) * current

    return AveragedModel(model, avg_fn=follow, use_buffers=True)
