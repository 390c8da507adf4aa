"""From the last layer's predictions to detections."""

import torch
from torch import Tensor

from gapjunction.detections import Detections
from gapjunction.models.dino.box_tensors import to_xyxy
from gapjunction.models.dino.outputs import LayerOutput


def rank_predictions(output: LayerOutput, num_select: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the `num_select` highest scores of all queries and classes of each image, best first.

    These are scores (B, N), labels (B, N) and boxes_xyxy_norm (B, N, 4). A query comes once for
    each of its classes that is among the best. N is less than `num_select` if there are no more.
    """
    scores = output.logits.float().sigmoid()
    num_classes = scores.shape[2]
    best, index = scores.flatten(1).topk(min(num_select, scores[0].numel()), dim=1)
    query = torch.div(index, num_classes, rounding_mode="floor")
    boxes = to_xyxy(output.boxes_cxcywh_norm.float())
    chosen = boxes.gather(1, query[..., None].expand(-1, -1, 4))
    return best, index % num_classes, chosen


def to_detections(
    output: LayerOutput, num_select: int, min_score: float, height: int, width: int
) -> list[Detections]:
    """Return the detections of each tile of `height` x `width` px, best first.

    Boxes are cut at the tile's border.
    """
    scores, labels, boxes_xyxy_norm = rank_predictions(output, num_select)
    sides = boxes_xyxy_norm.new_tensor([width, height, width, height])
    boxes = boxes_xyxy_norm.clamp(0, 1) * sides
    arrays = zip(boxes.cpu().numpy(), scores.cpu().numpy(), labels.cpu().numpy(), strict=True)
    return [Detections(*each).scored_at_least(min_score) for each in arrays]
