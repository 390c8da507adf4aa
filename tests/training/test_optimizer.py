"""Tests for `gapjunction.training.optimizer`."""

import itertools

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from gapjunction.training.config import TrainingConfig
from gapjunction.training.optimizer import build_average, build_optimizer, build_schedule

CONFIG = TrainingConfig(max_epochs=10, warmup_epochs=1.0, learning_rate=0.1, weight_decay=0.5)
STEPS_PER_EPOCH = 8


def rates(config: TrainingConfig, steps_per_epoch: int = STEPS_PER_EPOCH) -> list[float]:
    """Return the learning rate before each step of a run, and after the last."""
    optimizer = build_optimizer(nn.Linear(2, 2), config)
    schedule = build_schedule(optimizer, config, steps_per_epoch)
    found = [float(schedule.get_last_lr()[0])]
    for _ in range(config.max_epochs * steps_per_epoch):
        optimizer.step()
        schedule.step()
        found.append(float(schedule.get_last_lr()[0]))
    return found


def only_value(average: AveragedModel, name: str) -> float:
    """Return a weight or statistic that holds a single value."""
    return float(average.module.state_dict()[name])


def test_build_optimizer__weights__decay_but_biases_and_gains_do_not() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    optimizer = build_optimizer(model, CONFIG)
    decay_of = {
        id(parameter): group["weight_decay"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    decays = {name: decay_of[id(parameter)] for name, parameter in model.named_parameters()}
    assert decays == {"0.weight": 0.5, "0.bias": 0.0, "1.weight": 0.0, "1.bias": 0.0}


def test_build_optimizer__frozen_weights__are_left_out() -> None:
    model = nn.Linear(2, 2)
    model.weight.requires_grad_(False)
    parameters = [
        p for group in build_optimizer(model, CONFIG).param_groups for p in group["params"]
    ]
    assert len(parameters) == 1
    assert parameters[0] is model.bias


def test_build_optimizer__all_decay__biases_and_gains_do_too() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    optimizer = build_optimizer(model, CONFIG.but(decays_all=True))
    (group,) = optimizer.param_groups
    assert group["weight_decay"] == 0.5
    assert len(group["params"]) == 4


def test_build_optimizer__backbone__learns_at_a_rate_of_its_own() -> None:
    inner = nn.ModuleDict({"backbone": nn.Linear(2, 2), "backbone_like": nn.Linear(2, 2)})
    model = nn.ModuleDict({"network": inner})
    config = CONFIG.but(backbone_rate_factor=0.1)
    optimizer = build_optimizer(model, config)
    rate_of = {
        id(parameter): group["lr"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    rates_found = {name: rate_of[id(parameter)] for name, parameter in model.named_parameters()}
    assert rates_found == pytest.approx(
        {
            "network.backbone.weight": 0.01,
            "network.backbone.bias": 0.01,
            "network.backbone_like.weight": 0.1,
            "network.backbone_like.bias": 0.1,
        }
    )


def test_build_schedule__step__drops_to_a_tenth_for_the_last_epochs() -> None:
    config = CONFIG.but(schedule="step", drop_at=0.7, warmup_epochs=0)
    found = rates(config)[:-1]
    assert found == pytest.approx([0.1] * 7 * STEPS_PER_EPOCH + [0.01] * 3 * STEPS_PER_EPOCH)


@pytest.mark.parametrize(("max_epochs", "last_share"), [(1, 1.0), (2, 0.1), (4, 0.1), (12, 0.1)])
def test_build_schedule__step_in_few_epochs__drops_for_the_last(
    max_epochs: int, last_share: float
) -> None:
    config = TrainingConfig(
        max_epochs=max_epochs, schedule="step", warmup_epochs=0, learning_rate=0.1
    )
    found = rates(config)[:-1]
    last = [0.1 * last_share] * STEPS_PER_EPOCH
    assert found == pytest.approx([0.1] * (max_epochs - 1) * STEPS_PER_EPOCH + last)


def test_build_schedule__warm_up__rises_evenly_to_the_highest_rate() -> None:
    found = rates(CONFIG)
    assert found[:8] == pytest.approx([0.1 * (step + 1) / 8 for step in range(8)])
    assert max(found) == pytest.approx(0.1)


def test_build_schedule__after_warm_up__falls_to_zero_without_rising() -> None:
    found = rates(CONFIG)[8:]
    assert all(later <= earlier for earlier, later in itertools.pairwise(found))
    assert found[len(found) // 2] == pytest.approx(0.05)
    assert found[-1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("steps_per_epoch", [1, 3])
@pytest.mark.parametrize("warmup_epochs", [0, 0.5, 1, 50])
def test_build_schedule__short_runs__stay_between_zero_and_the_highest_rate(
    warmup_epochs: float, steps_per_epoch: int
) -> None:
    config = TrainingConfig(max_epochs=1, warmup_epochs=warmup_epochs, learning_rate=0.1)
    found = rates(config, steps_per_epoch)
    assert all(0 <= rate <= 0.1 for rate in found)
    assert found[0] > 0


def test_build_average__model_that_changed__average_comes_closer_with_every_update() -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 0.0)
    average = build_average(model, decay=0.5)
    average.update_parameters(model)
    nn.init.constant_(model.weight, 1.0)
    values = []
    for _ in range(40):
        average.update_parameters(model)
        values.append(only_value(average, "weight"))
    assert all(0 < earlier <= later <= 1 for earlier, later in itertools.pairwise(values))
    assert values[-1] == pytest.approx(1, abs=1e-3)


def test_build_average__many_updates__follows_with_the_given_decay() -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 0.0)
    average = build_average(model, decay=0.5)
    for _ in range(30):
        average.update_parameters(model)
    nn.init.constant_(model.weight, 1.0)
    average.update_parameters(model)
    assert only_value(average, "weight") == pytest.approx(0.5)


def test_build_average__statistics_of_normalization__are_averaged_too() -> None:
    model = nn.BatchNorm1d(1, momentum=1.0)
    average = build_average(model, decay=0.5)
    model(torch.tensor([[4.0], [6.0]]))
    average.update_parameters(model)
    model(torch.tensor([[7.0], [9.0]]))
    average.update_parameters(model)
    assert 5 < only_value(average, "running_mean") < 8


def test_build_average__indices__are_copied_not_averaged() -> None:
    model = nn.Linear(1, 1)
    model.register_buffer("index", torch.tensor([7, 5_000, 529]), persistent=False)
    average = build_average(model, decay=0.9)
    for _ in range(50):
        average.update_parameters(model)
    assert dict(average.module.named_buffers())["index"].tolist() == [7, 5_000, 529]


def test_build_average__training_step__leaves_the_average_unmoved() -> None:
    model = nn.Linear(1, 1)
    average = build_average(model, decay=0.9)
    before = only_value(average, "weight")
    nn.init.constant_(model.weight, before + 1)
    assert only_value(average, "weight") == before
