"""Optimiser, learning rate over time, and the running average of the weights."""

import math

from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from gapjunction.training.config import TrainingConfig

WARMUP_UPDATES = 10  # the average follows the weights closely at first


def build_optimizer(model: nn.Module, config: TrainingConfig) -> AdamW:
    """Return AdamW; weights decay, biases and the gains of normalisation layers do not."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=config.learning_rate)


def build_schedule(optimizer: AdamW, config: TrainingConfig, steps_per_epoch: int) -> LambdaLR:
    """Return a linear warm-up followed by a half cosine down to zero, stepped once a step."""
    warmup_steps = max(1, round(config.warmup_epochs * steps_per_epoch))
    total_steps = max(config.max_epochs * steps_per_epoch, warmup_steps + 1)

    def factor(step: int) -> float:
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        progress = min((step - warmup_steps) / (total_steps - warmup_steps), 1.0)
        return 0.5 * (1 + math.cos(math.pi * progress))

    return LambdaLR(optimizer, factor)


def build_average(model: nn.Module, decay: float) -> AveragedModel:
    """Return a copy of `model` that follows it as an exponential moving average."""

    def follow(average: Tensor, current: Tensor, num_updates: Tensor | int) -> Tensor:
        updates = float(num_updates)
        kept = min(decay, (1 + updates) / (WARMUP_UPDATES + updates))
        return kept * average + (1 - kept) * current

    return AveragedModel(model, avg_fn=follow, use_buffers=True)
