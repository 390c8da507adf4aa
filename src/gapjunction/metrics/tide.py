"""The kinds of errors of TIDE (Bolya et al. 2020) and the average precision that each one costs.

As in the authors' program, all detections count, whatever their score, and a kind costs what AP at
IoU 0.5 would gain without it: wrong boxes are put right or taken away, missed annotations are not
asked for. Tests hold it against that program.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gapjunction.metrics.average_precision import mean_precision
from gapjunction.metrics.match_table import MAIN_IOU, MatchTable
from gapjunction.metrics.matching import UNMATCHED
from gapjunction.metrics.stacked_detections import Overlaps

BACKGROUND_IOU = 0.1
TideKind = Literal["cls", "loc", "both", "dupe", "bkg", "miss"]
TIDE_KINDS: tuple[TideKind, ...] = ("cls", "loc", "both", "dupe", "bkg", "miss")
NONE = -1

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TideErrors:
    """How many errors of each kind there are, and what they cost.

    Attributes:
        number: wrong detections of each kind; of "miss" annotations.
        ap_cost: by how much AP at IoU 0.5 would rise without a kind (dAP); None without
            annotations.
        ap_cost_false, ap_cost_missed: without any wrong detection, without any that is missed.
    """

    number: dict[TideKind, int]
    ap_cost: dict[TideKind, float] | None
    ap_cost_false: float | None
    ap_cost_missed: float | None

    def named(self) -> dict[str, float | int | None]:
        """Return each value by name, as tide_loc and tide_loc_dap; tide_false_dap has no number."""
        values: dict[str, float | int | None] = {}
        for kind in TIDE_KINDS:
            values[f"tide_{kind}"] = self.number[kind]
            values[f"tide_{kind}_dap"] = None if self.ap_cost is None else self.ap_cost[kind]
        costs = {"tide_false_dap": self.ap_cost_false, "tide_missed_dap": self.ap_cost_missed}
        return values | costs


@dataclass(frozen=True, slots=True, eq=False)
class _Kinds:
    """The place in TIDE_KINDS of each wrong detection (N,), else -1, and what it would be put on.

    Attributes:
        target: the annotation that a "cls" or "loc" would find (N,), -1 if that is found already.
        is_missed: annotations (M,) that nothing would find (`miss`).
        is_lost: annotations that nothing found.
    """

    kind: IntArray
    target: IntArray
    is_missed: BoolArray
    is_lost: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """Detections as AP sees them: score, class and whether right (N,); annotations by class."""

    scores: FloatArray
    labels: IntArray
    is_right: BoolArray
    num_truth: FloatArray

    def average_precision(self) -> float:
        """Return AP, mean over the classes that either side has, as TIDE's; 0 without any."""
        order = np.argsort(-self.scores, kind="stable")
        of_classes = []
        either = self.num_truth + np.bincount(self.labels, minlength=len(self.num_truth))
        for label in np.flatnonzero(either):
            places = np.cumsum(self.labels[order] == label)
            right = self.is_right[order] & (self.labels[order] == label)
            of_classes.append(_precision(places[right], float(self.num_truth[label])))
        return float(np.mean(of_classes)) if of_classes else 0.0


def tide_errors(
    table: MatchTable, overlaps: Overlaps, of_other_classes: Overlaps, num_classes: int
) -> TideErrors:
    """Return TIDE's kinds of errors at IoU 0.5, background below 0.1.

    Args:
        table: what was found, matched.
        overlaps: of detections and annotations of one class.
        of_other_classes: of detections and annotations of another class.
        num_classes: labels are below it.
    """
    kinds = _kinds_of(table, overlaps, of_other_classes)
    number: dict[TideKind, int] = {
        kind: int((kinds.kind == place).sum()) for place, kind in enumerate(TIDE_KINDS)
    }
    number["miss"] = int(kinds.is_missed.sum())
    if not len(table.truth):
        return TideErrors(number, None, None, None)
    found = table.found
    scores = found.scores.astype(np.float64)
    is_right, num_truth = table.is_right_mainly, _by_class(table, num_classes)
    ap = _Ranked(scores, found.labels, is_right, num_truth).average_precision()
    perfect_scores = np.where(is_right, 1.0, 0.0)
    without_false = _Ranked(perfect_scores, found.labels, is_right, num_truth)
    num_found = num_truth - _by_class(table, num_classes, kinds.is_lost)
    without_lost = _Ranked(scores, found.labels, is_right, num_found)
    return TideErrors(
        number,
        {
            kind: max(_without(kind, table, kinds, num_truth).average_precision() - ap, 0.0)
            for kind in TIDE_KINDS
        },
        without_false.average_precision() - ap,
        without_lost.average_precision() - ap,
    )


def _precision(places: IntArray, num_truth: float) -> float:
    """Return AP where the right detections of a class have these places; 0 without annotations."""
    if num_truth == 0:
        return 0.0
    return mean_precision(np.arange(1.0, len(places) + 1), places.astype(np.float64), num_truth)


def _kinds_of(table: MatchTable, overlaps: Overlaps, of_other_classes: Overlaps) -> _Kinds:
    num_found, num_truth = len(table.found), len(table.truth)
    is_wrong = table.match == UNMATCHED
    is_taken = np.zeros(num_truth, np.bool_)
    is_taken[table.match[~is_wrong]] = True
    iou, best = _best(overlaps, num_found)
    iou_other, best_other = _best(of_other_classes, num_found)
    iou_taken = np.zeros(num_found)
    on_taken = is_taken[overlaps.truth]
    np.maximum.at(iou_taken, overlaps.found[on_taken], overlaps.iou[on_taken])
    place = {kind: number for number, kind in enumerate(TIDE_KINDS)}
    kind = np.select(
        [
            ~is_wrong,
            (iou >= BACKGROUND_IOU) & (iou <= MAIN_IOU),
            iou_other >= MAIN_IOU,
            iou_taken >= MAIN_IOU,
            np.maximum(iou, iou_other) <= BACKGROUND_IOU,
        ],
        [NONE, place["loc"], place["cls"], place["dupe"], place["bkg"]],
        place["both"],
    )
    target = np.select([kind == place["loc"], kind == place["cls"]], [best, best_other], NONE)
    rows = np.flatnonzero(target != NONE)
    target[rows[is_taken[target[rows]]]] = NONE
    is_missed = ~is_taken
    is_missed[target[target != NONE]] = False
    return _Kinds(kind, target, is_missed, ~is_taken)


def _best(overlaps: Overlaps, num_found: int) -> tuple[FloatArray, IntArray]:
    """Return the highest IoU of each detection (N,), and the annotation, the first of equal ones.

    These are 0 and -1 where there is none.
    """
    iou, truth = np.zeros(num_found), np.full(num_found, NONE)
    order = np.lexsort((overlaps.truth, -overlaps.iou, overlaps.found))
    rows, first = np.unique(overlaps.found[order], return_index=True)
    iou[rows], truth[rows] = overlaps.iou[order[first]], overlaps.truth[order[first]]
    return iou, truth


def _without(kind: TideKind, table: MatchTable, kinds: _Kinds, num_truth: FloatArray) -> _Ranked:
    """Return the detections as they were if there were no error of this kind."""
    found = table.found
    if kind == "miss":
        missed = _by_class(table, len(num_truth), kinds.is_missed)
        scores = found.scores.astype(np.float64)
        return _Ranked(scores, found.labels, table.is_right_mainly, num_truth - missed)
    is_kind = kinds.kind == TIDE_KINDS.index(kind)
    is_put_right = is_kind & _is_best_of_its_target(found.scores, kinds.target)
    is_left = ~is_kind | is_put_right
    labels = found.labels.copy()
    labels[is_put_right] = table.truth.labels[kinds.target[is_put_right]]
    return _Ranked(
        found.scores.astype(np.float64)[is_left],
        labels[is_left],
        (table.is_right_mainly | is_put_right)[is_left],
        num_truth,
    )


def _is_best_of_its_target(scores: NDArray[np.float32], target: IntArray) -> BoolArray:
    """Tell which detections (N,) are the best scored, the first of equal ones, of their target."""
    rows = np.flatnonzero(target != NONE)
    order = rows[np.lexsort((rows, -scores[rows], target[rows]))]
    _, first = np.unique(target[order], return_index=True)
    is_best = np.zeros(len(scores), np.bool_)
    is_best[order[first]] = True
    return is_best


def _by_class(table: MatchTable, num_classes: int, chosen: BoolArray | None = None) -> FloatArray:
    """Return how many annotations there are of each class (num_classes,)."""
    labels = table.truth.labels if chosen is None else table.truth.labels[chosen]
    return np.bincount(labels, minlength=num_classes).astype(np.float64)
