"""Whether a GPU computes what the CPU does: part 1."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from bench.on_gpu.budget import Budget
from bench.on_gpu.networks import Scale, batch, built
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.model import Dino, to_imagenet_range

Outputs = dict[str, Tensor]


def measure_agreement(
    scale: Scale, device: torch.device, budget: Budget
) -> Iterator[dict[str, Any]]:
    """Yield the largest differences of each network's outputs from those of the CPU.

    Which tokens become queries is a choice of the largest numbers, in which rounding swaps
    neighbors; the decoder is therefore given the CPU's choice. tf32 is off.
    """
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    for name, config in scale.networks.items():
        if budget.is_spent:
            return
        expected, start = _on_cpu(config, scale.tile_px)
        for precision in ("fp32", "bf16"):
            found = _outputs(built(config, device).eval(), scale.tile_px, device, start, precision)
            differences = {
                key: float((found[key].float().cpu() - value).abs().max())
                for key, value in expected.items()
            }
            yield {"network": name, "precision": precision, **differences}


def _on_cpu(config: DinoConfig, side_px: int) -> tuple[Outputs, tuple[Tensor, Tensor]]:
    cpu = torch.device("cpu")
    model = built(config, cpu).eval()
    with torch.inference_mode():
        tokens, geometry = _encoded(model, side_px, cpu)
        selected = model.network.transformer.query_selection(tokens, geometry)
    start = selected.contents, selected.boxes_unsigmoid
    return _outputs(model, side_px, cpu, start, "fp32"), start


def _outputs(
    model: Dino, side_px: int, device: torch.device, start: tuple[Tensor, Tensor], precision: str
) -> Outputs:
    queries, boxes = (each.to(device) for each in start)
    is_bf16 = precision == "bf16"
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=is_bf16):
        tokens, geometry = _encoded(model, side_px, device)
        last = model.network.transformer.decoder(queries, boxes, None, tokens, geometry)[-1]
    return {"tokens": tokens, "logits": last.logits, "boxes": last.boxes_cxcywh_norm}


def _encoded(model: Dino, side_px: int, device: torch.device) -> tuple[Tensor, Any]:
    tiles, _ = batch(1, side_px, device)
    transformer = model.network.transformer
    maps = transformer.neck(model.network.backbone(to_imagenet_range(tiles)))
    encoded: tuple[Tensor, Any] = transformer.encoder(
        maps, torch.zeros_like(tiles[:, 0], dtype=torch.bool)
    )
    return encoded
