"""Steps a second and memory of training, by precision and batch: part 2."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch

from bench.dino_speed import peer_loss
from bench.on_gpu.budget import Budget, median_seconds, peak_gib
from bench.on_gpu.networks import Scale, batch, built
from gapjunction.models.dino.config import DinoConfig
from gapjunction.shortage import is_out_of_memory

CARD_GIB = 24  # of an RTX 4090
GRADIENT_NORM = 0.1
GIB = 2**30


class Way(NamedTuple):
    """One way to compute a step."""

    precision: str
    is_compiled: bool = False
    recomputes: bool = False


WAYS = (
    Way("bf16"),
    Way("fp32"),
    Way("tf32"),
    Way("bf16", recomputes=True),
    Way("bf16", is_compiled=True),
)


def measure_training(
    scale: Scale, device: torch.device, budget: Budget
) -> Iterator[dict[str, Any]]:
    """Yield seconds and memory of a step, from one tile to as many as fit in the card's memory."""
    with _memory_of_card(device):
        for way in WAYS:
            for name, config in scale.networks.items():
                own = config.but(recomputes_activations=way.recomputes)
                for size in scale.batch_sizes:
                    if budget.is_spent:
                        return
                    row = {"network": name, **way._asdict(), "batch": size}
                    measured = _measured(own, way, size, scale, device)
                    yield row | measured
                    if "out_of_memory" in measured:
                        break
        yield _peer(scale, device)


def _measured(
    config: DinoConfig, way: Way, size: int, scale: Scale, device: torch.device
) -> dict[str, Any]:
    try:
        step = _step(config, way, size, scale.tile_px, device)
        peak = peak_gib(step, device)
        seconds = median_seconds(step, device, scale.num_turns)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        return {"out_of_memory": True}
    return {"step_s": seconds, "tiles_per_s": size / seconds, "peak_gib": peak}


def _step(
    config: DinoConfig, way: Way, size: int, side_px: int, device: torch.device
) -> Callable[[], None]:
    model = built(config, device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    tiles, annotations = batch(size, side_px, device)
    if way.is_compiled:  # the parts without data-dependent shapes
        model.network.backbone.compile()
        model.network.transformer.encoder.compile()
    is_bf16, is_tf32 = way.precision == "bf16", way.precision == "tf32"

    def step() -> None:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = is_tf32
        with torch.autocast(device.type, torch.bfloat16, enabled=is_bf16):
            losses = model(tiles, annotations, float(sum(map(len, annotations_boxes))))
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM)
        optimizer.step()
        optimizer.zero_grad()

    annotations_boxes = [each.boxes for each in annotations]
    return step


def _peer(scale: Scale, device: torch.device) -> dict[str, Any]:
    """Time two-stage Deformable DETR of transformers, of the size of R50 and in its precision."""
    tiles, annotations = batch(1, scale.tile_px, device)
    loss = peer_loss(tiles, annotations, scale.networks["R50"])

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16):
            value = loss()
        value.backward()  # type: ignore[no-untyped-call]

    seconds = median_seconds(step, device, scale.num_turns)
    return {
        "network": "Deformable DETR (transformers), forward and backward",
        "precision": "bf16",
        "batch": 1,
        "step_s": seconds,
    }


@contextmanager
def _memory_of_card(device: torch.device) -> Iterator[None]:
    """Let torch have no more memory than a common card has."""
    if device.type != "cuda":
        yield
        return
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, CARD_GIB * GIB / total), device)
    try:
        yield
    finally:
        torch.cuda.empty_cache()
        torch.cuda.set_per_process_memory_fraction(1.0, device)
