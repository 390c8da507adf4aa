"""Simulate studies of some designs, and print a row of a Markdown table as each is known."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

NUM_STUDIES, SEED = 2000, 0
LEVEL = 0.05

Design = TypeVar("Design")
# Simulates so many studies of a design, and returns the cells of its row.
CellsOf = Callable[[Design, int, np.random.Generator], Sequence[str]]


def print_designs(
    designs: Sequence[Design], columns: Sequence[str], cells_of: CellsOf[Design], known: str
) -> None:
    """Print a table with a row for each design, and before it how sure its shares are.

    As many studies are simulated as the command line says, 2,000 without a word; `known` says at
    which shares, LEVEL or 1 - LEVEL, they are as sure as that.
    """
    num_studies = int(sys.argv[1]) if len(sys.argv) > 1 else NUM_STUDIES
    half_width = 196 * np.sqrt(LEVEL * (1 - LEVEL) / num_studies)
    _print(f"{num_studies} studies a design; at {known}, +- {half_width:.1f} %")
    _print_row(columns)
    _print("|" + "---|" * len(columns))
    for number, design in enumerate(designs):
        _print_row(cells_of(design, num_studies, np.random.default_rng([SEED, number])))


def percent(share: float) -> str:
    """Return a share, 0 to 1, in percent."""
    return f"{100 * share:.1f} %"


def _print_row(cells: Sequence[str]) -> None:
    _print(f"| {' | '.join(cells)} |")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
