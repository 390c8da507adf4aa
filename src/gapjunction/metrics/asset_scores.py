"""Scores of detections by asset, and their mean over assets, so that none decides alone.

F1 and count error mean little where there is next to nothing to find: one false box in an empty
asset is an F1 of 0, and one in an asset with two boxes an error of 50 %. Assets are therefore
joined, those with the fewest boxes first, until each group has `FEW_BOXES` or more. The false
boxes of an empty asset then count as what they are, some boxes too many, in the group it is in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gapjunction.detections import Detections
from gapjunction.metrics.detection_metrics import score_detections

FEW_BOXES = 10


@dataclass(frozen=True, slots=True)
class AssetScore:
    """What was found in one asset, beside what is annotated there.

    F1 is 1 where nothing is annotated and nothing found, and 0 where only one of the two is.
    """

    num_images: int
    num_truth: int
    num_found: int
    f1: float


@dataclass(frozen=True, slots=True)
class MeanScores:
    """Means over groups of assets, each of which counts the same, however many boxes it has.

    Attributes:
        mean_iou: of matched pairs; a group without one counts as 0.
        count_error: the absolute errors of the images' counts, as a share of the boxes annotated
            in the group; where none are annotated anywhere, the number of false boxes.
    """

    f1: float
    precision: float
    recall: float
    mean_iou: float
    count_error: float


def group_assets(assets: Sequence[str], truths: Sequence[Detections]) -> list[list[int]]:
    """Return groups of image indices; `assets` names the asset of each image.

    Each asset is in one group. All groups but the only one have `FEW_BOXES` annotations or more.
    """
    images: dict[str, list[int]] = {name: [] for name in sorted(set(assets))}
    for index, name in enumerate(assets):
        images[name].append(index)
    by_size = sorted(images.values(), key=lambda own: _num_boxes(own, truths))
    groups: list[list[int]] = []
    for own in by_size:
        if groups and _num_boxes(groups[-1], truths) < FEW_BOXES:
            groups[-1] += own
        else:
            groups.append(own)
    return groups


def score_assets(
    assets: Sequence[str], truths: Sequence[Detections], counted: Sequence[Detections]
) -> dict[str, AssetScore]:
    """Return the score of each asset, sorted by name.

    Raises:
        ValueError: if the sequences differ in length.
    """
    scores = {}
    for name in sorted(set(assets)):
        own = [pair for asset, *pair in zip(assets, truths, counted, strict=True) if asset == name]
        score = score_detections([truth for truth, _ in own], [found for _, found in own])
        scores[name] = AssetScore(len(own), score.num_truth, score.num_found, score.f1)
    return scores


def mean_scores(
    groups: Sequence[Sequence[int]], truths: Sequence[Detections], counted: Sequence[Detections]
) -> MeanScores:
    """Return the means over groups of images, of which there is one at least."""
    rows = []
    for group in groups:
        truth, found = [truths[i] for i in group], [counted[i] for i in group]
        score = score_detections(truth, found)
        wrong = sum(abs(len(a) - len(b)) for a, b in zip(truth, found, strict=True))
        error = wrong / max(score.num_truth, 1)
        iou = score.mean_matched_iou or 0.0
        rows.append((score.f1, score.precision, score.recall, iou, error))
    return MeanScores(*np.mean(rows, axis=0).tolist())


def _num_boxes(images: Sequence[int], truths: Sequence[Detections]) -> int:
    return sum(len(truths[index]) for index in images)
