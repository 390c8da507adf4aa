"""Tests for `gapjunction.napari_plugin.finding`."""

import numpy as np

from gapjunction.config import read_config
from gapjunction.detections import Detections
from gapjunction.models.checkpoint import CONFIG_NAME, DetectorConfig
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.napari_plugin.finding import FoundInLayer
from gapjunction.napari_plugin.layer_data import LayerOrigin
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.found import Found

SLICES = (1, 2, 3)


def found_in_stack() -> FoundInLayer:
    """Return what was found in three slices: a sure plaque in all, doubtful ones in each."""
    rule = CountingRule.of(read_config(DetectorConfig, SHIPPED_MODEL / CONFIG_NAME), None, None)
    found = []
    for number in SLICES:
        lefts = np.array([10, 40 * number], np.float32)
        boxes = np.stack([lefts, lefts, lefts + 8, lefts + 8], axis=1)
        scores = np.array([0.99, rule.threshold + 0.01], np.float32)
        seen = Detections(boxes, scores, np.zeros(2, np.int64))
        found.append(Found(np.zeros((1, 200, 200), np.uint8), seen, rule, None, 1.0))
    return FoundInLayer(found, LayerOrigin({"gap_junction": "#4EF8FF"}, numbers=SLICES), "stack")


def test_sentence__stack_at_the_models_threshold__counts_the_plaques_that_the_layer_holds() -> None:
    found = found_in_stack()
    plaques, *_ = found.layers()

    sentence = found.sentence(found.threshold)

    assert len(np.unique(plaques[1]["features"]["plaque"])) == 1
    assert sentence.startswith("gap_junction: 1 plaque in 3 slices")


def test_sentence__lower_threshold_chosen__counts_plaques_from_there_on() -> None:
    found = found_in_stack()
    assert found.sentence(0.1).startswith("gap_junction: 4 plaques in 3 slices")
