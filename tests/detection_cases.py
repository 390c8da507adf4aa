"""Random crowded images with annotations and detections, of which no two have one score."""

import numpy as np

from gapjunction.boxes import as_boxes
from gapjunction.detections import Detections

IMAGE_SIDE = 20  # crowded, so that detections have annotations to choose from


def boxes_with_scores(*rows: tuple[float, ...]) -> Detections:
    """Return detections of class 0 from rows (x0, y0, x1, y1) or (x0, y0, x1, y1, score)."""
    boxes = as_boxes([row[:4] for row in rows])
    scores = np.array([row[4] if len(row) > 4 else 1.0 for row in rows], np.float32)
    return Detections(boxes, scores, np.zeros(len(rows), np.int64))


def random_image(rng: np.random.Generator, num_classes: int = 1) -> tuple[Detections, Detections]:
    """Return annotations and detections: some moved, some of another class, some invented."""
    num_truth, num_invented = int(rng.integers(0, 15)), int(rng.integers(0, 4))
    truth = _random_boxes(rng, num_truth)
    moved = truth + rng.normal(0, 0.8, truth.shape)
    found = np.concatenate([moved[rng.random(num_truth) < 0.9], _random_boxes(rng, num_invented)])
    found[:, 2:] = np.maximum(found[:, 2:], found[:, :2] + 0.5)
    return _detections(rng, truth, num_classes), _detections(rng, found, num_classes)


def random_images(
    seed: int, num_images: int, num_classes: int = 1
) -> tuple[list[Detections], list[Detections]]:
    """Return annotations and detections of several images."""
    rng = np.random.default_rng(seed)
    pairs = [random_image(rng, num_classes) for _ in range(num_images)]
    return [truth for truth, _ in pairs], [found for _, found in pairs]


def _random_boxes(rng: np.random.Generator, number: int) -> np.ndarray:
    corner = rng.uniform(0, IMAGE_SIDE, (number, 2))
    return np.hstack([corner, corner + rng.uniform(3, 20, (number, 2))])


def _detections(rng: np.random.Generator, boxes: np.ndarray, num_classes: int) -> Detections:
    labels = rng.integers(0, num_classes, len(boxes))
    scores = rng.random(len(boxes)).astype(np.float32)
    return Detections(as_boxes(boxes), scores, labels)
