"""Which operations a training step of DINO spends its time in: part 2."""

from collections.abc import Iterator
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from bench.on_gpu.budget import synchronize
from bench.on_gpu.networks import Scale, batch, built
from gapjunction.models.dino.matcher import MATCHING

NUM_OPERATIONS = 15
NUM_STEPS = 3
LONGEST_NAME = 80
US_PER_MS = 1000


def measure_where(scale: Scale, device: torch.device) -> Iterator[dict[str, Any]]:
    """Yield the operations of R50 with the most time of their own, and the matcher's time."""
    model = built(scale.networks["R50"], device).train()
    tiles, annotations = batch(scale.batch_sizes[-1] // 2, scale.tile_px, device)

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16):
            losses = model(tiles, annotations, 1.0)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]

    step()
    activities = [ProfilerActivity.CPU]
    if device.type == "cuda":
        activities.append(ProfilerActivity.CUDA)
    with profile(activities=activities) as profiled:
        for _ in range(NUM_STEPS):
            step()
        synchronize(device)
    averages = profiled.key_averages()
    # On the host, while the GPU that it waits for has nothing to do.
    yield from (_row(each, each.cpu_time_total) for each in averages if each.key == MATCHING)
    key = "self_device_time_total" if device.type == "cuda" else "self_cpu_time_total"
    longest = sorted(averages, key=lambda each: -getattr(each, key))[:NUM_OPERATIONS]
    yield from (_row(each, getattr(each, key)) for each in longest)


def _row(average: Any, spent_us: float) -> dict[str, Any]:
    return {
        "operation": average.key[:LONGEST_NAME],
        "ms_per_step": spent_us / US_PER_MS / NUM_STEPS,
        "calls_per_step": average.count / NUM_STEPS,
    }
