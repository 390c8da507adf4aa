"""Measure this package and its peers side by side: `make bench`, or `python -m bench.run`.

What was measured is kept in the output folder: a stopped run goes on where it was, and only what
the code, the sets or the weights have changed for is measured again. Times and memory always are.
A method that is not installed here takes part with what was measured of it elsewhere.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import torch

import gapjunction
from bench.cost import measure_peak_mb, measure_seconds
from bench.examples import read_examples
from bench.figure import draw_scores
from bench.methods import NAMES, load_method, why_missing
from bench.mistakes import told_in_one_line
from bench.peers.method import Method
from bench.results import (
    Result,
    fingerprint_of,
    judge,
    kept_result,
    measure,
    result_of,
    result_path,
)
from bench.sets import SETS, Amount, BenchSet, make_sets
from bench.surroundings import describe_surroundings
from bench.tables import accuracy_tables, cost_table, write_into_page
from gapjunction.files import write_json, written_whole
from gapjunction.terminal import tracked

ROOT = Path(__file__).parents[1]
SHIPPED = Path(next(iter(gapjunction.__path__))) / "weights" / "medium_quality"
TIMED_SET = "second_human"
QUICK = Amount(tuning=2, test=2, size_px=256)
DOTS_PER_INCH = 110


@dataclass(frozen=True, slots=True)
class BenchConfig:
    """What to measure.

    Attributes:
        page: the page to write tables into, with the figure beside it; None writes none.
        max_epochs: of our training; None is what the preset says.
    """

    out: Path
    page: Path | None
    checkpoint: Path
    sets: tuple[str, ...]
    methods: tuple[str, ...]
    amount: Amount
    max_epochs: int | None = None


def main(arguments: Sequence[str]) -> None:
    """Measure, and write tables, figure and raw results."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    with told_in_one_line():
        sys.stdout.write(run(read_arguments(arguments)) + "\n")


def read_arguments(arguments: Sequence[str]) -> BenchConfig:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 small images a set, to try it out")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md")
    parser.add_argument("--checkpoint", type=Path, default=SHIPPED)
    parser.add_argument("--sets", nargs="+", choices=tuple(SETS), default=tuple(SETS))
    parser.add_argument("--methods", nargs="+", choices=NAMES, default=NAMES)
    asked = parser.parse_args(arguments)
    # A table of some sets or methods would replace that of all.
    is_whole = set(asked.sets) == set(SETS) and set(asked.methods) == set(NAMES)
    return BenchConfig(
        out=asked.out / "quick" if asked.quick else asked.out,
        page=asked.page if is_whole and not asked.quick else None,
        checkpoint=asked.checkpoint,
        sets=tuple(asked.sets),
        methods=tuple(asked.methods),
        amount=QUICK if asked.quick else Amount(),
        max_epochs=1 if asked.quick else None,
    )


def run(config: BenchConfig) -> str:
    """Return the tables, in Markdown; write them, the figure and the raw results."""
    missing = {name: why_missing(name, config.checkpoint) for name in config.methods}
    methods = {
        name: load_method(name, config.checkpoint, config.max_epochs)
        for name, reason in missing.items()
        if reason is None
    }
    for name, reason in missing.items():
        if reason is not None:
            sys.stderr.write(f"without {name}: {reason}\n")
    sets = make_sets(list(config.sets), config.amount, config.out / "sets")
    results = _measure_all(config, methods, sets)
    results += _kept_results(config, [name for name in missing if name not in methods], sets)
    timed = sets.get(TIMED_SET, next(iter(sets.values())))
    seconds, peak_mb = _measure_cost(methods, timed, results)
    titles = {own.method: own.title for own in results}
    text = "\n\n".join(
        [
            describe_surroundings(config.amount.test, torch.get_num_threads()),
            accuracy_tables(results, titles),
            "### Cost\n\n" + cost_table(results, titles, seconds, peak_mb),
        ]
    )
    raw = {
        "seconds": seconds,
        "peak_mb": peak_mb,
        "results": [own.model_dump(mode="json") for own in results],
    }
    write_json(config.out / "benchmarks.json", raw)
    figure_path = (config.page or config.out / "benchmarks.md").with_suffix(".png")
    with written_whole(figure_path) as partial:
        draw_scores(results, titles).savefig(partial, dpi=DOTS_PER_INCH)
    if config.page is not None:
        write_into_page(config.page, text)
    return text


def _measure_all(
    config: BenchConfig, methods: dict[str, Method], sets: dict[str, BenchSet]
) -> list[Result]:
    """Return the result of each method on each set, kept or measured."""
    results: list[Result] = []
    jobs = [(bench_set, name) for bench_set in sets.values() for name in methods]
    for bench_set, name in tracked(jobs, "Tuning and judging", len(jobs)):
        fingerprint = fingerprint_of(name, bench_set, config.checkpoint, config.max_epochs)
        path = result_path(config.out, bench_set.name, name)
        result = kept_result(path, fingerprint)
        if result is None:
            sys.stderr.write(f"{bench_set.name}: {name}\n")
            tuned = result_of(results, SETS[bench_set.name].tuned_as or "", name)
            method = methods[name]
            if tuned is None:
                result = measure(name, method, bench_set, fingerprint, config.out)
            else:
                settings = method.settings.model_validate(tuned.settings)
                result = judge(name, method, bench_set, fingerprint, settings, config.out)
        results.append(result)
    return results


def _kept_results(
    config: BenchConfig, names: Sequence[str], sets: dict[str, BenchSet]
) -> list[Result]:
    """Return what was measured earlier, on the same sets, of methods that cannot run here."""
    results = []
    for bench_set, name in product(sets.values(), names):
        fingerprint = fingerprint_of(name, bench_set, config.checkpoint, config.max_epochs)
        kept = kept_result(result_path(config.out, bench_set.name, name), fingerprint)
        results += [] if kept is None else [kept]
    return results


def _measure_cost(
    methods: dict[str, Method], timed: BenchSet, results: Sequence[Result]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return seconds an image and peak MB of each method, as tuned for the timed set."""
    paths = sorted(timed.test.glob("Assets/*/Raw/*"))
    detectors, peak_mb = {}, {}
    for name, method in methods.items():
        result = result_of(results, timed.name, name)
        if result is not None:
            detectors[name] = method.prepare(method.settings.model_validate(result.settings))
            peak_mb[name] = measure_peak_mb(method, result.settings, paths[0])
    return measure_seconds(
        detectors, [example.pixels for example in read_examples(timed.test)]
    ), peak_mb


if __name__ == "__main__":
    main(sys.argv[1:])
