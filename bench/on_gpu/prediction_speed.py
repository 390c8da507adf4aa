"""Tiles a second in prediction, and images of the compact detector: parts 2 and 3."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from bench.on_gpu.budget import Budget, median_seconds
from bench.on_gpu.networks import Scale, batch, built
from gapjunction.errors import GapJunctionError
from gapjunction.models.dino.model import Dino
from gapjunction.prediction.model import Model

IMAGE_PX = 1024
MIN_SCORE = 0.5


def measure_prediction(
    scale: Scale, device: torch.device, budget: Budget
) -> Iterator[dict[str, Any]]:
    """Yield tiles a second of the DINO networks, with and without bfloat16."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    for name, config in scale.networks.items():
        model = built(config, device).eval()
        for precision in ("bf16", "tf32"):
            for size in scale.batch_sizes:
                if budget.is_spent:
                    return
                tiles, _ = batch(size, scale.tile_px, device)

                detect = partial(_detect, model, tiles, is_bf16=precision == "bf16")
                seconds = median_seconds(detect, device, scale.num_turns)
                row = {"network": name, "precision": precision, "batch": size}
                yield row | {"tiles_per_s": size / seconds}


def _detect(model: Dino, tiles: torch.Tensor, *, is_bf16: bool) -> None:
    with torch.autocast(tiles.device.type, torch.bfloat16, enabled=is_bf16):
        model.detect(tiles, MIN_SCORE)


def measure_compact(scale: Scale, device: torch.device) -> Iterator[dict[str, Any]]:
    """Yield images a second of the shipped compact detector, here and in ONNX Runtime.

    `find` is timed: intensities, network, boxes and counts, of an image in memory.
    """
    rng = np.random.default_rng(0)
    image = rng.poisson(20, (1, IMAGE_PX, IMAGE_PX)).astype(np.uint8)
    models = {f"torch, {device.type}": Model.load(device=device)}
    try:
        models["ONNX Runtime, cpu"] = Model.load(backend="onnx")
    except GapJunctionError as error:  # which is not installed everywhere
        yield {"network": "medium_quality", "backend": "ONNX Runtime, cpu", "left_out": str(error)}
    for backend, model in models.items():
        seconds = median_seconds(partial(model.find, image), device, scale.num_turns)
        yield {"network": "medium_quality", "backend": backend, "images_per_s": 1 / seconds}
