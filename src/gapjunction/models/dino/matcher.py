"""Give each object the query that finds it best: Hungarian matching (Carion et al. 2020)."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.profiler import record_function

from gapjunction.models.dino.assignment import QueryAssignment
from gapjunction.models.dino.box_tensors import generalized_iou, to_xyxy
from gapjunction.models.dino.outputs import LayerOutput
from gapjunction.models.dino.targets import Target

# Weights of the three costs, and the focal loss (Lin et al. 2017) in the first.
CLASS_COST, L1_COST, GIOU_COST = 2.0, 5.0, 2.0
FOCAL_ALPHA, FOCAL_GAMMA = 0.25, 2.0
LOG_MARGIN = 1e-8

MATCHING = "Hungarian matching"  # in what torch's profiler writes


@torch.no_grad()
@record_function(MATCHING)
def match(layer: LayerOutput, targets: Sequence[Target]) -> QueryAssignment:
    """Return the assignment of queries to objects with the least total cost in each image.

    Every object gets one query, as long as there are queries.

    Raises:
        FloatingPointError: if a prediction for an image with objects is not a finite number.
    """
    cost = matching_cost(layer, targets).cpu().numpy()
    images, queries, objects = [], [], []
    num_earlier = 0
    for image, target in enumerate(targets):
        rows, columns = _solve(cost[image, :, : len(target)])
        images.append(np.full_like(rows, image))
        queries.append(rows)
        objects.append(columns + num_earlier)
        num_earlier += len(target)
    pairs = np.stack([np.concatenate(part) for part in (images, queries, objects)])
    return QueryAssignment(*torch.from_numpy(pairs).to(layer.logits.device))


def matching_cost(layer: LayerOutput, targets: Sequence[Target]) -> Tensor:
    """Return what it costs that a query answers for an object: (B, Q, most objects of an image).

    Columns beyond an image's own objects mean nothing.
    """
    scores = layer.logits.float().sigmoid()
    boxes = layer.boxes_cxcywh_norm.float()
    labels = pad_sequence([target.labels for target in targets], batch_first=True)
    wanted = pad_sequence([target.boxes_cxcywh_norm for target in targets], batch_first=True)
    score_for_object = scores.gather(2, labels[:, None].expand(-1, scores.shape[1], -1))
    giou = generalized_iou(to_xyxy(boxes)[:, :, None], to_xyxy(wanted)[:, None])
    return (
        CLASS_COST * _class_cost(score_for_object)
        + L1_COST * torch.cdist(boxes, wanted, p=1)
        - GIOU_COST * giou
    )


def _class_cost(scores: Tensor) -> Tensor:
    """Return the focal loss of a score if there is an object, less that if there is none."""
    if_object = FOCAL_ALPHA * (1 - scores) ** FOCAL_GAMMA * -(scores + LOG_MARGIN).log()
    if_none = (1 - FOCAL_ALPHA) * scores**FOCAL_GAMMA * -(1 - scores + LOG_MARGIN).log()
    return if_object - if_none


def _solve(cost: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not np.isfinite(cost).all():
        bad = int((~np.isfinite(cost).all(axis=1)).sum())
        raise FloatingPointError(
            f"{bad} of {len(cost)} queries with a score or a box that is not a finite number"
        )
    rows, columns = linear_sum_assignment(cost)
    return rows.astype(np.int64), columns.astype(np.int64)
