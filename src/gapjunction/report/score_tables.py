"""Tables of what holds for all scores: FROC, whether scores are probabilities, TIDE's errors."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gapjunction.metrics.froc import FALSE_PER_IMAGE, froc_curve, rank_for_froc, sensitivities
from gapjunction.metrics.match_table import MatchTable
from gapjunction.metrics.operating_points import CRITERIA, right_by
from gapjunction.metrics.reliability import NUM_BINS, reliability_of
from gapjunction.metrics.tide import TIDE_KINDS, TideKind
from gapjunction.report.tables import NO_VALUE, aligned_text

TIDE_TITLES: Mapping[TideKind, str] = {
    "cls": "wrong class",
    "loc": "badly placed, IoU 0.1 to 0.5",
    "both": "wrong class and badly placed",
    "dupe": "duplicate",
    "bkg": "background",
    "miss": "missed",
}


def froc_table(table: MatchTable) -> pd.DataFrame:
    """Return the share of annotations found by every criterion, a row for each FALSE_PER_IMAGE."""
    every = np.ones(table.found.num_images)
    columns = {"false_per_image": FALSE_PER_IMAGE}
    for criterion in CRITERIA:
        curve = froc_curve(rank_for_froc(table, right_by(table, criterion)), every)
        columns[f"sensitivity_{criterion}"] = sensitivities(curve, FALSE_PER_IMAGE)
    return pd.DataFrame(columns)


def reliability_table(table: MatchTable) -> pd.DataFrame:
    """Return a row for each bin of scores: its bounds, its detections, how many are right."""
    found = reliability_of(table.found.scores, table.is_right_mainly)
    return pd.DataFrame(
        {
            "score_from": found.low,
            "score_to": found.low + 1 / NUM_BINS,
            "detections": found.number,
            "mean_score": found.mean_score,
            "share_right_iou50": found.share_right,
        }
    )


def tide_table(values: Mapping[str, Any]) -> str:
    """Return TIDE's kinds of errors, their number and the AP that each one costs."""
    rows = [
        [TIDE_TITLES[kind], str(values[f"tide_{kind}"]), _cost(values, f"tide_{kind}_dap")]
        for kind in TIDE_KINDS
    ]
    rows += [
        ["all wrong detections", "", _cost(values, "tide_false_dap")],
        ["all not found", "", _cost(values, "tide_missed_dap")],
    ]
    return aligned_text(["errors as TIDE's, all scores", "number", "AP50 lost"], rows)


def _cost(values: Mapping[str, Any], name: str) -> str:
    return NO_VALUE if values[name] is None else f"{values[name]:.3f}"
