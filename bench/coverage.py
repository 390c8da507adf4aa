"""Measure how often intervals hold the truth, and how often equal models are called different.

Run it with `python -m bench.coverage`, or with `--studies 100` for a glance: simulated studies of
animals with several fields each, in which everything is known. Each study is benchmarked as
`gapjunction benchmark` does it; the truth of a design comes from a study of many animals. Some
minutes of one core for a few hundred studies; stopped, it goes on where it was.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.coverage_designs import Design, Fields, detect, draw_fields
from bench.tables import NONE, markdown_table
from gapjunction.benchmark.asset_groups import UNKNOWN_SOURCE, AssetGroups
from gapjunction.benchmark.compare import COMPARED, ComparedSet, ComparisonPlan, compare_sets
from gapjunction.benchmark.detection_intervals import (
    Rankings,
    detection_intervals,
    metrics_of_weights,
)
from gapjunction.benchmark.paired_counts import PairedCounts
from gapjunction.benchmark.suite import count_suite, segmentation_suite
from gapjunction.files import write_json
from gapjunction.metrics.detection_values import detection_metrics_of
from gapjunction.metrics.match_table import MatchTable
from gapjunction.metrics.operating_points import count_at
from gapjunction.metrics.segmentation import PixelCounts

FOLDER = Path("bench") / "out" / "coverage"
SEED = 19_001
DESIGNS = (
    Design("ICC 0.2", 40, 0.2),
    Design("ICC 0.4", 40, 0.4),
    Design("ICC 0.6", 40, 0.6),
    Design("sparse, ICC 0.4", 5, 0.4),
    Design("nearly perfect", 5, 0.4, recall=0.99, false_share=0.01),
    Design("uneven, ICC 0.6", 40, 0.6, within=0.2),
)
NUM_ANIMALS = (4, 6, 12, 30)
COMPARED_DESIGN, COMPARED_ANIMALS, NUM_SWAPS = DESIGNS[1], (4, 6, 8, 10, 12, 30), 500
NUM_IN_ALL = 20_000  # animals that tell the truth
THRESHOLD = 0.4
OBJECT_PX, FIELD_PX = 40, 512 * 512
METRICS = {
    "total_ratio": "ratio",
    "bias": "bias",
    "limits_of_agreement_low": "limit, low",
    "limits_of_agreement_high": "limit, high",
    "difference_slope": "slope",
    "mae": "MAE",
    "mape_percent": "MAPE",
    "wape_percent": "WAPE",
    "rmse": "RMSE",
    "pearson_r": "r",
    "concordance": "conc.",
    "icc_agreement": "ICC",
    "precision_iou50": "prec.",
    "recall_iou50": "recall",
    "f1_iou50": "F1",
    "ap50": "AP50",
    "ap": "AP",
    "froc_iou50": "FROC",
    "brier_iou50": "Brier",
    "mean_iou": "IoU",
    "mean_iou_per_image": "IoU, images",
}

Counts = dict[str, list[int]]  # how often something was so, and of how many studies

logger = logging.getLogger(__name__)


def main() -> None:
    """Simulate what is missing, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=400, help="of each design and number")
    num_studies: int = parser.parse_args().studies
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    tables = (_interval_table(num_studies), _comparison_table(num_studies))
    sys.stdout.write("\n\n".join((*tables, monte_carlo_error(num_studies))) + "\n")


def benchmark_study(fields: Fields, table: MatchTable, groups: AssetGroups) -> dict[str, Any]:
    """Return all metrics of a study, with intervals where `groups` tells the animals."""
    counts = count_at(table, THRESHOLD)
    stems = tuple(map(str, range(len(fields.num_truth))))
    found = counts.num_found.astype(np.int64)
    paired = PairedCounts(stems, ("all",), fields.num_truth[:, None], found[:, None])
    rankings, every = Rankings.of(table, num_classes=1), np.ones(len(stems))
    weighted = metrics_of_weights(rankings.coco, counts, every[None])
    values: dict[str, Any] = {name: float(of_all[0]) for name, of_all in weighted.items()}
    values |= rankings.values(every) | {
        "num_truth": len(table.truth),
        "num_found": int(found.sum()),
    }
    if groups.have_intervals:
        metrics = [each for each in detection_metrics_of(None) if each.name in METRICS]
        values |= detection_intervals(metrics, values, rankings, counts, groups.asset_of_image)
    masks = segmentation_suite(PixelCounts(stems, ("all",), pixels_of(fields, table)), groups)
    values |= masks["all"]
    values |= count_suite(paired, groups)["all"]
    return values


def pixels_of(fields: Fields, table: MatchTable) -> np.ndarray:
    """Return the confusion matrices (num_fields, 2, 2) of masks of what counts."""
    is_kept = table.found.scores >= THRESHOLD
    num_fields = len(fields.num_truth)

    def px(share: np.ndarray) -> np.ndarray:
        sums = np.bincount(table.found.images, np.where(is_kept, share, 0), num_fields)
        return (OBJECT_PX * sums).astype(np.int64)

    both = px(table.iou)
    missed, invented = OBJECT_PX * fields.num_truth - both, px(1 - table.iou)
    background = FIELD_PX - both - missed - invented
    return np.stack([background, invented, missed, both], axis=1).reshape(-1, 2, 2)


@cache
def truth_of(design: Design) -> dict[str, float]:
    """Return the metrics of a great many animals."""
    rng = np.random.default_rng(SEED)
    fields = draw_fields(design, NUM_IN_ALL, rng)
    values = benchmark_study(fields, detect(design, fields, rng), fields.groups(UNKNOWN_SOURCE))
    return {name: float(values[name]) for name in METRICS}


def count_held(design: Design, num_animals: int, num_studies: int) -> Counts:
    """Return how often the interval of each metric held the truth, and how often there was one."""
    truth = truth_of(design)
    held = {name: [0, 0] for name in METRICS}
    for rng in generators(design, num_animals, num_studies):
        fields = draw_fields(design, num_animals, rng)
        values = benchmark_study(fields, detect(design, fields, rng), fields.groups())
        for name, count in held.items():
            low, high = values[f"{name}_low"], values[f"{name}_high"]
            if low is not None:
                count[0] += low <= truth[name] <= high
                count[1] += 1
    return held


def count_called_different(design: Design, num_animals: int, num_studies: int) -> Counts:
    """Return how often equal models were called different, and how often intervals held 0."""
    names = [*COMPARED, "any", *(f"{name} interval" for name in COMPARED)]
    counts = {name: [0, num_studies] for name in names}
    for rng in generators(design, num_animals, num_studies):
        fields = draw_fields(design, num_animals, rng)
        stems = tuple(map(str, range(len(fields.num_truth))))
        tables = [detect(design, fields, rng) for _ in range(2)]
        a, b = (ComparedSet(stems, 1, each, count_at(each, THRESHOLD)) for each in tables)
        found = compare_sets(a, b, fields.groups(), ComparisonPlan(num_swaps=NUM_SWAPS), rng)
        counts["any"][0] += any(each.better != "neither" for each in found)
        for each in found:
            counts[each.metric][0] += each.p_value is not None and each.p_value <= 0.05  # noqa: PLR2004
            interval = each.interval
            counts[f"{each.metric} interval"][0] += (
                interval is not None and interval.low <= 0 <= interval.high
            )
    return counts


def generators(design: Design, num_animals: int, num_studies: int) -> Iterator[np.random.Generator]:
    """Yield a generator for each study, the same however many there are."""
    place = DESIGNS.index(design)
    for number in range(num_studies):
        yield np.random.default_rng([SEED, place, num_animals, number])


def recorded(
    count: Callable[[Design, int, int], Counts], design: Design, num_animals: int, num_studies: int
) -> Counts:
    """Return what was counted, from its file where it was counted before."""
    name = f"{count.__name__}_{DESIGNS.index(design)}_{num_animals}_{num_studies}.json"
    path = FOLDER / name
    if not path.is_file():
        write_json(path, count(design, num_animals, num_studies))
        logger.info("%s, %d animals: done", design.name, num_animals)
    counts: Counts = json.loads(path.read_text(encoding="utf-8"))
    return counts


def _interval_table(num_studies: int) -> str:
    rows = []
    for design in DESIGNS:
        for num_animals in NUM_ANIMALS:
            held = recorded(count_held, design, num_animals, num_studies)
            cells = [percent(held[name]) for name in METRICS]
            rows.append((design.name, str(num_animals), *cells))
    return markdown_table(("design", "assets", *METRICS.values()), rows)


def _comparison_table(num_studies: int) -> str:
    rows = []
    for num_animals in COMPARED_ANIMALS:
        counts = recorded(count_called_different, COMPARED_DESIGN, num_animals, num_studies)
        rows.append((str(num_animals), *(percent(count) for count in counts.values())))
    different = ("F1", "AP50", "MAE", "any, Holm")
    return markdown_table(("assets", *different, "F1 holds", "AP50 holds", "MAE holds"), rows)


def percent(count: list[int]) -> str:
    """Return a share in percent."""
    part, whole = count
    return f"{100 * part / whole:.1f}" if whole else NONE


def monte_carlo_error(num_studies: int) -> str:
    """Return by how much the tables may be off by chance."""
    halves = (
        f"{196 * np.sqrt(share * (1 - share) / num_studies):.1f} at {share:.0%}"
        for share in (0.95, 0.9, 0.05)
    )
    return f"{num_studies} studies each; half width of the Monte-Carlo error {', '.join(halves)}"


if __name__ == "__main__":
    main()
