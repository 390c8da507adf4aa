"""Predictions, matchings and losses of DINO recorded from the official code."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from gapjunction.models.dino.assignment import QueryAssignment
from gapjunction.models.dino.denoising import DenoisingQueries
from gapjunction.models.dino.outputs import DinoOutput, LayerOutput
from gapjunction.models.dino.targets import Target

FOLDER = Path(__file__).parent / "models" / "dino" / "golden" / "losses"
CASES = ("train_4_1_0", "train_all_empty", "tiny4", "tiny5", "d256")


@dataclass(frozen=True)
class LossCase:
    """One recorded case.

    Attributes:
        predictions: by name; the tensors in `output` are these, and they want gradients.
        gradients: recorded, of the sum of all losses, by the name of the prediction.
        losses: recorded, weighted, by the official names.
        recorded: everything in the file.
    """

    output: DinoOutput
    targets: list[Target]
    denoising: DenoisingQueries | None
    num_objects: float
    losses: dict[str, float]
    predictions: dict[str, Tensor]
    gradients: dict[str, Tensor]
    recorded: dict[str, Tensor]


def load_case(name: str) -> LossCase:
    recorded = load_file(FOLDER / f"{name}.safetensors")
    facts = json.loads((FOLDER / "losses.json").read_text(encoding="utf-8"))[name]
    predictions = {
        key: value.requires_grad_()
        for key, value in recorded.items()
        if key.startswith(("layers", "encoder", "denoising"))
    }
    gradients = {
        key.removeprefix("grad."): value
        for key, value in recorded.items()
        if key.startswith("grad.")
    }
    targets: list[Target] = []
    while f"targets.{len(targets)}.labels" in recorded:
        prefix = f"targets.{len(targets)}"
        targets.append(Target(recorded[f"{prefix}.boxes"], recorded[f"{prefix}.labels"]))
    denoising_layers = _layers(predictions, "denoising")
    output = DinoOutput(
        layers=_layers(predictions, "layers"),
        encoder_selection=_layer(predictions, "encoder"),
        denoising_layers=denoising_layers or None,
    )
    return LossCase(
        output=output,
        targets=targets,
        denoising=known_assignment(targets, facts["num_groups"]) if denoising_layers else None,
        num_objects=facts["num_objects"],
        losses=facts["losses"],
        predictions=predictions,
        gradients=gradients,
        recorded=recorded,
    )


def known_assignment(targets: list[Target], num_groups: int) -> DenoisingQueries:
    """Return denoising queries of which only the assignment means anything."""
    most = max(len(target) for target in targets)
    earlier = list(itertools.accumulate(map(len, targets), initial=0))
    pairs = [
        (image, group * 2 * most + place, earlier[image] + place)
        for image, target in enumerate(targets)
        for group in range(num_groups)
        for place in range(len(target))
    ]
    assignment = QueryAssignment(*torch.tensor(pairs, dtype=torch.int64).reshape(-1, 3).T)
    nothing = torch.zeros(0)
    return DenoisingQueries(nothing, nothing, nothing, assignment, num_groups)


def _layers(predictions: dict[str, Tensor], name: str) -> tuple[LayerOutput, ...]:
    count = sum(key.startswith(name) and key.endswith("logits") for key in predictions)
    return tuple(_layer(predictions, f"{name}.{index}") for index in range(count))


def _layer(predictions: dict[str, Tensor], name: str) -> LayerOutput:
    return LayerOutput(predictions[f"{name}.logits"], predictions[f"{name}.boxes"])
