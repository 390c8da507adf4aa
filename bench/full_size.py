"""Time a training step and a prediction of a preset's network, and measure their memory.

Run it with `python -m bench.full_size high_quality`, or another preset. Weights are random:
time and memory do not depend on them.
"""

import json
import sys
import time
from typing import get_args

import torch

from bench.peak_memory import read_peak_kb
from gapjunction.choices import PresetName
from gapjunction.models.detector import Annotations, Detector
from gapjunction.presets import PRESETS

TILE_PX = 512
IMAGE_PX = (800, 1200)
NUM_OBJECTS = 15
KB_PER_GB = 1e6


def main(name: str) -> None:
    """Print the measurements as JSON; memory is the most this process has used so far."""
    (preset_name,) = (each for each in get_args(PresetName) if each == name)
    torch.manual_seed(0)
    model = PRESETS[preset_name].network.build(num_classes=1)
    step_s = _seconds_of_step(model)
    step_gb = _peak_gb()
    started = time.perf_counter()
    model.eval().detect(torch.rand(1, 3, *IMAGE_PX), min_score=0.5)
    measured = {
        "preset": name,
        "parameters": sum(each.numel() for each in model.parameters()),
        f"step_{TILE_PX}x{TILE_PX}_s": round(step_s, 1),
        "step_peak_gb": round(step_gb, 1),
        f"predict_{IMAGE_PX[0]}x{IMAGE_PX[1]}_s": round(time.perf_counter() - started, 1),
        "peak_gb": round(_peak_gb(), 1),
        "threads": torch.get_num_threads(),
    }
    sys.stdout.write(json.dumps(measured) + "\n")


def _seconds_of_step(model: Detector) -> float:
    corners = torch.rand(NUM_OBJECTS, 2) * (TILE_PX - 60)
    boxes = torch.cat([corners, corners + 10 + 50 * torch.rand(NUM_OBJECTS, 2)], dim=1)
    annotations = [Annotations(boxes, torch.zeros(NUM_OBJECTS, dtype=torch.int64))]
    tile = torch.rand(1, 3, TILE_PX, TILE_PX)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    started = time.perf_counter()
    losses = model(tile, annotations, float(NUM_OBJECTS))
    torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    return time.perf_counter() - started


def _peak_gb() -> float:
    return read_peak_kb() / KB_PER_GB


if __name__ == "__main__":
    main(sys.argv[1])
