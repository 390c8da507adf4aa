"""From maps to detections: peaks of the heat map and the boxes around them."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gapjunction.boxes import non_max_suppression
from gapjunction.detections import Detections
from gapjunction.models.centernet.network import OUTPUT_STRIDE

DOUBLE_IOU = 0.6  # two peaks of one class whose boxes overlap more are one object


def decode_maps(heat_logits: Tensor, sides: Tensor, min_score: float) -> list[Detections]:
    """Return the detections of each tile, best first, in tile pixels; their number has no cap.

    `heat_logits` is (B, num_classes, H, W), `sides` (B, 4, H, W) in px. A peak is a cell that no
    neighbor of its 3 x 3 surroundings exceeds.
    """
    heat = heat_logits.float().sigmoid()
    is_peak = (functional.max_pool2d(heat, 3, stride=1, padding=1) == heat) & (heat >= min_score)
    # numpy finds the few peaks among many cells in a tenth of the time that torch takes.
    places = np.unravel_index(np.flatnonzero(is_peak.cpu().numpy()), is_peak.shape)
    tile, label, row, column = (torch.from_numpy(each).to(heat.device) for each in places)
    x, y = (column + 0.5) * OUTPUT_STRIDE, (row + 0.5) * OUTPUT_STRIDE
    left, top, right, bottom = sides.float()[tile, :, row, column].unbind(1)
    boxes = torch.stack([x - left, y - top, x + right, y + bottom], dim=1).cpu().numpy()
    scores = heat[tile, label, row, column].cpu().numpy()
    labels, tiles = label.cpu().numpy(), tile.cpu().numpy()
    found = []
    for index in range(len(heat)):
        own = tiles == index
        kept = non_max_suppression(boxes[own], scores[own], labels[own], DOUBLE_IOU)
        found.append(Detections(boxes[own][kept], scores[own][kept], labels[own][kept]))
    return found
