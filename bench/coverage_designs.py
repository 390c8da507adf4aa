"""Simulated studies of a detector: animals with fields of objects, and what is found of them.

Nothing is an image here: objects are counted, and detections have a score and an overlap with what
they found. Animals differ in how many objects they have and in how well the detector finds these,
so that fields of one animal are alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from gapjunction.benchmark.asset_groups import AssetGroups, AssetName
from gapjunction.metrics.match_table import IOU_THRESHOLDS, MatchTable
from gapjunction.metrics.matching import UNMATCHED
from gapjunction.metrics.stacked_detections import StackedDetections

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST_FIELDS, MOST_FIELDS = 2, 8  # of an animal
SHARED_DIFFICULTY = 0.5  # of the variance between animals, what is hard for any detector
IOU_SPREAD, SCORE_SPREAD = 0.3, 0.3  # between animals, on the logit scale


@dataclass(frozen=True, slots=True)
class Design:
    """What is studied.

    Attributes:
        objects: in a field, on average.
        icc: the share of the variance of counts that lies between animals.
        within: the squared coefficient of variation of fields of one animal, beside chance.
        recall: of the average animal.
        spread: standard deviation between animals of the logit of recall, and of the logarithm
            of the number of false detections.
        false_share: false detections by objects, on average.
    """

    name: str
    objects: float
    icc: float
    within: float = 0.1
    recall: float = 0.9
    spread: float = 0.5
    false_share: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The fields of all animals.

    Attributes:
        animals: of each field, numbered from 0 (num_fields,).
        num_truth: objects of each field (num_fields,).
        difficulty: of each animal, standard normal (num_animals,).
    """

    animals: IntArray
    num_truth: IntArray
    difficulty: FloatArray

    def groups(self, source: str = "simulated") -> AssetGroups:
        """Return the animals as assets; the source "unknown" makes them unknown."""
        names = tuple(AssetName("", str(number)) for number in range(len(self.difficulty)))
        return AssetGroups(self.animals, names, source)


def draw_fields(design: Design, num_animals: int, rng: np.random.Generator) -> Fields:
    """Draw animals, log-normal in their density, and fields of negative binomial counts."""
    num_fields = rng.integers(FEWEST_FIELDS, MOST_FIELDS + 1, num_animals)
    animals = np.repeat(np.arange(num_animals), num_fields)
    variance = np.log1p(_between(design))
    density = np.exp(rng.normal(-variance / 2, np.sqrt(variance), num_animals))
    mean = (
        design.objects
        * density[animals]
        * rng.gamma(1 / design.within, design.within, len(animals))
    )
    return Fields(animals, rng.poisson(mean), rng.normal(size=num_animals))


def detect(design: Design, fields: Fields, rng: np.random.Generator) -> MatchTable:
    """Return what a detector finds, matched; two of one design are equally good."""

    def effect() -> FloatArray:
        own = rng.normal(size=len(fields.difficulty)) * np.sqrt(1 - SHARED_DIFFICULTY)
        both: FloatArray = own - fields.difficulty * np.sqrt(SHARED_DIFFICULTY)
        return both[fields.animals]

    recall = special.expit(special.logit(design.recall) + design.spread * effect())
    right = rng.binomial(fields.num_truth, recall)
    expected = design.false_share * design.objects
    false = rng.poisson(expected * np.exp(design.spread * effect() - design.spread**2 / 2))
    fields_of = np.repeat(np.arange(len(right)), right), np.repeat(np.arange(len(false)), false)
    iou = special.expit(rng.normal(0.8 + IOU_SPREAD * effect()[fields_of[0]]))
    scores = (
        special.expit(rng.normal(1.5 + SCORE_SPREAD * effect()[fields_of[0]])),
        special.expit(rng.normal(-0.5, 1.0, len(fields_of[1]))),
    )
    return _table(fields, fields_of, np.concatenate(scores), 0.5 + iou / 2)


def _between(design: Design) -> float:
    """Return the squared coefficient of variation of animals that makes the ICC.

    Fields of a dense animal vary more: their variance is its mean + within x its mean squared.
    """
    odds = design.icc / (1 - design.icc)
    return odds * (1 / design.objects + design.within) / (1 - odds * design.within)


def _table(
    fields: Fields, fields_of: tuple[IntArray, IntArray], scores: FloatArray, ious: FloatArray
) -> MatchTable:
    """Return detections, right ones first, as if they had been matched."""
    num_fields = len(fields.num_truth)
    every = np.concatenate(fields_of)
    order = np.argsort(every, kind="stable")
    iou = np.concatenate([ious, np.zeros(len(fields_of[1]))])[order]
    is_right = iou >= np.array(IOU_THRESHOLDS)[:, None]
    return MatchTable(
        found=_stacked(every[order], scores[order], num_fields),
        truth=_stacked(
            np.repeat(np.arange(num_fields), fields.num_truth),
            np.ones(int(fields.num_truth.sum())),
            num_fields,
        ),
        is_right=is_right,
        is_near=is_right[0],
        match=np.full(len(iou), UNMATCHED),
        iou=iou,
    )


def _stacked(fields: IntArray, scores: FloatArray, num_fields: int) -> StackedDetections:
    """Return boxes that are nowhere, in the order of their fields."""
    num_boxes = len(fields)
    return StackedDetections(
        np.zeros((num_boxes, 4), np.float32),
        scores.astype(np.float32),
        np.zeros(num_boxes, np.int64),
        fields,
        num_fields,
    )
