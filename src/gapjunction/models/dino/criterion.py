"""How far all predictions are from the objects: the losses of DINO (Zhang et al. 2022).

Every layer learns on its own from the queries that the matcher assigned to objects; the denoising
queries know their objects from the start.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from gapjunction.models.dino.assignment import QueryAssignment
from gapjunction.models.dino.box_tensors import generalized_iou, to_xyxy
from gapjunction.models.dino.denoising import DenoisingQueries
from gapjunction.models.dino.matcher import match
from gapjunction.models.dino.outputs import DinoOutput, LayerOutput
from gapjunction.models.dino.targets import Target

CLASS_WEIGHT, L1_WEIGHT, GIOU_WEIGHT = 1.0, 5.0, 2.0  # what each kind of loss counts for
FOCAL_ALPHA, FOCAL_GAMMA = 0.25, 2.0  # Lin et al. 2017


def dino_losses(
    output: DinoOutput,
    targets: Sequence[Target],
    denoising: DenoisingQueries | None,
    num_objects: float,
) -> dict[str, Tensor]:
    """Return all losses, weighted, under the names of the official code.

    These are "loss_ce", "loss_bbox" and "loss_giou" for the last decoder layer, with "_0", "_1",
    ... for the layers before it, "_interm" for the encoder's selection, and "_dn", "_dn_0", ...
    for the denoising queries. Each is a sum over the batch divided by `num_objects` (see
    `Detector`) or 1, whichever is more.
    """
    normalizer = max(num_objects, 1.0)
    suffixes = [*(f"_{index}" for index in range(len(output.layers) - 1)), ""]
    matched = dict(zip(suffixes, output.layers, strict=True))
    matched["_interm"] = output.encoder_selection
    losses: dict[str, Tensor] = {}
    for suffix, layer in matched.items():
        found = _layer_losses(layer, targets, match(layer, targets))
        losses |= {f"{name}{suffix}": loss / normalizer for name, loss in found.items()}
    if denoising is not None and output.denoising_layers is not None:
        normalizer *= denoising.num_groups
        for suffix, layer in zip(suffixes, output.denoising_layers, strict=True):
            found = _layer_losses(layer, targets, denoising.assignment)
            losses |= {f"{name}_dn{suffix}": loss / normalizer for name, loss in found.items()}
    return losses


def focal_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the sum of the focal loss (Lin et al. 2017, eq. 5) over all logits.

    `truth` has the shape of `logits` and is 1 where there is an object of the class, else 0.
    """
    scores = logits.sigmoid()
    cross_entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    error = torch.where(truth == 1, 1 - scores, scores)
    balance = torch.where(truth == 1, FOCAL_ALPHA, 1 - FOCAL_ALPHA)
    return (balance * error**FOCAL_GAMMA * cross_entropy).sum()


def _layer_losses(
    layer: LayerOutput, targets: Sequence[Target], assignment: QueryAssignment
) -> dict[str, Tensor]:
    """Return the three weighted losses of one layer, each summed over the batch."""
    labels = torch.cat([target.labels for target in targets])[assignment.objects]
    wanted = torch.cat([target.boxes_cxcywh_norm for target in targets])[assignment.objects]
    logits = layer.logits.float()
    truth = torch.zeros_like(logits)
    truth[assignment.images, assignment.queries, labels] = 1
    found = layer.boxes_cxcywh_norm.float()[assignment.images, assignment.queries]
    giou = generalized_iou(to_xyxy(found), to_xyxy(wanted))
    return {
        "loss_ce": CLASS_WEIGHT * focal_loss(logits, truth),
        "loss_bbox": L1_WEIGHT * (found - wanted).abs().sum(),
        "loss_giou": GIOU_WEIGHT * (1 - giou).sum(),
    }
